/// A model on disk, in either layout: where its parts are and how they are shaped. Weights are opened as they are asked for.
///
/// After a network is built from its weights, the builder calls ``WeightScope/finish(ignoring:)``.
public struct ModelFiles: Sendable {
    /// How a model's files are arranged.
    public enum Layout: String, Sendable {
        /// diffusers' folder.
        case folder
        /// One file with the original keys.
        case checkpoint
    }

    /// Where the model was found.
    public let path: String
    /// How its files are arranged.
    public let layout: Layout
    /// The UNet's shape.
    public let unetConfiguration: UNetConfiguration
    /// The autoencoder's shape.
    public let autoencoderConfiguration: AutoencoderConfiguration
    /// The text encoder's shape.
    public let textEncoderConfiguration: TextEncoderConfiguration
    /// The noise schedule.
    public let scheduleConfiguration: ScheduleConfiguration
    /// How it wants to be used: `dragon.json` in its folder.
    public let defaults: ModelDefaults
    private let source: Source
    fileprivate let tokenizerFolder: String?

    private enum Source: @unchecked Sendable {
        // Unchecked: both are immutable.
        case folder(ModelFolder)
        case checkpoint(SingleFileCheckpoint)
    }

    /// Finds a model and reads its configuration.
    ///
    /// - Parameters:
    ///   - path: a folder in diffusers' layout, or a `.safetensors` checkpoint in the original one.
    ///   - tokenizer: the folder of `vocab.json` and `merges.txt`; nil takes `tokenizer/`, in the model's folder or beside the checkpoint.
    /// - Throws: ``ModelError``.
    public init(path: String, tokenizer: String? = nil) throws(ModelError) {
        self.path = path
        tokenizerFolder = tokenizer
        if Self.pickleSuffixes.contains(where: { path.hasSuffix($0) }), !isFolder(path) { throw .pickle(file: path) }
        if isFolder(path) {
            let folder = try ModelFolder(path)
            layout = .folder
            unetConfiguration = try folder.unet
            autoencoderConfiguration = try folder.autoencoder
            textEncoderConfiguration = try folder.textEncoder
            scheduleConfiguration = try folder.schedule
            let file = joined(path, "dragon.json")
            defaults = exists(file) ? try ModelDefaults(file: file) : ModelDefaults()
            source = .folder(folder)
        } else {
            let checkpoint = try SingleFileCheckpoint(path)
            layout = .checkpoint
            unetConfiguration = checkpoint.unet
            autoencoderConfiguration = checkpoint.autoencoder
            textEncoderConfiguration = checkpoint.textEncoder
            scheduleConfiguration = checkpoint.schedule
            defaults = ModelDefaults()
            source = .checkpoint(checkpoint)
        }
        try checkAgreement()
    }

    private static let pickleSuffixes = [".ckpt", ".bin", ".pt", ".pth", ".pkl"]

    /// Checks that the networks fit each other.
    private func checkAgreement() throws(ModelError) {
        let (unet, latents) = (unetConfiguration, autoencoderConfiguration.latentChannels)
        guard unet.inChannels == latents, unet.outChannels == latents else {
            throw .incompleteModel(
                path: path,
                reason: "its UNet takes \(unet.inChannels) channels and gives \(unet.outChannels), its latents have \(latents); "
                    + "models for inpainting or upscaling are not supported")
        }
        guard unet.crossAttentionDim == textEncoderConfiguration.hiddenSize else {
            throw .incompleteModel(
                path: path,
                reason:
                    "its UNet attends to vectors of \(unet.crossAttentionDim), its text encoder makes \(textEncoderConfiguration.hiddenSize)"
            )
        }
    }

    // MARK: Weights, under diffusers' keys whatever the layout

    /// The UNet's weights.
    public func unetWeights() throws(ModelError) -> WeightScope {
        switch source {
        case .folder(let folder): try folder.store("unet") { .weights([KeyBinding(key: $0)]) }
        case .checkpoint(let checkpoint): try checkpoint.unetWeights()
        }
    }

    /// The autoencoder's weights; its attention has today's names, `to_q`, `to_k`, `to_v`, `to_out.0`, as linear layers.
    public func autoencoderWeights() throws(ModelError) -> WeightScope {
        switch source {
        case .folder(let folder): try folder.autoencoderWeights()
        case .checkpoint(let checkpoint): try checkpoint.autoencoderWeights()
        }
    }

    /// The text encoder's weights: `embeddings`, `encoder.layers`, `final_layer_norm`, without `text_model.` before them.
    public func textEncoderWeights() throws(ModelError) -> WeightScope {
        switch source {
        case .folder(let folder): try folder.textEncoderWeights(layers: textEncoderConfiguration.layers)
        case .checkpoint(let checkpoint): try checkpoint.textEncoderWeights()
        }
    }
}

extension ModelFiles {
    /// Side of the pictures that the model works best on, a multiple of 64.
    public var workingSide: Int {
        let trained = unetConfiguration.sampleSize * autoencoderConfiguration.downsampling
        return defaults.workingSide ?? max(64, trained / 64 * 64)
    }
    /// The tokenizer that goes with the text encoder.
    ///
    /// - Throws: ``ModelError``; a checkpoint without a tokenizer's folder beside it says where one belongs.
    public func tokenizer() throws(ModelError) -> Tokenizer {
        let folder = tokenizerFolder ?? joined(layout == .folder ? path : DragonModel.folder(of: path), "tokenizer")
        if layout == .checkpoint, !isFolder(folder) {
            throw .incompleteModel(
                path: path, reason: "a checkpoint has no tokenizer; put vocab.json and merges.txt of CLIP into \(shown(folder, limit: 120))"
            )
        }
        let tokenizer = try Tokenizer(folder: folder)
        guard tokenizer.vocabularySize <= textEncoderConfiguration.vocabularySize else {
            throw .malformedTokenizer(
                file: joined(folder, "vocab.json"),
                reason: "it has \(tokenizer.vocabularySize) tokens, the text encoder \(textEncoderConfiguration.vocabularySize)")
        }
        return tokenizer
    }
}
