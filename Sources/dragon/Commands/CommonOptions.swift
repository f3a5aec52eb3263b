import ArgumentParser
import DragonModel
import DragonStore
import DragonTensor

/// Options of every command.
struct ModelOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Folder in diffusers' layout, .safetensors checkpoint, or name in \"dragon model list\"; without it, the first good one of those.",
            valueName: "dir or name"))
    var model: String?

    @Option(name: .long, help: ArgumentHelp("Folder of vocab.json and merges.txt, where the model has none.", valueName: "dir"))
    var tokenizer: String?

    @Option(name: .long, help: PredictionName.help)
    var prediction: PredictionName?

    @Flag(name: .long, help: "Print a report for machines on stdout.")
    var json = false

    /// The model's files.
    ///
    /// - Throws: ``StoreError/noModel`` where none is named and none is installed.
    func files() throws -> ModelFiles {
        let path = try model.map { try ModelStore().path(of: $0) } ?? ModelStore().firstUsable().path
        return try ModelFiles(path: path, tokenizer: tokenizer, prediction: prediction?.type)
    }
}

/// What to say of a model whose files do not tell what it predicts; nil for all others.
func assumptionNote(_ isPredictionAssumed: Bool) -> String? {
    isPredictionAssumed
        ? "the model's files do not tell whether it predicts noise or velocity; velocity is taken. "
            + "If pictures come out as noise, say --prediction epsilon"
        : nil
}

/// What a model's UNet predicts, as options name it.
enum PredictionName: String, ExpressibleByArgument, CaseIterable {
    case epsilon
    case velocity = "v"

    static let help = ArgumentHelp(
        "What the model predicts, noise (epsilon) or velocity (v), where its files do not tell.", valueName: "epsilon|v")

    var type: ScheduleConfiguration.PredictionType { self == .epsilon ? .epsilon : .velocity }
}

/// Options of the commands that compute.
struct ComputeOptions: ParsableArguments {
    @Option(name: .long, help: "Threads to use; all processors if left out.")
    var threads: Int?

    @Flag(name: .long, help: "No progress on stderr.")
    var quiet = false

    mutating func validate() throws {
        guard Limits.threads.contains(threads ?? 1) else {
            throw ValidationError("--threads should be a number from 1 to \(Limits.threads.upperBound)")
        }
    }

    /// A context of a job that Ctrl-C cancels.
    func context(_ job: Job = Job()) -> ComputeContext {
        onInterruption { job.cancel() }
        return ComputeContext(job: job, threads: threads)
    }
}
