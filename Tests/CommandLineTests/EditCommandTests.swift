import Foundation
import Glibc
import TestSupport
import Testing

@testable import DragonModel
@testable import dragon

/// The oracle's recorded edits: `name.json` holds the scalars, `name.safetensors` the inputs and every intermediate.
private let recordedEdits =
    ["move", "grow", "shrink", "turn", "drag", "landmark", "appearance", "paste"].flatMap { ["\($0)-dragon", "\($0)-diffeditor"] }
    + ["flip-dragon"]

@Suite("The edit commands reproduce recorded edits, and report what is wrong", .serialized)
struct EditCommandTests {
    private let model = fixture("model")

    /// A path of a file of this process that does not exist.
    private func temporary(_ name: String) -> String { "/tmp/dragon-edit-\(getpid())-\(name)" }

    @Test("--replay and --trace of every oracle case agree to a thousandth", arguments: recordedEdits)
    func replay(_ name: String) throws {
        let (picture, trace) = (temporary("\(name).png"), temporary("\(name).safetensors"))
        defer { for path in [picture, trace] { unlink(path) } }
        let run = try Program.run(
            arguments(name) + ["--replay", fixture("cases/\(name).safetensors"), "--trace", trace, "-o", picture, "--quiet", "--json"])
        #expect(run.status == 0 && run.errors.isEmpty, "\(run)")
        let report = try #require(try JSONValue(parsing: Array(run.output.utf8)).object)
        #expect(
            report["phases"]?.array?.compactMap { $0.object?["name"]?.string } == [
                "prepare", "load", "encode", "invert", "sample", "decode", "assemble", "write",
            ])
        let (error, place) = try worstError(trace, fixture("cases/\(name).safetensors"))
        #expect(error <= 1e-3, "\(error) at \(place)")
        let written = try Picture(file: picture)
        #expect(
            try SafetensorsFile(fixture("cases/\(name).safetensors")).weight("input.image").shape[2...] == [written.height, written.width])
    }

    /// The command line that stands for a case, from its scalars.
    private func arguments(_ name: String) throws -> [String] {
        let json = try #require(try readJSON(fixture("cases/\(name).json")).object)
        let mode = try #require(json["mode"]?.string)
        let numbers = { (key: String) in (json[key]?.array ?? []).map { $0.number ?? 0 } }
        let points = { (key: String) in (json[key]?.array ?? []).map { ($0.array ?? []).map { "\($0.number ?? 0)" }.joined(separator: ",") }
        }
        let weights = try #require(json["weights"]?.object)
        var result = [mode, "--model", model]
        for (option, value) in [
            ("--steps", json["steps"]), ("--cfg", json["cfg"]), ("--energy-scale", json["energy_scale"]),
            ("--sde-strength", json["sde_strength"]), ("--w-edit", weights["edit"]), ("--w-content", weights["content"]),
            ("--w-contrast", weights["contrast"]), ("--w-inpaint", weights["inpaint"]),
        ] {
            let number = try #require(value?.number)
            result += [option, option == "--steps" ? "\(Int(number))" : "\(number)"]
        }
        result += ["--algorithm", try #require(json["algorithm"]?.string)]
        let shift = numbers("displacement")
        switch mode {
        case "move":
            result += ["--from", "10,20", "--to", "\(10 + shift[0]),\(20 + shift[1])", "--resize", "\(json["resize"]?.number ?? 1)"]
            result += ["--rotate", "\(json["rotate"]?.number ?? 0)"] + (json["flip"]?.bool == true ? ["--flip"] : [])
        case "paste": result += ["--offset", "\(shift[0]),\(shift[1])"]
        default: result += zip(points("handles"), points("targets")).flatMap { ["--drag", "\($0):\($1)"] }
        }
        return result
    }

    /// The largest difference of a written trace from the recorded one, relative to each tensor's largest value.
    private func worstError(_ found: String, _ expected: String) throws -> (Float, String) {
        let (found, expected) = (try SafetensorsFile(found), try SafetensorsFile(expected))
        var worst: (Float, String) = (0, "nothing")
        let recorded = expected.entries.filter { $0.name.hasPrefix("trace.") }
        #expect(recorded.count > 50)
        for entry in recorded {
            let (a, b) = (try found.weight(entry.name), try expected.weight(entry))
            guard a.shape == b.shape else { return (.infinity, entry.name) }
            // The same under the plain name.
            #expect(try found.weight(String(entry.name.dropFirst(6))).shape == a.shape)
            var (largest, difference): (Float, Float) = (1e-30, 0)
            for (x, y) in zip(a.floats(), b.floats()) {
                largest = max(largest, abs(y))
                difference = x.isNaN ? .infinity : max(difference, abs(x - y))
            }
            if difference / largest > worst.0 { worst = (difference / largest, entry.name) }
        }
        return worst
    }

    // MARK: - Pictures and masks from files

    /// A grey picture, or a mask that is white in a rectangle.
    private func write(_ name: String, _ width: Int, _ height: Int, x: Range<Int> = 0..<0, y: Range<Int> = 0..<0) throws -> String {
        let path = temporary(name)
        let samples = (0..<width * height).flatMap { index -> [UInt8] in
            let isSet = x.contains(index % width) && y.contains(index / width)
            return Array(repeating: isSet ? 255 : UInt8(index % 60), count: 3) + [255]
        }
        try OutputPicture(path).write(Picture(width: width, height: height, samples: .eight(samples)))
        return path
    }

    private func edit(_ mode: String, _ picture: String, _ more: String...) -> [String] {
        [mode, "--model", model, "-i", picture, "-o", temporary("out.png"), "--steps", "1", "--quiet"] + more
    }

    private func expect(
        _ arguments: [String], status: Int32, saying words: String, at location: SourceLocation = #_sourceLocation
    ) throws {
        let run = try Program.run(arguments)
        #expect(run.status == status && run.errors.contains(words), "\(run)", sourceLocation: location)
        #expect(run.errors.count { $0 == "\n" } == 1 && run.errors.hasPrefix("dragon: "), "\(run)", sourceLocation: location)
        #expect(access(temporary("out.png"), F_OK) != 0, "nothing is written", sourceLocation: location)
    }

    @Test("bad input is 2 with one line that names it")
    func badInput() throws {
        let picture = try write("picture.png", 100, 70)
        let (mask, empty) = (try write("mask.png", 100, 70, x: 20..<60, y: 10..<50), try write("empty.png", 100, 70))
        let (full, other) = (try write("full.png", 100, 70, x: 0..<100, y: 0..<70), try write("other.png", 64, 64, x: 0..<9, y: 0..<9))
        defer { for path in [picture, mask, empty, full, other] { unlink(path) } }
        let to = ["--from", "0,0", "--to", "10,0"]
        try expect(edit("move", picture, "--mask", empty) + to, status: 2, saying: "marks but none brighter than half")
        try expect(edit("move", picture, "--mask", full) + to, status: 2, saying: "covers the whole picture")
        try expect(edit("move", picture, "--mask", other) + to, status: 2, saying: "the mask is 64×64, expected its picture's 100×70")
        try expect(edit("move", picture) + to, status: 2, saying: "--mask is missing")
        try expect(edit("move", picture, "--mask", "/no/such.png") + to, status: 2, saying: "/no/such.png")
        try expect(edit("move", picture, "--mask", mask, "--from", "0,0", "--to", "0,0"), status: 2, saying: "nothing would change")
        try expect(edit("move", picture, "--mask", mask, "--from", "nan,0", "--to", "0,0"), status: 2, saying: "--from")
        try expect(
            edit("move", picture, "--mask", mask, "--from", "0,0", "--to", "500,0", "--plate", "off"), status: 2,
            saying: "leave the picture")
        try expect(
            edit("paste", picture, "--mask", mask, "--reference", picture, "--offset", "500,0"), status: 2, saying: "leave the picture")
        for resize in ["0", "-1", "1e9", "nan"] {
            try expect(edit("move", picture, "--mask", mask, "--resize=\(resize)") + to, status: 2, saying: "the resize factor")
            try expect(
                edit("paste", picture, "--reference", picture, "--mask", mask, "--offset", "1,1", "--resize=\(resize)"), status: 2,
                saying: "the resize factor")
        }
        try expect(edit("drag", picture), status: 2, saying: "no point to drag")
        try expect(edit("drag", picture, "--drag", "1,1:100,1"), status: 2, saying: "outside the picture of 100×70")
        try expect(edit("drag", picture, "--drag", "5,5:5,5"), status: 2, saying: "nothing would move")
        try expect(edit("drag", picture, "--drag", "5,5"), status: 2, saying: "--drag")
        try expect(edit("landmark", picture), status: 2, saying: "no point to drag")
        try expect(edit("landmark", picture, "--drag", "1,1:9,9", "--cfg", "nan"), status: 2, saying: "guidance scale")
        try expect(edit("landmark", picture, "--drag", "1,1:9,9", "--steps", "10000"), status: 2, saying: "--steps")
        try expect(edit("landmark", picture, "--drag", "1,1:9,9", "--trace", "/no/such/t"), status: 2, saying: "/no/such/t")
        try expect(edit("landmark", picture, "--drag", "1,1:9,9", "--seed", "-1"), status: 2, saying: "'-1' is invalid")
        try expect(edit("landmark", "-dash.png", "--drag", "1,1:9,9", "--prompt", "-a dog"), status: 2, saying: "-dash.png")
        try expect(edit("appearance", picture, "--mask", mask), status: 2, saying: "--reference is missing")
        try expect(edit("paste", picture, "--reference", picture, "--offset", "1,1"), status: 2, saying: "--mask is missing")
        try expect(["landmark", "--model", model, "--drag", "1,1:9,9", "-o", temporary("out.png")], status: 2, saying: "--generate")
        try expect(["drag", "--model", model, "--replay", mask, "-o", temporary("out.png")], status: 2, saying: mask)
    }

    @Test("numbers that turn to none are named with their step, and nothing is written")
    func notFinite() throws {
        let folder = temporary("overflowing")
        try FileManager.default.copyItem(atPath: model, toPath: folder)
        let scheduler = "\(folder)/scheduler/scheduler_config.json"
        let (picture, mask) = (try write("picture.png", 64, 64), try write("mask.png", 64, 64, x: 8..<40, y: 8..<40))
        defer { for path in [picture, mask, folder] { try? FileManager.default.removeItem(atPath: path) } }
        let text = try String(contentsOfFile: scheduler, encoding: .utf8)
        let harsh = text.replacing("0.00085", with: "0.9").replacing("0.012", with: "0.99")
        #expect(harsh != text)
        try harsh.write(toFile: scheduler, atomically: true, encoding: .utf8)
        let out = temporary("out.png")
        try expect(
            ["generate", "--model", folder, "--prompt", "", "--width", "64", "--height", "64", "-o", out, "--quiet"], status: 2,
            saying: "finite after")
        let move = ["move", "--model", folder, "-i", picture, "--mask", mask, "--from", "0,0", "--to", "9,0", "-o", out, "--quiet"]
        try expect(move, status: 2, saying: "finite after")
        try expect(move + ["--plate", "off"], status: 2, saying: "finite after")
    }

    @Test("too little memory is 3, with the figure, before the model is loaded")
    func memory() throws {
        let picture = try write("large.png", 1024, 1024)
        defer { unlink(picture) }
        for source in [["-i", picture], ["--generate", "--width", "512", "--height", "512"]] {
            // Not quiet: one line alone says that nothing was begun.
            let arguments = ["landmark", "--model", model, "--drag", "1,1:99,99", "--memory", "1", "-o", temporary("out.png")] + source
            try expect(arguments, status: 3, saying: " MB of memory, 1 MB are allowed")
        }
    }

    @Test("pictures of any sides come back with their own: one pixel, odd, a long prompt")
    func anySides() throws {
        let (point, odd) = (try write("pixel.png", 1, 1), try write("odd.png", 67, 130))
        let path = temporary("out.png")
        defer { for file in [point, odd, path] { unlink(file) } }
        let prompt = String(repeating: "ten chars ", count: 1000)
        for arguments in [
            edit("landmark", odd, "--drag", "1,1:60,99", "--prompt", prompt), edit("drag", odd, "--drag", "60,120:40,100"),
            edit("landmark", point, "--drag", "0,0:0.5,0.5"),
        ] {
            let run = try Program.run(arguments)
            #expect(run.status == 0 && run.errors.isEmpty, "\(run)")
            let picture = try Picture(file: path)
            #expect((picture.width, picture.height) == (arguments[4] == odd ? (67, 130) : (1, 1)))
        }
        try expectFullMask(point)
    }

    private func expectFullMask(_ point: String) throws {
        unlink(temporary("out.png"))
        let mask = try write("white.png", 1, 1, x: 0..<1, y: 0..<1)
        defer { unlink(mask) }
        try expect(edit("move", point, "--mask", mask, "--from", "0,0", "--to", "8,0"), status: 2, saying: "covers the whole picture")
    }

    @Test("every mode edits pictures from files, and generated ones")
    func everyMode() throws {
        let (picture, mask) = (try write("base.png", 64, 64), try write("object.png", 64, 64, x: 8..<40, y: 8..<40))
        let path = temporary("out.png")
        defer { for file in [picture, mask, path] { unlink(file) } }
        let ask = ["move", "--generate", "--prompt", "a cat", "--source-prompt", "a dog", "--mask", mask, "--from", "0,0", "--to", "8,0"]
        try expect(ask + ["-o", path], status: 2, saying: "goes with -i FILE")
        let modes = [
            ["move", "--mask", mask, "--from", "10,10", "--to", "20,10", "--inpaint-mask", mask],
            ["drag", "--mask", mask, "--drag", "10,10:20,10"], ["landmark", "--drag", "10,10:20,10"],
            ["appearance", "--mask", mask, "--reference", picture, "--reference-mask", mask, "--reference-prompt", "a dog"],
            ["paste", "--reference", picture, "--mask", mask, "--offset=-3,8", "--resize", "1.2"],
            ["paste", "--reference", picture, "--mask", mask, "--offset=-3,8", "--rotate", "-20", "--flip"],
            ["move", "--mask", mask, "--from", "0,0", "--to", "0,0", "--rotate", "180", "--plate", "off"],
        ]
        for mode in modes {
            for source in [["-i", picture], ["--generate", "--width", "64", "--height", "64"]] {
                let run = try Program.run(
                    mode + source + ["--model", model, "--prompt", "a cat", "--preset", "fast", "--algorithm", "diffeditor", "-o", path])
                #expect(run.status == 0 && run.output.contains("edited in"), "\(run)")
                #expect(try Picture(file: path).width == 64)
                unlink(path)
            }
        }
    }

    @Test("bench measures guidance and edits; twenty edits in one process take the memory of two")
    func bench() throws {
        let guidance = try bench("guidance", repetitions: 2)
        #expect(guidance.seconds > 0 && guidance.operations > 0)
        let (two, twenty) = (try bench("edit", repetitions: 2), try bench("edit", repetitions: 20))
        #expect(two.operations > guidance.operations)
        #expect(twenty.peak - two.peak < 4_000_000, "\(two.peak) bytes after two, \(twenty.peak) after twenty")
    }

    private func bench(_ phase: String, repetitions: Int) throws -> (seconds: Double, operations: Double, peak: Int) {
        let run = try Program.run(
            ["bench", "--model", model, "--side", "64", "--phase", phase, "--repeat", "\(repetitions)", "--json", "--quiet"])
        #expect(run.status == 0 && run.errors.isEmpty, "\(run)")
        let report = try #require(try JSONValue(parsing: Array(run.output.utf8)).object)
        #expect(report["phase"]?.string == phase && report["repeat"]?.integer == repetitions && report["threads"]?.integer ?? 0 > 0)
        let seconds = try #require(report["seconds"]?.object?["min"]?.number)
        return (seconds, try #require(report["gflop"]?.number), try #require(report["peak_bytes"]?.integer))
    }
}
