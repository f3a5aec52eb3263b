import ArgumentParser
import DragonModel
import DragonStore
import DragonTensor

/// `dragon model`: the models of this machine.
struct Models: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model", abstract: "Add, list and remove models.",
        subcommands: [AddModel.self, ListModels.self, RemoveModel.self])
}

/// `dragon model add`: copies or downloads one.
struct AddModel: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Copy or download a model into your own.",
        discussion: "A download that breaks is taken up where it stopped when the same is run again.")

    @Argument(
        help: ArgumentHelp(
            "A folder in diffusers' layout, a .safetensors checkpoint, or the http or https address of either.", valueName: "path or url"))
    var source: String

    @Option(name: .long, help: "What to call it, instead of the source's own name.")
    var name: String?

    @Option(name: .long, help: ArgumentHelp("SHA-256 that a single file must have.", valueName: "hex"))
    var sha256: String?

    @Option(name: .long, help: ArgumentHelp("Folder of a checkpoint's vocab.json and merges.txt, instead of CLIP's.", valueName: "dir"))
    var tokenizer: String?

    @Option(name: .long, help: PredictionName.help)
    var prediction: PredictionName?

    @Option(
        name: .customLong("lora"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp("LoRA to copy beside it and take with it, and how much of it; may be repeated.", valueName: "file[:scale]"))
    var loras: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp("How it makes pictures, where its files do not tell: ddim, trailing, lcm.", valueName: "ddim|trailing|lcm"))
    var sampler: ScheduleConfiguration.SolverName?

    @Flag(name: .long, help: "No progress on stderr.")
    var quiet = false

    func run() throws {
        let progress = FetchReport(isQuiet: quiet)
        let job = progress.job
        onInterruption { job.cancel() }
        defer { progress.end() }
        let store = ModelStore()
        var request = AddRequest(source: source, name: name, sha256: sha256, tokenizer: tokenizer, prediction: prediction?.type)
        request.loras = loras.map { store.lora($0) }
        request.solver = sampler
        let added = try store.add(request, job: job)
        progress.end()
        for (file, hash) in added.hashes { try printLine("\(hash)  \(file)") }
        try printLine("\(added.model.name): added to \(added.model.path)")
        if !quiet, let note = assumptionNote(added.isPredictionAssumed) { writeError("warning: \(note)") }
    }
}

/// Tells how far an addition is, a hundred times a file at most.
private final class FetchReport: @unchecked Sendable {
    // Unchecked: used on the thread that adds alone.
    private let report: ProgressReport
    private var file: String?
    private var share = -1

    init(isQuiet: Bool) { report = ProgressReport(isQuiet: isQuiet) }

    /// Files that are there at once are not worth a word.
    private static let leastSize = 1_000_000

    /// The addition, in bytes of each file.
    var job: Job {
        Job { [self] in
            hear($0)
            return true
        }
    }

    private func hear(_ progress: Job.Progress) {
        if progress.phase == .check { return report.begin("checking the model") }
        if progress.total > 0, progress.total < Self.leastSize { return }
        if progress.subject != file {
            (file, share) = (progress.subject, -1)
            let size = progress.total > 0 ? ", \(progress.total / 1_000_000) MB" : ""
            report.begin("fetching \(progress.subject)\(size)")
        }
        guard progress.total > 0 else { return }
        let now = progress.step * 100 / progress.total
        guard now > share else { return }
        share = now
        report.step(now, of: 100)
    }

    func end() { report.end() }
}

/// `dragon model list`: those that are found, by what they are good for.
struct ListModels: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show the models and LoRAs that are found, yours and those of other programs; the first good one is used.")

    @Flag(name: .long, help: "Print a report for machines on stdout.")
    var json = false

    func run() throws {
        let store = ModelStore()
        let (models, loras, complaints) = (store.models(), store.loras(), store.complaints())
        for complaint in complaints { writeError("warning: \(complaint)") }
        if json { return try printLine(report(models, loras, complaints).text) }
        if models.isEmpty { try printLine("no models: add one with \"dragon model add PATH_OR_URL\"") }
        for purpose in ModelPurpose.allCases {
            try show(purpose.rawValue, models.filter { $0.purpose == purpose }.map { "\($0.name)\t\($0.path)" })
        }
        try show("LoRA", loras.filter { $0.problem == nil }.map { "\($0.name)\t\($0.path)" })
        let problems = models.map { ($0.name, $0.path, $0.problem) } + loras.map { ($0.name, $0.path, $0.problem) }
        try show("unusable", problems.compactMap { name, path, problem in problem.map { "\(name)\t\(path)\t\($0)" } })
    }

    /// A group of the list.
    private func show(_ title: String, _ lines: [String]) throws {
        guard !lines.isEmpty else { return }
        try printLine("\(title):")
        for line in lines { try printLine("  \(line)") }
    }

    private func report(_ models: [FoundModel], _ loras: [FoundLoRA], _ complaints: [String]) -> JSONValue {
        func item(_ name: String, _ path: String, _ problem: String?) -> JSONObject {
            JSONObject(["name": .string(name), "path": .string(path), "problem": problem.map { .string($0) } ?? .null])
        }
        let list = models.map { model in
            var item = item(model.name, model.path, model.problem)
            item["purpose"] = model.purpose.map { .string($0.rawValue) } ?? .null
            return JSONValue.object(item)
        }
        return .object(
            JSONObject([
                "command": .string("model list"), "models": .array(list),
                "loras": .array(loras.map { .object(item($0.name, $0.path, $0.problem)) }),
                "warnings": .array(complaints.map { .string($0) }),
            ]))
    }
}

/// `dragon model remove`: one of the user's.
struct RemoveModel: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "remove", abstract: "Remove one of your models.")

    @Argument(help: "Its name.")
    var name: String

    func run() throws {
        try ModelStore().remove(name)
        try printLine("\(name): removed")
    }
}
