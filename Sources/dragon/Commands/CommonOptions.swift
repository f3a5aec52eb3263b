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

    @Option(
        name: .customLong("lora"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp("LoRA that changes the model, and how much of it, 1 if left out; may be repeated.", valueName: "file[:scale]"))
    var loras: [String] = []

    @Option(
        name: .long, help: ArgumentHelp("Autoencoder instead of the model's: a file, or a folder in diffusers' layout.", valueName: "path"))
    var vae: String?

    @Option(
        name: .customLong("tiny-vae"),
        help: ArgumentHelp(
            "Tiny autoencoder (taesd) for instant edits and previews, instead of one that is installed: a file or a folder.",
            valueName: "path"))
    var tinyVAE: String?

    @Option(
        name: .long,
        help: ArgumentHelp("IP-Adapter for SD 1 or 2, with which --image-prompt takes a picture for a prompt.", valueName: "file"))
    var adapter: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Encoder of pictures that the adapter goes with, where image_encoder is not beside it.", valueName: "path"))
    var imageEncoder: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "How generate and instant make pictures: ddim; trailing, for Hyper-SD and Turbo; lcm. Else what the model's files say, or a LoRA's name.",
            valueName: "ddim|trailing|lcm"))
    var sampler: ScheduleConfiguration.SolverName?

    @Flag(name: .long, help: "Print a report for machines on stdout.")
    var json = false

    /// Whether any is given.
    var areGiven: Bool {
        let texts = [model, tokenizer, prediction?.rawValue, vae, tinyVAE, adapter, imageEncoder, sampler?.rawValue]
        return json || !loras.isEmpty || texts.contains { $0 != nil }
    }

    mutating func validate() throws {
        if imageEncoder != nil, adapter == nil { throw ValidationError("--image-encoder goes with --adapter FILE") }
    }

    /// The model's files.
    ///
    /// - Parameter use: what it is for, where none is named.
    /// - Throws: ``StoreError/noModel`` where none is named and none is installed.
    func files(for use: ModelUse = .inverting) throws -> ModelFiles {
        let store = ModelStore()
        let path = try model.map { try store.path(of: $0) } ?? store.firstUsable(for: use).path
        var additions = store.additions
        (additions.tokenizer, additions.prediction, additions.solver) = (tokenizer, prediction?.type, sampler)
        additions.loras = loras.map { store.lora($0) }
        additions.autoencoder = vae
        additions.imageAdapter = adapter.map { ImageAdapterSource(path: $0, encoder: imageEncoder) }
        additions.tinyAutoencoder = tinyVAE
        return try ModelFiles(path: path, additions: additions)
    }
}

extension ScheduleConfiguration.SolverName: ExpressibleByArgument {}

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

extension Precision: ExpressibleByArgument {}

extension ProductFormat {
    /// As `--precision` calls it.
    var name: String {
        switch self {
        case .float32: Precision.fp32.rawValue
        case .bfloat16: Precision.bf16.rawValue
        case .int16: Precision.int16.rawValue
        }
    }
}

/// Options of the commands that compute.
struct ComputeOptions: ParsableArguments {
    @Option(name: .long, help: "Threads to use; all processors if left out.")
    var threads: Int?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "What products round their numbers to. auto: bf16 or int16 where this processor has instructions for it and was measured to be faster; fp32 with --trace and --replay.",
            valueName: Precision.allCases.map(\.rawValue).joined(separator: "|")))
    var precision: Precision?

    @Flag(name: .long, help: "No progress on stderr.")
    var quiet = false

    /// Whether any is given.
    var areGiven: Bool { quiet || threads != nil || precision != nil }

    mutating func validate() throws {
        guard Limits.threads.contains(threads ?? 1) else {
            throw ValidationError("--threads should be a number from 1 to \(Limits.threads.upperBound)")
        }
    }

    /// A context of a job that Ctrl-C cancels.
    func context(_ job: Job = Job()) -> ComputeContext {
        onInterruption { job.cancel() }
        return ComputeContext(job: job, threads: threads, precision: precision ?? .auto)
    }
}
