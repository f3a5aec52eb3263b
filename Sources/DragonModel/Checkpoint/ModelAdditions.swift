/// What is added to a model, or taken instead of its own.
public struct ModelAdditions: Sendable, Equatable {
    /// The folder of `vocab.json` and `merges.txt`; nil takes `tokenizer/`, in the model's folder or beside the checkpoint.
    public var tokenizer: String?
    /// CLIP's tokenizers, for a checkpoint that has none beside it.
    public var spareTokenizers: SpareTokenizers?
    /// What the UNet predicts; nil takes what the model says.
    public var prediction: ScheduleConfiguration.PredictionType?
    /// How pictures are made where no edit asks for more; nil takes what the model says.
    public var solver: ScheduleConfiguration.SolverName?
    /// Low-rank changes of its weights, beside those that it brings.
    public var loras: [LoRASource] = []
    /// A file or folder of another autoencoder; nil takes the model's.
    public var autoencoder: String?
    /// What lets it take pictures as prompts.
    public var imageAdapter: ImageAdapterSource?
    /// A file or folder of a tiny autoencoder; nil takes one that lies beside the model or in ``tinyPlaces``.
    public var tinyAutoencoder: String?
    /// Folders in which a tiny autoencoder may lie.
    public var tinyPlaces: [String] = []

    /// Nothing.
    public init() {}

    /// With what a model's own `dragon.json` says where nothing is said here.
    func completed(by defaults: ModelDefaults) -> ModelAdditions {
        var result = self
        result.prediction = prediction ?? defaults.prediction
        result.autoencoder = autoencoder ?? defaults.autoencoder
        result.tinyAutoencoder = tinyAutoencoder ?? defaults.tinyAutoencoder
        result.loras = defaults.loras + loras
        result.solver = solver ?? defaults.solver ?? result.loras.compactMap { Self.solver(ofName: $0.path) }.first
        return result
    }

    /// What a file of low-rank changes is made for, as far as its name tells: nothing in it does.
    private static func solver(ofName path: String) -> ScheduleConfiguration.SolverName? {
        let name = path.split(separator: "/").suffix(2).joined(separator: "/").lowercased()
        if name.contains("lcm") { return .lcm }
        return ["hyper-sd", "hyper_sd", "hypersd", "turbo", "lightning"].contains { name.contains($0) } ? .trailing : nil
    }
}

/// Folders of the tokenizers that every checkpoint of Stable Diffusion means.
public struct SpareTokenizers: Sendable, Equatable {
    /// Of version 1.
    public let clip: String
    /// Of version 2, which fills up with another token.
    public let openCLIP: String

    /// Two folders with `vocab.json` and `merges.txt`.
    public init(clip: String, openCLIP: String) { (self.clip, self.openCLIP) = (clip, openCLIP) }
}

/// What a model is good for.
public enum ModelPurpose: String, Sendable, CaseIterable {
    /// Edits of both papers: inversion, energies, memory bank.
    case base
    /// Painting in what is missing, which its UNet sees the surroundings of.
    case inpainting
    /// Pictures in few steps.
    case fewSteps = "few steps"
}

extension ModelFiles {
    /// What the model is good for.
    public var purpose: ModelPurpose {
        defaults.isInpainting ? .inpainting : defaults.fewSteps != nil ? .fewSteps : .base
    }

    /// Finds a model and reads its configuration.
    ///
    /// - Parameters:
    ///   - path: a folder in diffusers' layout, or a `.safetensors` checkpoint.
    ///   - tokenizer: the folder of `vocab.json` and `merges.txt`; nil takes the model's.
    ///   - prediction: what the UNet predicts; nil takes what the model says.
    /// - Throws: ``ModelError``.
    public init(
        path: String, tokenizer: String?, prediction: ScheduleConfiguration.PredictionType? = nil
    ) throws(ModelError) {
        var additions = ModelAdditions()
        (additions.tokenizer, additions.prediction) = (tokenizer, prediction)
        try self.init(path: path, additions: additions)
    }

    /// The same with the model's own tokenizer.
    public init(path: String, prediction: ScheduleConfiguration.PredictionType) throws(ModelError) {
        try self.init(path: path, tokenizer: nil, prediction: prediction)
    }
}
