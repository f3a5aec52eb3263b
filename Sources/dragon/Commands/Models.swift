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

    @Flag(name: .long, help: "No progress on stderr.")
    var quiet = false

    func run() throws {
        let progress = FetchReport(isQuiet: quiet)
        let job = progress.job
        onInterruption { job.cancel() }
        defer { progress.end() }
        let added = try ModelStore().add(
            AddRequest(source: source, name: name, sha256: sha256, tokenizer: tokenizer, prediction: prediction?.type), job: job)
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

/// `dragon model list`: those that are found, in the order of their use.
struct ListModels: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show the models that are found; the first good one is used.")

    @Flag(name: .long, help: "Print a report for machines on stdout.")
    var json = false

    func run() throws {
        let store = ModelStore()
        let (models, complaints) = (store.models(), store.complaints())
        for complaint in complaints { writeError("warning: \(complaint)") }
        if json {
            let list = models.map { model in
                JSONValue.object(
                    JSONObject([
                        "name": .string(model.name), "path": .string(model.path), "problem": model.problem.map { .string($0) } ?? .null,
                        "purpose": model.purpose.map { .string($0.rawValue) } ?? .null,
                    ]))
            }
            try printLine(
                JSONValue.object(
                    JSONObject([
                        "command": .string("model list"), "models": .array(list), "warnings": .array(complaints.map { .string($0) }),
                    ])
                ).text)
        } else if models.isEmpty {
            try printLine("no models: add one with \"dragon model add PATH_OR_URL\"")
        } else {
            for model in models { try printLine("\(model.name)\t\(model.path)\(remark(model))") }
        }
    }
}

/// What is said of a model beside its name and place.
private func remark(_ model: FoundModel) -> String {
    if let problem = model.problem { return "\tunusable: \(problem)" }
    return model.purpose == .base ? "" : "\tfor \(model.purpose?.rawValue ?? "")"
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
