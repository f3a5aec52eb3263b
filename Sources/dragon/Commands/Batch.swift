import ArgumentParser
import DragonModel

/// `dragon batch`: many edits, a line each, with one model.
struct Batch: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Do many edits, one a line of a file, with a model that is loaded once.",
        discussion: """
            A line is a JSON object: "command" names the edit, the other members are its long options:
            {"command": "move", "input": "a.png", "mask": "m.png", "from": "10,20", "to": "40,20", "output": "o.png"}
            Options that may be repeated take arrays, flags true. "id", of your choice, stands in the report. Paths are relative to \
            the working directory. The model's options, --threads and --quiet are given here, once.

            Prints a JSON object a line as each edit ends: "line", "id", "status" (done, failed or skipped), and the edit's own \
            report, or its "error" and the exit "code" that it would have had. An edit that fails is passed over.
            Exit code 0 if all are done, 2 if any failed, 130 when interrupted. A model that cannot be had ends the batch with its own.
            """)

    @OptionGroup var model: ModelOptions
    @OptionGroup var compute: ComputeOptions

    @Argument(help: ArgumentHelp("File of jobs, one JSON object a line; - reads them from stdin as they come.", valueName: "jobs.jsonl"))
    var jobs: String

    @Option(name: .long, help: ArgumentHelp("Only the lines I, I+N, I+2N, …, I from 1 to N.", valueName: "I/N"))
    var shard = Shard.whole

    @Flag(name: .long, help: "Skip what was done before: lines whose output is there.")
    var resume = false

    func run() throws {
        var lines = try LineReader(jobs)
        let session = EditSession(model, compute)
        var (number, failures) = (0, 0)
        while let line = try lines.next() {
            number += 1
            guard shard.contains(line: number), line.contains(where: { !" \t\r".utf8.contains($0) }) else { continue }
            var report = JSONObject(["line": .integer(number)])
            do {
                try session.checkInterruption()
                try perform(line, in: session, &report)
            } catch {
                if error is CancellationError { throw error }
                failures += 1
                tell(error, line: number, &report)
            }
            try printLine(JSONValue.object(report).text)
            if let failure = session.failure { throw failure }
            session.releaseIdleMemory()
        }
        if failures > 0 { throw FailedJobs(count: failures) }
    }

    /// Does a line's edit, or skips it, and adds what is to be told.
    private func perform(_ line: [UInt8], in session: EditSession, _ report: inout JSONObject) throws {
        let job = try BatchJob(parsing: line)
        if let id = job.id { report["id"] = id }
        let command = try job.command()
        if resume {
            guard command.editing.input != command.editing.output else { throw BatchJobError.editsInPlace }
            if FileStatus(command.editing.output)?.isRegular == true {
                report["status"] = .string("skipped")
                report["output"] = .string(command.editing.output)
                return
            }
        }
        let members = try command.perform(in: session).json(type(of: command)._commandName, command.editing)
        report["status"] = .string("done")
        for name in members.names { report[name] = members[name] }
    }

    private func tell(_ error: any Error, line: Int, _ report: inout JSONObject) {
        let (text, status) = (Dragon.message(for: error), ExitStatus(error))
        report["status"] = .string("failed")
        report["error"] = .string(text)
        report["code"] = .integer(Int(status.rawValue))
        if !compute.quiet { writeError("line \(line): \(text)") }
    }
}

/// `I/N`: every Nth line from line I on.
struct Shard: ExpressibleByArgument {
    /// All lines.
    static let whole = Shard(index: 1, count: 1)

    private let index: Int
    private let count: Int

    private init(index: Int, count: Int) { (self.index, self.count) = (index, count) }

    init?(argument: String) {
        let parts = argument.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let index = parts[0], let count = parts[1], index >= 1, index <= count else { return nil }
        self.init(index: index, count: count)
    }

    var defaultValueDescription: String { "\(index)/\(count)" }

    /// - Parameter line: counted from 1.
    func contains(line: Int) -> Bool { (line - 1) % count == index - 1 }
}

/// That not all of a batch is done.
struct FailedJobs: Error, CustomStringConvertible {
    let count: Int
    var description: String { count == 1 ? "1 job failed; the report says why" : "\(count) jobs failed; the report says why" }
}
