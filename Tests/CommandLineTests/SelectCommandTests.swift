import Foundation
import TestSupport
import Testing

@testable import DragonModel
@testable import dragon

@Suite("The command that finds objects", .serialized)
final class SelectCommandTests {
    private let folder = URL(filePath: "/tmp/dragon-select-\(getpid())-\(UInt64.random(in: 0 ... .max))")
    private let (width, height) = (160, 120)

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(at: folder) }

    private func file(_ name: String) -> String { folder.appending(path: name).path }

    /// A picture of what a function says of each place.
    private func write(_ name: String, _ colour: (Int, Int) -> [UInt8]) throws -> String {
        let samples = (0..<width * height).flatMap { (at: Int) -> [UInt8] in colour(at % width, at / width) + [255] }
        try OutputPicture(file(name)).write(Picture(width: width, height: height, samples: .eight(samples)))
        return file(name)
    }

    private func isDisc(_ x: Int, _ y: Int) -> Bool { (x - 90) * (x - 90) + (y - 60) * (y - 60) < 30 * 30 }

    private func photo() throws -> String {
        var random = Numbers(seed: 9)
        return try write("photo.png") { x, y in
            let noise = UInt8(random.below(16))
            let colour: [UInt8] = isDisc(x, y) ? [200 + noise, 60, 40 + noise] : [50 + UInt8(x / 2), 120 + noise, 90]
            return colour
        }
    }

    /// Pixels that are set in a mask and should not be, or the other way round.
    private func wrong(_ path: String) throws -> Int {
        let mask = try Picture(file: path).mask(file: path)
        return (0..<width * height).count { mask.cells[$0] != isDisc($0 % width, $0 / width) }
    }

    @Test("by a point, a box and an outline; an edit takes the mask")
    func ways() throws {
        let photo = try photo()
        let rough = try write("rough.png") { x, y in (50..<134).contains(x) && (22..<100).contains(y) ? [255, 255, 255] : [0, 0, 0] }
        let attended = ["--at", "95,50", "--model", fixture("model"), "--quiet"]
        for hint in [["--at", "95,50"], ["--box", "52,25,80,75"], ["--outline", rough], ["--at", "95,50", "--not", "10,10"], attended] {
            let run = try Program.run(["select", "-i", photo, "-o", file("mask.png")] + hint)
            #expect(run.status == 0 && run.errors.isEmpty && run.output.isEmpty, "\(run)")
            #expect(try wrong(file("mask.png")) < 60)
        }
        let edit = try Program.run([
            "move", "--model", fixture("model"), "-i", photo, "--mask", file("mask.png"), "--from", "0,0", "--to", "-40,0", "--network",
            "off",
            "-o", file("out.png"), "--quiet",
        ])
        #expect(edit.status == 0, "\(edit)")
    }

    @Test("what is wrong is said in one line, and no file is left")
    func refusals() throws {
        let photo = try photo()
        let small = file("small.png")
        try OutputPicture(small).write(Picture(width: 2, height: 2, samples: .eight(Array(repeating: 255, count: 16))))
        let cases: [(arguments: [String], words: String)] = [
            ([], "--at"), (["--at", "160,10"], "outside the picture"), (["--outline", small], "2×2"),
            (["--outline", small, "--box", "1,1,2,2"], "not both"), (["--box", "500,500,10,10"], "encloses no pixel"),
            (["--box", "1,2,0,4"], "--box"), (["--at", "nan,1"], "--at"),
            (["--at", "95,50", "--model", "/no/such/model"], "/no/such/model"),
        ]
        for (arguments, words) in cases {
            let run = try Program.run(["select", "-i", photo, "-o", file("none.png")] + arguments)
            #expect(run.status == 2 && run.errors.contains(words), "\(run)")
            #expect(run.errors.split(separator: "\n").count == 1)
            #expect(!FileManager.default.fileExists(atPath: file("none.png")))
        }
    }
}
