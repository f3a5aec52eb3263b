import DragonModel
import Glibc
import TestSupport
import Testing

@testable import dragon

/// The program as users run it: what it prints, writes and returns.
@Suite struct ProgramRuns {
    private let model = fixture("model")

    private func quickly(_ more: String...) -> [String] {
        ["generate", "--model", model, "--prompt", "a cat", "--steps", "1", "--width", "64", "--height", "64"] + more
    }

    private func expect(_ arguments: [String], status: Int32, saying text: String) throws {
        let run = try Program.run(arguments)
        #expect(run.status == status, "\(arguments): \(run.errors)")
        #expect(run.errors.hasPrefix("dragon: ") && run.errors.contains(text), "\(arguments): \(run.errors)")
        #expect(run.errors.count { $0 == "\n" } == 1 && run.errors.hasSuffix("\n") && run.output.isEmpty, "\(run)")
    }

    @Test func infoDescribesTheModel() throws {
        let run = try Program.run(["info", "--model", model])
        #expect(run.status == 0 && run.errors.isEmpty && run.output.contains("diffusers folder") && run.output.contains("525 tokens"))
        let report = try #require(try JSONValue(parsing: Array(try Program.run(["info", "--model", model, "--json"]).output.utf8)).object)
        #expect(report["layout"]?.string == "folder" && report["prediction_type"]?.string == "epsilon" && report["side"]?.integer == 128)
        #expect(report["unet"]?.object?["parameters"]?.integer == 2_446_788)
        #expect(report["scaling_factor"]?.number == 0.18215)
    }

    @Test func generateWritesThePictureAndTheReport() throws {
        let path = "/tmp/dragon-\(getpid()).png"
        defer { unlink(path) }
        let run = try Program.run(quickly("-o", path, "--json", "--quiet", "--seed", "18446744073709551615"))
        #expect(run.status == 0 && run.errors.isEmpty)
        let report = try #require(try JSONValue(parsing: Array(run.output.utf8)).object)
        #expect(report["phases"]?.array?.compactMap { $0.object?["name"]?.string } == ["load", "generate", "write"])
        #expect(report["seconds"]?.number ?? 0 > 0 && report["peak_bytes"]?.integer ?? 0 > 1_000_000)
        let picture = try Picture(file: path)
        #expect(picture.width == 64 && picture.height == 64 && !picture.hasAlpha)
        let again = try Program.run(quickly("-o", path, "--threads", "1"))
        #expect(again.status == 0 && again.output.contains("64 × 64") && again.errors.contains("generating"))
    }

    @Test func benchReportsItsNumbers() throws {
        let run = try Program.run(["bench", "--model", model, "--side", "64", "--phase", "unet2", "--repeat", "2", "--json", "--quiet"])
        let report = try #require(try JSONValue(parsing: Array(run.output.utf8)).object)
        for name in ["gflops", "peak_bytes", "threads"] { #expect(report[name]?.number ?? 0 > 0, "\(name)") }
        let seconds = try #require(report["seconds"]?.object)
        #expect(seconds["min"]?.number ?? 1 <= seconds["median"]?.number ?? 0)
    }

    @Test func badInputIsTwoWithOneLine() throws {
        try expect(["info", "--model", "/no\nsuch\u{1B}[31m"], status: 2, saying: "No such file")
        try expect(["info", "--model", model, "--frob"], status: 2, saying: "--frob")
        try expect(["frob"], status: 2, saying: "frob")
        try expect(["info", "--model", fixture("pictures/rgb.png")], status: 2, saying: "safetensors")
        try expect(["bench", "--model", model, "--phase", "x"], status: 2, saying: "unet2")
        try expect(["bench", "--model", model, "--side", "100"], status: 2, saying: "multiple of 64")
        try expect(quickly("-o", "x.gif"), status: 2, saying: ".png, .jpg or .webp")
        try expect(quickly("-o", "/no/such/x.png"), status: 2, saying: "/no/such/x.png")
        try expect(quickly("-o", "/tmp/x.png", "--width", "65"), status: 2, saying: "65")
        try expect(quickly("-o", "/tmp/x.png", "--steps", "0"), status: 2, saying: "--steps")
        try expect(quickly("-o", "/tmp/x.png", "--cfg", "nan"), status: 2, saying: "guidance")
        try expect(quickly("-o", "/tmp/x.png", "--threads", "0"), status: 2, saying: "--threads")
        try expect(quickly("-o", "/tmp/x.png", "--seed", "-1"), status: 2, saying: "--seed")
    }

    @Test func helpIsNoError() throws {
        for arguments in [["--help"], ["generate", "--help"], ["--version"]] {
            let run = try Program.run(arguments)
            #expect(run.status == 0 && run.errors.isEmpty && !run.output.isEmpty, "\(arguments)")
        }
    }

    @Test func aFullDiskIsThreeAndLeavesNothing() throws {
        let path = "/tmp/dragon-full-\(getpid()).png"
        try expect(quickly("-o", path, "--quiet"), limit: 1024, status: 3, saying: "no room")
        #expect(access(path, F_OK) != 0)
    }

    private func expect(_ arguments: [String], limit: UInt, status: Int32, saying text: String) throws {
        let run = try Program.run(arguments, fileSizeLimit: limit)
        #expect(run.status == status && run.errors.contains(text), "\(run)")
    }

    @Test func ctrlCEndsItWithinASecond() throws {
        let program = try Program(
            [
                "generate", "--model", model, "--prompt", "x", "--steps", "1000", "--width", "1024", "--height", "1024", "-o",
                "/tmp/never.png",
            ])
        usleep(1_500_000)
        var run: Program.Outcome?
        let time = ContinuousClock().measure {
            kill(program.process, SIGINT)
            run = program.wait()
        }
        #expect(run?.status == 130 && run?.errors.hasSuffix("dragon: interrupted\n") == true, "\(String(describing: run))")
        #expect(time < .seconds(1.2))
        #expect(access("/tmp/never.png", F_OK) != 0)
    }

    @Test func progressTellsTheTimeLeft() {
        let text = ProgressText(phase: "generating", done: 12, total: 48, secondsLeft: 33.2)
        #expect(text.line == "generating 12/48, 34 s left")
        #expect(text.bar(columns: 80) == "generating [##########······························] 12/48, 34 s left")
        for columns in 1..<80 { #expect(text.bar(columns: columns).count < columns, "\(columns)") }
        #expect(text.bar(columns: 31) == text.line && text.bar(columns: 20) == "generating 12/48, …")
        #expect(ProgressText.cut("loading the model …", to: 12) == "loading th…")
        #expect(ProgressText(phase: "x", done: 2, total: 2, secondsLeft: 0).line == "x 2/2")
        #expect(ProgressText(phase: "x", done: 1, total: 9, secondsLeft: 1e300).line == "x 1/9, 100 h left")
    }
}
