import DragonModel

/// A model to add to the user's.
public struct AddRequest: Sendable {
    /// A folder, a `.safetensors` file, or the http or https address of either.
    public var source: String
    /// What to call it; nil takes the source's own name.
    public var name: String?
    /// The SHA-256 that a single file should have, in hexadecimal digits.
    public var sha256: String?
    /// The folder of a checkpoint's `vocab.json` and `merges.txt`; nil takes what lies beside it, or CLIP's.
    public var tokenizer: String?

    /// What its UNet predicts; nil takes what its files say. It is remembered in the model's folder.
    public var prediction: ScheduleConfiguration.PredictionType?
    /// LoRAs that go with it: copied beside it, and remembered in its folder.
    public var loras: [LoRASource] = []
    /// How it makes pictures; nil takes what its files say. It is remembered in the model's folder.
    public var solver: ScheduleConfiguration.SolverName?

    /// A source under its own name.
    public init(
        source: String, name: String? = nil, sha256: String? = nil, tokenizer: String? = nil,
        prediction: ScheduleConfiguration.PredictionType? = nil
    ) {
        (self.source, self.name, self.sha256, self.tokenizer) = (source, name, sha256, tokenizer)
        self.prediction = prediction
    }
}

/// A model that was added.
public struct AddedModel: Sendable {
    /// Where it is now.
    public let model: FoundModel
    /// The SHA-256 of every weights file.
    public let hashes: [(file: String, sha256: String)]
    /// Whether nothing tells what its UNet predicts.
    public let isPredictionAssumed: Bool
}
