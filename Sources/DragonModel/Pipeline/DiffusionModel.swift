import DragonTensor

/// A loaded model: text encoder, noise predictor, autoencoder and schedule.
public struct DiffusionModel: Sendable {
    /// Turns prompts into token ids.
    public let tokenizer: Tokenizer
    /// Turns token ids into embeddings.
    public let textEncoder: TextEncoder
    /// Predicts noise.
    public let unet: UNet
    /// Between pictures and latents.
    public let autoencoder: Autoencoder
    /// The noise schedule.
    public let schedule: ScheduleConfiguration
    private let textWeights: [Weight]
    private let autoencoderWeights: [Weight]

    /// Loads every part, binds every key and checks every number.
    ///
    /// Throws when a file is missing or damaged, a key is missing, surplus or misshapen, or a weight is not finite.
    public init(files: ModelFiles, in context: ComputeContext) throws {
        tokenizer = try files.tokenizer()
        schedule = files.scheduleConfiguration
        let text = try files.textEncoderWeights()
        textEncoder = try Self.part(text, in: context) { try TextEncoder($0, configuration: files.textEncoderConfiguration) }
        textWeights = text.bound.map(\.weight)
        unet = try Self.part(files.unetWeights(), in: context) { try UNet($0, configuration: files.unetConfiguration) }
        let pictures = try files.autoencoderWeights()
        autoencoder = try Self.part(pictures, in: context) { try Autoencoder($0, configuration: files.autoencoderConfiguration) }
        autoencoderWeights = pictures.bound.map(\.weight)
    }

    private static func part<Part>(_ scope: WeightScope, in context: ComputeContext, _ build: (WeightScope) throws -> Part) throws -> Part {
        let part = try build(scope)
        try scope.finish()
        for (key, weight) in scope.bound where !weight.isFinite(in: context) {
            throw ModelError.nonFinite(key: key, file: scope.file)
        }
        return part
    }

    /// Gives the memory of the text encoder and the autoencoder back to the system, until they are used again.
    public func releaseIdleWeights() {
        for weight in textWeights + autoencoderWeights { weight.releasePages() }
    }

    /// The text embedding of a prompt, `[1, crossAttentionDim, tokens]`.
    public func embed(_ prompt: String, in context: ComputeContext) throws -> Tensor {
        try textEncoder(tokenizer.encode(prompt), in: context)
    }
}
