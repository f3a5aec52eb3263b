import Foundation
import TestSupport
import Testing

@testable import DragonModel
@testable import dragon

@Suite("Objects are taken out of a picture", .serialized)
final class RemoveCommandTests {
    private let folder = URL(filePath: "/tmp/dragon-remove-\(getpid())-\(UInt64.random(in: 0 ... .max))")
    private let width = 160
    private let height = 96
    private let squares = [(20..<44, 30..<54), (110..<134, 40..<64)]

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(at: folder) }

    private func file(_ name: String) -> String { folder.appending(path: name).path }

    /// Squares of a colour on a ground that brightens evenly to the right.
    private func write(_ name: String, _ shown: [(Range<Int>, Range<Int>)], _ colour: [UInt8], ground: ((Int) -> [UInt8])?) throws -> String
    {
        let samples = (0..<width * height).flatMap { index -> [UInt8] in
            let (x, y) = (index % width, index / width)
            let isSet = shown.contains { $0.0.contains(x) && $0.1.contains(y) }
            return (isSet ? colour : ground?(x) ?? [0, 0, 0]) + [255]
        }
        try OutputPicture(file(name)).write(Picture(width: width, height: height, samples: .eight(samples)))
        return file(name)
    }

    private static func ground(_ x: Int) -> [UInt8] { [UInt8(60 + x / 2), UInt8(90 + x / 2), 120] }

    private func photo() throws -> String { try write("photo.png", squares, [250, 20, 20], ground: Self.ground) }
    private func mask(_ name: String, _ shown: [(Range<Int>, Range<Int>)]) throws -> String {
        try write(name, shown, [255, 255, 255], ground: nil)
    }

    /// The largest difference from the ground in a rectangle, in 255ths.
    private func difference(_ path: String, _ x: Range<Int>, _ y: Range<Int>) throws -> Int {
        let picture = try Picture(file: path)
        guard case .eight(let samples) = picture.samples else { throw MissingOption(name: "eight bits") }
        var most = 0
        for y in y {
            for x in x {
                for (c, value) in Self.ground(x).enumerated() { most = max(most, abs(Int(samples[(y * width + x) * 4 + c]) - Int(value))) }
            }
        }
        return most
    }

    @Test("several at once, by one mask or one each, without a step of the network")
    func several() throws {
        let photo = try photo()
        let single = ["--mask", try mask("both.png", squares)]
        let each = try ["--mask", mask("left.png", [squares[0]]), "--mask", mask("right.png", [squares[1]])]
        var pictures: [[UInt8]] = []
        for masks in [single, each] {
            let out = file("out.png")
            let run = try Program.run(["remove", "--model", fixture("model"), "-i", photo, "-o", out, "--json", "--quiet"] + masks)
            #expect(run.status == 0 && run.errors.isEmpty, "\(run)")
            let phases = try JSONValue(parsing: Array(run.output.utf8)).object?["phases"]?.array?.compactMap { $0.object?["name"]?.string }
            #expect(phases == ["prepare", "load", "assemble", "write"])
            #expect(try difference(out, 0..<width, 0..<height) <= 4)
            pictures.append(try readFile(out, limit: 1_000_000))
        }
        #expect(pictures[0] == pictures[1])
    }

    @Test("their places are the network's where it is asked for, and texture as without it where that is")
    func fills() throws {
        let options = [
            "remove", "--model", fixture("model"), "-i", try photo(), "--mask", try mask("left.png", [squares[0]]), "--steps", "4",
        ]
        func run(_ more: [String]) throws -> (phases: [String], bytes: [UInt8]) {
            let out = file("out.png")
            let run = try Program.run(options + ["-o", out, "--json", "--quiet"] + more)
            #expect(run.status == 0 && run.errors.isEmpty, "\(run)")
            let phases = try JSONValue(parsing: Array(run.output.utf8)).object?["phases"]?.array?.compactMap { $0.object?["name"]?.string }
            return (phases ?? [], try readFile(out, limit: 1_000_000))
        }
        let (texture, network) = (try run(["--fill", "texture"]), try run(["--fill", "network"]))
        #expect(network.phases == ["prepare", "load", "encode", "sample", "decode", "assemble", "write"] && network.bytes != texture.bytes)
        #expect(texture.phases == ["prepare", "load", "assemble", "write"])
        #expect(try texture.bytes == run(["--network", "off"]).bytes && texture.bytes == run([]).bytes)
        #expect(try Program.run(options + ["-o", file("out.png"), "--fill", "paint"]).errors.contains("--fill"))
    }

    @Test("one of them, and the other stays; as a preview too, and by the energies alone")
    func one() throws {
        let photo = try photo()
        let left = try mask("left.png", [squares[0]])
        for more in [["--preview"], ["--steps", "2"], ["--steps", "2", "--plate", "off", "--side", "64"]] {
            let out = file("out.png")
            let run = try Program.run(["remove", "--model", fixture("model"), "-i", photo, "--mask", left, "-o", out, "--quiet"] + more)
            #expect(run.status == 0, "\(run)")
            // The other one's colours are far from the ground's.
            #expect(try difference(out, 118..<126, 48..<56) > 100)
            if !more.contains("--plate") { #expect(try difference(out, 0..<90, 0..<height) <= 4) }
        }
    }

    @Test("what is missing or of another size is named")
    func wrong() throws {
        let photo = try photo()
        let base = ["remove", "--model", fixture("model"), "-i", photo, "-o", file("out.png"), "--quiet"]
        let other = file("other.png")
        try OutputPicture(other).write(Picture(width: 8, height: 8, samples: .eight([UInt8](repeating: 255, count: 256))))
        let cases: [([String], String)] = [
            ([], "--mask is missing"), (["--mask", try mask("none.png", [])], "the mask is empty"),
            (["--mask", try mask("left.png", [squares[0]]), "--mask", other], "a mask is 8×8, expected its picture's 160×96"),
        ]
        for (arguments, words) in cases {
            let run = try Program.run(base + arguments)
            #expect(run.status == 2 && run.errors.contains(words), "\(run)")
        }
    }
}
