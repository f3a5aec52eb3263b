import DragonModel
import Foundation
import Glibc
import TestSupport
import Testing

@testable import dragon

@Suite("A result is refused before the work, or written", .serialized)
struct OutputFileTests {
    private let folder: String

    init() throws {
        folder = "/tmp/dragon-output-\(getpid())-\(UInt64.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    private func removeFolder() {
        chmod(folder, 0o755)
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// A preview, which takes no time.
    private func preview(_ output: String, input: String = fixture("faults/photo.png")) -> [String] {
        ["drag", "--preview", "-i", input, "--drag", "20,20:30,20", "-o", output]
    }

    private func generate(_ output: String, _ more: String...) -> [String] {
        ["generate", "--model", fixture("model"), "--prompt", "", "--steps", "1", "--width", "64", "--height", "64", "-o", output] + more
    }

    private func files() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder).sorted() }

    @Test("sides that a format cannot hold are refused before the model is loaded", arguments: ["webp", "jpg"])
    func sides(format: String) throws {
        defer { removeFolder() }
        let width = format == "webp" ? 16384 : 65501
        let input = "\(folder)/long.png"
        try OutputPicture(input).write(Picture(width: width, height: 8, samples: .eight([UInt8](repeating: 9, count: width * 32))))
        // Not quiet, and no model of that name: one line alone says that nothing was begun.
        for more in [["--preview"], ["--model", fixture("model")]] {
            let run = try Program.run(["landmark", "-i", input, "--drag", "2,2:9,2", "-o", "\(folder)/out.\(format)"] + more)
            #expect(run.status == 2 && run.errors.contains("\(width)×8") && run.errors.contains("at most \(width - 1)"), "\(run)")
            #expect(run.errors.count { $0 == "\n" } == 1)
        }
        #expect(try files() == ["long.png"])
    }

    @Test func aNameAsLongAsTheSystemAllowsIsWrittenAndALongerOneRefused() throws {
        defer { removeFolder() }
        let name = String(repeating: "a", count: 251) + ".png"
        #expect(try Program.run(preview("\(folder)/\(name)")).status == 0)
        #expect(try files() == [name])
        let run = try Program.run(generate("\(folder)/a\(name)"))
        #expect(run.status == 2 && run.errors.contains("name too long") && run.errors.count { $0 == "\n" } == 1, "\(run)")
    }

    @Test func aTraceThatCouldNotBeWrittenIsRefusedBeforeAnythingRuns() throws {
        defer { removeFolder() }
        for trace in ["\(folder)/" + String(repeating: "t", count: 250), folder, "/no/such/t"] {
            let run = try Program.run(preview("\(folder)/x.png") + ["--trace", trace])
            #expect(run.status == 2 && run.errors.contains(trace.prefix(80)), "\(run)")
        }
        #expect(try files().isEmpty)
    }

    @Test("a link stays, and leads to the result, whether or not that was there", arguments: [true, false])
    func links(isThere: Bool) throws {
        defer { removeFolder() }
        let other = "\(folder)/other"
        try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: true)
        if isThere { #expect(FileManager.default.createFile(atPath: "\(other)/real.png", contents: Data([1]))) }
        for (link, target) in [("out.png", "second.png"), ("second.png", "other/real.png")] {
            try FileManager.default.createSymbolicLink(atPath: "\(folder)/\(link)", withDestinationPath: target)
        }
        #expect(try Program.run(preview("\(folder)/out.png")).status == 0)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/out.png") == "second.png")
        #expect(try Picture(file: "\(other)/real.png").width == 128)
        #expect(try FileManager.default.contentsOfDirectory(atPath: other) == ["real.png"])
    }

    @Test func aNameThatEndsInASlashIsRefused() throws {
        defer { removeFolder() }
        let run = try Program.run(generate("\(folder)/x.png/"))
        #expect(run.status == 2 && run.errors.contains("names a folder") && run.errors.count { $0 == "\n" } == 1, "\(run)")
    }

    @Test func anEmptyNameIsRefusedWithASentence() throws {
        defer { removeFolder() }
        for arguments in [preview(""), generate("")] {
            let run = try Program.run(arguments)
            #expect(run.status == 2 && run.errors.contains("-o is empty"), "\(run)")
        }
        let run = try Program.run(preview("\(folder)/x.png", input: ""))
        #expect(run.status == 2 && run.errors.contains("name is empty"), "\(run)")
    }

    /// Runs the program as nobody, where this process may.
    private func asNobody(_ arguments: [String]) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/setpriv")
        process.arguments = ["--reuid=65534", "--regid=65534", "--clear-groups", try publicProgram()] + arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// A copy that everybody may run, with the files that it reads.
    private func publicProgram() throws -> String {
        let copy = "\(folder)/program"
        if access(copy, X_OK) != 0 {
            // By another process: a test beside this one may start a program meanwhile, and hold what is open here to write.
            let copying = Process()
            copying.executableURL = URL(fileURLWithPath: "/bin/cp")
            copying.arguments = [Program.path, fixture("faults/photo.png"), folder]
            try copying.run()
            copying.waitUntilExit()
            #expect(rename("\(folder)/dragon", copy) == 0)
        }
        return copy
    }

    @Test(
        "a file that may be written and not replaced is written in place", .enabled(if: getuid() == 0),
        arguments: [0o755, 0o1777] as [mode_t])
    func inPlace(mode: mode_t) throws {
        defer { removeFolder() }
        let shut = "\(folder)/shut"
        try FileManager.default.createDirectory(atPath: shut, withIntermediateDirectories: true)
        let output = "\(shut)/out.png"
        _ = try publicProgram()
        // Longer than what will be written.
        try Data(count: 1_000_000).write(to: URL(fileURLWithPath: output))
        chmod(output, 0o666)
        chmod(shut, mode)
        chmod(folder, 0o755)
        #expect(try asNobody(preview(output, input: "\(folder)/photo.png")) == 0)
        #expect(try Picture(file: output).width == 128)
        #expect(try FileManager.default.contentsOfDirectory(atPath: shut) == ["out.png"])
        // A new file there is refused before anything runs; in the sticky folder it is written.
        let other = try asNobody(preview("\(shut)/other.png", input: "\(folder)/photo.png"))
        #expect(other == (mode == 0o755 ? 2 : 0))
    }

    @Test func aMountedFileIsWrittenInPlace() throws {
        defer { removeFolder() }
        let (real, mounted) = ("\(folder)/real.png", "\(folder)/mounted.png")
        for path in [real, mounted] { #expect(FileManager.default.createFile(atPath: path, contents: Data([1]))) }
        guard mount(real, mounted, nil, UInt(MS_BIND), nil) == 0 else { return }
        defer { umount(mounted) }
        #expect(try Program.run(preview(mounted)).status == 0)
        #expect(try Picture(file: real).width == 128)
    }

    @Test("what a killed program left goes with the next that writes there; what another is writing stays")
    func leftovers() throws {
        defer { removeFolder() }
        let (left, used) = ("\(folder)/.dragon-abcdef.part", "\(folder)/.dragon-ghijkl.part")
        for path in [left, used] { #expect(FileManager.default.createFile(atPath: path, contents: Data([1]))) }
        let held = open(used, O_RDONLY)
        defer { close(held) }
        #expect(flock(held, LOCK_EX) == 0)
        #expect(try Program.run(preview("\(folder)/out.png")).status == 0)
        #expect(try files() == [".dragon-ghijkl.part", "out.png"])
    }

    /// A library that makes the disk slow.
    private func slowDisk() throws -> String {
        let (source, library) = ("\(folder)-slow.c", "\(folder)-slow.so")
        try "#include <unistd.h>\nint fsync(int file) { (void)file; return (int)sleep(20); }\n".write(
            toFile: source, atomically: true, encoding: .utf8)
        let compiler = Process()
        compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        compiler.arguments = ["clang", "-shared", "-fPIC", source, "-o", library]
        try compiler.run()
        compiler.waitUntilExit()
        unlink(source)
        #expect(compiler.terminationStatus == 0)
        return library
    }

    @Test("a write that is interrupted on a slow disk leaves nothing beside what was there", arguments: [SIGINT, SIGTERM, SIGHUP])
    func slowWrite(signal: Int32) throws {
        let library = try slowDisk()
        defer {
            unlink(library)
            removeFolder()
        }
        #expect(FileManager.default.createFile(atPath: "\(folder)/out.png", contents: Data([1, 2])))
        let program = try Program(preview("\(folder)/out.png"), environment: ["LD_PRELOAD=\(library)"])
        for _ in 0..<1000 where try files().count < 2 { usleep(10_000) }
        #expect(try files().count == 2)
        kill(program.process, signal)
        #expect(program.wait().status == 130)
        #expect(try files() == ["out.png"])
        #expect(FileManager.default.contents(atPath: "\(folder)/out.png") == Data([1, 2]))
    }

    @Test("an interrupted edit writes nothing", arguments: [SIGINT, SIGTERM, SIGHUP])
    func interrupted(signal: Int32) throws {
        defer { removeFolder() }
        let program = try Program([
            "generate", "--model", fixture("model"), "--prompt", "x", "--steps", "1000", "--width", "1024", "--height", "1024", "-o",
            "\(folder)/never.png",
        ])
        usleep(700_000)
        kill(program.process, signal)
        let run = program.wait()
        #expect(run.status == 130 && run.errors.hasSuffix("dragon: interrupted\n"), "\(run)")
        #expect(try files().isEmpty)
    }

    @Test func aReportThatNobodyTakesIsAnError() throws {
        defer { removeFolder() }
        for arguments in [preview("\(folder)/x.png") + ["--json"], ["--help"], ["info", "--model", fixture("model")]] {
            let run = try Program.run(arguments, output: "/dev/full")
            #expect(run.status == 3 && run.errors.contains("cannot print") && run.errors.contains("No space left"), "\(run)")
        }
    }

    @Test func aClosedOutputIsAnErrorAndNoPartOfTheResult() throws {
        defer { removeFolder() }
        let run = try Program.run(preview("\(folder)/x.png") + ["--json"], output: "&-")
        #expect(run.status == 2 && run.errors.contains("cannot print"), "\(run)")
        #expect(try Picture(file: "\(folder)/x.png").width == 128)
    }

    @Test("a preview's report has the members of an edit's, and both tell of a prompt that was cut")
    func reports() throws {
        defer { removeFolder() }
        let edit = [
            "drag", "-i", fixture("faults/photo.png"), "--drag", "20,20:30,20", "-o", "\(folder)/x.png", "--json", "--quiet", "--prompt",
            String(repeating: "a dog and ", count: 100),
        ]
        var members: [[String]] = []
        for more in [["--preview"], ["--model", fixture("model"), "--steps", "1"]] {
            let run = try Program.run(edit + more)
            #expect(run.status == 0 && run.errors.isEmpty, "\(run)")
            let report = try #require(try JSONValue(parsing: Array(run.output.utf8)).object)
            members.append(report.names)
            #expect(report["width"]?.integer == 128 && report["height"]?.integer == 96 && report["seed"]?.string == "0")
            guard more.count > 1 else { continue }
            #expect(report["prompt_cut"]?.bool == true && report["warnings"]?.array?.first?.string?.contains("prompt is too long") == true)
        }
        #expect(members.count == 2 && members[0] == members[1])
    }

    @Test func aFileNameThatIsNotUTF8IsRefusedBeforeAnythingRuns() throws {
        defer { removeFolder() }
        // Swift's own processes take text alone: a shell makes the byte.
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        let words = preview("").dropLast().map { "'\($0)'" }.joined(separator: " ")
        process.arguments = ["-c", "'\(Program.path)' \(words) \"\(folder)/\"$'caf\\xe9.png'"]
        let errors = Pipe()
        process.standardError = errors
        try process.run()
        process.waitUntilExit()
        let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        #expect(process.terminationStatus == 2 && text.contains("not UTF-8"), "\(text)")
        #expect(try files().isEmpty)
    }
}
