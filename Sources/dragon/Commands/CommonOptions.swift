import ArgumentParser
import DragonModel
import DragonStore
import DragonTensor

/// Options of every command.
struct ModelOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Folder in diffusers' layout, or .safetensors checkpoint; without it, the first good one of \"dragon model list\".",
            valueName: "dir"))
    var model: String?

    @Option(name: .long, help: ArgumentHelp("Folder of vocab.json and merges.txt, where the model has none.", valueName: "dir"))
    var tokenizer: String?

    @Flag(name: .long, help: "Print a report for machines on stdout.")
    var json = false

    /// The model's files.
    ///
    /// - Throws: ``StoreError/noModel`` where none is named and none is installed.
    func files() throws -> ModelFiles {
        try ModelFiles(path: try model ?? ModelStore().firstUsable().path, tokenizer: tokenizer)
    }
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
