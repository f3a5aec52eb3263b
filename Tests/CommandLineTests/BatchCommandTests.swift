import Foundation
import Glibc
import TestSupport
import Testing

@testable import DragonModel
@testable import dragon

@Suite("Many edits, one a line, are done with one model", .serialized)
final class BatchCommandTests {
    private let folder = URL(filePath: "/tmp/dragon-batch-\(getpid())-\(UInt64.random(in: 0 ... .max))")
    private let width = 96
    private let height = 64

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try write("photo.png") { x, y in Self.isObject(x, y) ? [250, 20, 20] : [UInt8(60 + x), UInt8(90 + y), 120] }
        try write("mask.png") { x, y in Self.isObject(x, y) ? [255, 255, 255] : [0, 0, 0] }
    }
    deinit { try? FileManager.default.removeItem(at: folder) }

    private static func isObject(_ x: Int, _ y: Int) -> Bool { (20..<40).contains(x) && (20..<40).contains(y) }

    private func file(_ name: String) -> String { folder.appending(path: name).path }

    private func write(_ name: String, _ colour: (Int, Int) -> [UInt8]) throws {
        let samples = (0..<width * height).flatMap { at -> [UInt8] in colour(at % width, at / width) + [255] }
        try OutputPicture(file(name)).write(Picture(width: width, height: height, samples: .eight(samples)))
    }

    /// The members of a move, the last of which writes `output`.
    private func move(_ output: String, _ more: String = "\"steps\": 2, \"side\": 64") -> String {
        """
        {"command": "move", "input": "\(file("photo.png"))", "mask": "\(file("mask.png"))", "from": "30,30", "to": "60,30", \
        \(more), "output": "\(file(output))"}
        """
    }

    private func jobs(_ lines: [String]) throws -> String {
        try lines.joined(separator: "\n").write(toFile: file("jobs.jsonl"), atomically: true, encoding: .utf8)
        return file("jobs.jsonl")
    }

    private func reports(_ run: Program.Outcome) throws -> [JSONObject] {
        try run.output.split(separator: "\n").map { try #require(try JSONValue(parsing: Array($0.utf8)).object) }
    }

    private func statuses(_ run: Program.Outcome) throws -> [String?] { try reports(run).map { $0["status"]?.string } }

    private func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: file(name)) }

    private var model: [String] { ["--model", fixture("model"), "--quiet"] }

    @Test("a line that fails is told of and passed over, and the others give what the command line gives")
    func mixed() throws {
        let lines = [
            move("a.png", "\"steps\": 2, \"side\": 64, \"id\": \"first\""), "{\"command\": \"move\"", "", "[1]", "{\"input\": \"a.png\"}",
            "{\"command\": \"bench\"}", move("b.txt"), move("b.png", "\"stepz\": 2"), move("b.png", "\"steps\": [2, 2], \"prompt\": {}"),
            move("b.png", "\"model\": \"other\""), move("b.png", "\"threads\": 1"), move("b.png", "\"help\": true"),
            "{\"command\": \"remove\", \"input\": \"\(file("none.png"))\", \"mask\": [\"m.png\"], \"output\": \"\(file("b.png"))\"}",
            "{\"command\": \"remove\", \"input\": \"\(file("photo.png"))\", \"mask\": [\"\(file("mask.png"))\", \"\(file("mask.png"))\"], "
                + "\"preview\": true, \"resume\": null, \"output\": \"\(file("c.png"))\", \"id\": 14}",
        ]
        let run = try Program.run(["batch", try jobs(lines)] + model)
        #expect(run.status == 2 && run.errors == "dragon: 11 jobs failed; the report says why\n", "\(run)")
        let told = try reports(run)
        #expect(told.map { $0["line"]?.integer } == [1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14])
        #expect(told.map { $0["status"]?.string } == ["done"] + Array(repeating: "failed", count: 11) + ["done"])
        #expect(told[0]["id"]?.string == "first" && told[0]["steps"]?.integer == 2 && told[12]["id"]?.integer == 14)
        let words = [
            "not JSON", "a JSON object", "\"command\" is missing", "no edit; those are move, drag", ".png, .jpg or .webp", "--stepz",
            "\"prompt\" should be", "given to dragon batch", "given to dragon batch", "\"help\" is no option", "none.png",
        ]
        for (report, words) in zip(told[1...], words) {
            #expect(report["error"]?.string?.contains(words) == true && report["code"]?.integer == 2, "\(report)")
        }
        #expect(!exists("b.png") && exists("c.png"))
        let alone = try Program.run(
            [
                "move", "-i", file("photo.png"), "--mask", file("mask.png"), "--from", "30,30", "--to", "60,30", "--steps", "2", "--side",
                "64", "-o", file("alone.png"),
            ] + model)
        #expect(alone.status == 0, "\(alone)")
        #expect(try readFile(file("alone.png"), limit: 1 << 20) == readFile(file("a.png"), limit: 1 << 20))
    }

    @Test("shards hold each line once, and previews need no model", arguments: [1, 3, 9])
    func shards(_ count: Int) throws {
        let path = try jobs((1...7).map { move("\($0).png", "\"preview\": true") })
        var lines: [Int] = []
        for index in 1...count {
            let run = try Program.run(["batch", path, "--shard", "\(index)/\(count)", "--model", "/none", "--quiet"])
            #expect(run.status == 0 && run.errors.isEmpty, "\(run)")
            let found = try reports(run).compactMap { $0["line"]?.integer }
            #expect(found.allSatisfy { $0 % count == index % count })
            lines += found
        }
        #expect(lines.sorted() == Array(1...7))
        #expect(try Program.run(["batch", path, "--shard", "4/3"]).status == 2)
    }

    @Test("without a model a batch ends at the first line that needs one")
    func noModel() throws {
        let path = try jobs([move("a.png", "\"preview\": true"), move("b.png"), move("c.png")])
        let run = try Program.run(["batch", path, "--model", "/none", "--quiet"])
        #expect(run.status == 2 && run.errors.contains("/none"), "\(run)")
        #expect(try statuses(run) == ["done", "failed"])
    }

    @Test("after a kill the same command does what is left")
    func killed() throws {
        let count = 30
        let path = try jobs((1...count).map { move("\($0).png") })
        let program = try Program(["batch", path, "--resume"] + model)
        let done = { (1...count).filter { self.exists("\($0).png") } }
        for _ in 0..<3000 where done().count < 4 { usleep(10_000) }
        kill(program.process, SIGKILL)
        let first = program.wait()
        #expect(first.status == -SIGKILL)
        let whole = done()
        #expect((4..<count).contains(whole.count) && whole == Array(1...whole.count))
        for number in whole { #expect(try Picture(file: file("\(number).png")).width == width) }
        // Only the one that was being told of may have been written and not be in the report.
        #expect(whole.count - first.output.split(separator: "\n").count <= 1)
        let second = try Program.run(["batch", path, "--resume"] + model)
        #expect(second.status == 0, "\(second)")
        let left = count - whole.count
        #expect(
            try statuses(second) == Array(repeating: "skipped", count: whole.count) + Array(repeating: "done", count: left))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix(".dragon") }.isEmpty)
        let inPlace = try Program.run(["batch", try jobs([move("photo.png")]), "--resume"] + model)
        #expect(inPlace.status == 2 && inPlace.output.contains("the output is the input"), "\(inPlace)")
    }

    @Test("Ctrl-C ends a batch, and the edit that ran leaves nothing")
    func interrupted() throws {
        let program = try Program(["batch", try jobs((1...3).map { move("\($0).png", "\"steps\": 1000") })] + model)
        usleep(700_000)
        kill(program.process, SIGINT)
        let run = program.wait()
        #expect(run.status == 130 && run.errors == "dragon: interrupted\n", "\(run)")
        #expect(!exists("3.png"))
    }

    @Test("the model is loaded once, for lines that come through a pipe")
    func pipe() throws {
        try FileManager.default.copyItem(atPath: fixture("model"), toPath: file("model"))
        #expect(mkfifo(file("pipe"), 0o600) == 0)
        let program = try Program(["batch", file("pipe"), "--model", file("model"), "--quiet"])
        let pipe = open(file("pipe"), O_RDWR)
        let send = { (line: String) in Array("\(line)\n".utf8).withUnsafeBytes { _ = Glibc.write(pipe, $0.baseAddress, $0.count) } }
        send(move("a.png"))
        for _ in 0..<3000 where !exists("a.png") { usleep(10_000) }
        try FileManager.default.removeItem(atPath: file("model"))
        send(move("b.png"))
        for _ in 0..<3000 where !exists("b.png") { usleep(10_000) }
        close(pipe)
        let run = program.wait()
        #expect(try run.status == 0 && statuses(run) == ["done", "done"], "\(run)")
        #expect(try readFile(file("a.png"), limit: 1 << 20) == readFile(file("b.png"), limit: 1 << 20))
    }

    @Test("two hundred edits take no more memory than ten")
    func memory() throws {
        let run = try Program.run(["batch", try jobs((1...200).map { move("\($0 % 7).png") })] + model)
        #expect(run.status == 0, "\(run.errors)")
        let peaks = try reports(run).compactMap { $0["peak_bytes"]?.integer }
        try #require(peaks.count == 200)
        // The peak never falls: a leak of a single plane of the photo an edit would show.
        #expect(peaks[199] - peaks[9] < 190 * width * height * 4 / 4, "\(peaks[0]) \(peaks[9]) \(peaks[99]) \(peaks[199])")
    }
}
