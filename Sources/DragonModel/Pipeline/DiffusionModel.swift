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
    /// A small stand-in for the autoencoder, where one is installed.
    public let tinyAutoencoder: TinyChoice
    /// The noise schedule.
    public let schedule: ScheduleConfiguration
    /// What lets it take pictures as prompts; nil where it has no adapter.
    public let imageAdapter: ImageAdapter?
    private let textWeights: [Weight]
    private let autoencoderWeights: [Weight]

    /// Loads every part, binds every key and checks every number.
    ///
    /// Throws when a file is missing or damaged, a key is missing, surplus or misshapen, or a weight is not finite.
    public init(files: ModelFiles, in context: ComputeContext) throws {
        tokenizer = try files.tokenizer()
        schedule = files.scheduleConfiguration
        let (text, network, pictures) = (
            try files.textEncoderWeights().computing(in: context), try files.unetWeights().computing(in: context),
            try files.autoencoderWeights()
        )
        textEncoder = try TextEncoder(text, configuration: files.textEncoderConfiguration)
        unet = try UNet(network, configuration: files.unetConfiguration)
        autoencoder = try Autoencoder(pictures, configuration: files.autoencoderConfiguration)
        for scope in [text, network, pictures] { try scope.finish() }
        imageAdapter = try files.imageAdapter.map { try ImageAdapter($0, files.unetConfiguration, in: context) }
        context.releaseIdleMemory()
        textWeights = text.bound.map(\.weight)
        autoencoderWeights = pictures.bound.map(\.weight)
        try Self.check([text, network, pictures], in: context)
        tinyAutoencoder = try files.tinyAutoencoder(in: context)
    }

    /// The tiny autoencoder: the model's own where that is one.
    public var quickAutoencoder: Autoencoder? {
        if case .tiny = autoencoder.configuration.architecture { return autoencoder }
        return tinyAutoencoder.autoencoder
    }

    /// The tiny autoencoder that was installed, or the model's own where its decoder is quick beside a prediction: beside a small network
    /// it is not.
    public var previewAutoencoder: Autoencoder? {
        guard case .tiny(let network) = autoencoder.configuration.architecture else { return tinyAutoencoder.autoencoder }
        let side = 32
        let isQuick = network.decoderOperations(height: side, width: side) < unet.configuration.operations(height: side, width: side) / 2
        return isQuick ? autoencoder : nil
    }

    /// Reads every number once, telling the job.
    private static func check(_ scopes: [WeightScope], in context: ComputeContext) throws {
        let job = context.job
        job.expect([Job.Part(.load, costs: scopes.flatMap { $0.bound.map { Double($0.weight.count) } })])
        var done = 0
        for scope in scopes {
            for (key, weight) in scope.bound {
                try job.check()
                guard weight.isFinite(in: context) else { throw ModelError.nonFinite(key: key, file: scope.file) }
                done += 1
                job.finish(.load, step: done)
            }
        }
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
