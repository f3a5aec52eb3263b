import Foundation
import TestSupport
import Testing

@testable import DragonModel
@testable import dragon

@Suite("An object is taken out of frames in files", .serialized)
final class FramesCommandTests {
    private let folder = URL(filePath: "/tmp/dragon-frames-\(getpid())-\(UInt64.random(in: 0 ... .max))")
    private let width = 120
    private let height = 80
    private let count = 4

    init() throws {
        try FileManager.default.createDirectory(at: folder.appending(path: "out"), withIntermediateDirectories: true)
        for index in 0..<count {
            try write("\(index).png") { x, y in Self.isObject(x, y, index) ? [250, 20, 20] : Self.ground(x, y) }
            try write("mask\(index).png") { x, y in Self.isObject(x, y, index) ? [255, 255, 255] : [0, 0, 0] }
        }
    }
    deinit { try? FileManager.default.removeItem(at: folder) }

    private static func isObject(_ x: Int, _ y: Int, _ index: Int) -> Bool {
        (20 + 20 * index..<36 + 20 * index).contains(x) && (30..<46).contains(y)
    }

    /// Squares and stripes that no filling would guess.
    private static func ground(_ x: Int, _ y: Int) -> [UInt8] { [UInt8(60 + (x * 37 + y * 61) % 120), UInt8(90 + x / 9 % 2 * 40), 120] }

    private func file(_ name: String) -> String { folder.appending(path: name).path }

    private func write(_ name: String, _ colour: (Int, Int) -> [UInt8]) throws {
        let samples = (0..<width * height).flatMap { at -> [UInt8] in colour(at % width, at / width) + [255] }
        try OutputPicture(file(name)).write(Picture(width: width, height: height, samples: .eight(samples)))
    }

    private var frames: [String] { (0..<count).map { file("\($0).png") } }
    private var masks: [String] { (0..<count).map { file("mask\($0).png") } }

    private func run(_ arguments: [String]) throws -> Program.Outcome {
        try Program.run(["frames", "--model", fixture("model"), "--quiet"] + arguments)
    }

    @Test("each gets what the others show, by a mask for each or by one that shifts")
    func cleared() throws {
        for masks in [["--mask"] + masks, ["--mask", masks[0], "--shift", "20,0"]] {
            let run = try run(["-i"] + frames + masks + ["-o", file("out"), "--json"])
            #expect(run.status == 0 && run.errors.isEmpty, "\(run)")
            let report = try #require(try JSONValue(parsing: Array(run.output.utf8)).object)
            #expect(report["frames"]?.integer == count && report["filled_pixels"]?.array?.isEmpty == true)
            for index in 0..<count {
                let found = try Picture(file: file("out/\(index).png"))
                let expected = (0..<width * height).flatMap { at -> [UInt8] in Self.ground(at % width, at / width) + [255] }
                #expect(found.samples == .eight(expected), "frame \(index)")
            }
        }
    }

    @Test("what no frame shows is filled with the model")
    func gap() throws {
        let all = ["-i", frames[0], frames[1], "--mask", masks[0], masks[0], "-o", file("out"), "--json"]
        try write("1.png") { x, y in Self.isObject(x, y, 0) ? [20, 20, 250] : Self.ground(x, y) }
        let run = try run(all)
        #expect(run.status == 0, "\(run)")
        let filled = try JSONValue(parsing: Array(run.output.utf8)).object?["filled_pixels"]?.array
        #expect(filled?.count == 1 && (filled?[0].integer ?? 0) > 16 * 16, "\(run.output)")
        #expect(try Picture(file: file("out/0.png")) == Picture(file: file("out/1.png")))
    }

    @Test("what does not fit is named")
    func wrong() throws {
        let cases: [([String], String)] = [
            (["--mask"] + masks.dropLast(), "4 frames need as many masks"), (["--mask", masks[0]], "4 frames need as many masks"),
            (["--mask"] + masks + ["--shift", "1,0"], "--shift goes with one mask"), (["--mask"] + masks + ["--grow", "-1"], "--grow"),
        ]
        for (arguments, words) in cases {
            let run = try run(["-i"] + frames + arguments + ["-o", file("out")])
            #expect(run.status == 2 && run.errors.contains(words), "\(run)")
        }
        let nowhere = try run(["-i"] + frames + ["--mask"] + masks + ["-o", file("none")])
        #expect(nowhere.status == 2 && nowhere.errors.contains("none/0.png"), "\(nowhere)")
    }
}
