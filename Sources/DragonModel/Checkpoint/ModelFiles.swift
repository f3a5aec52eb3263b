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
    /// Whether what the UNet predicts is told by nothing: Stable Diffusion 2 exists in both kinds with the same shapes.
    public let isPredictionAssumed: Bool
    /// How it wants to be used: `dragon.json` in its folder, or `NAME.dragon.json` beside a checkpoint.
    public let defaults: ModelDefaults
    /// What was asked for beside the model.
    public let additions: ModelAdditions
    private let source: Source
    private let otherAutoencoder: AutoencoderFile?
    private let loras: [LoRAFile]
    /// What lets it take pictures as prompts, where that is asked for.
    let imageAdapter: ImageAdapterFiles?

    private enum Source: @unchecked Sendable {
        // Unchecked: both are immutable.
        case folder(ModelFolder)
        case checkpoint(SingleFileCheckpoint)
    }

    /// Finds a model and reads its configuration.
    ///
    /// - Parameters:
    ///   - path: a folder in diffusers' layout, or a `.safetensors` checkpoint in the original one.
    ///     A folder of Hugging Face's cache stands for its current snapshot.
    ///   - additions: what is added to it, or taken instead of its own.
    /// - Throws: ``ModelError``.
    public init(path given: String, additions: ModelAdditions = ModelAdditions()) throws(ModelError) {
        let path = resolvedModel(given)
        self.path = path
        if Self.isPickleName(path), !isFolder(path) { throw .pickle(file: path) }
        var own = try Self.ownDefaults(of: path)
        self.additions = additions.completed(by: own)
        let (said, solver) = (self.additions.prediction, self.additions.solver)
        loras = try self.additions.loras.map(LoRAFile.init)
        otherAutoencoder = try self.additions.autoencoder.map(AutoencoderFile.init)
        if isFolder(path) {
            let folder = try ModelFolder(path)
            layout = .folder
            unetConfiguration = try folder.unet
            autoencoderConfiguration = if let otherAutoencoder { otherAutoencoder.configuration } else { try folder.autoencoder }
            textEncoderConfiguration = try folder.textEncoder
            scheduleConfiguration = try folder.schedule.predicting(said).solving(solver)
            isPredictionAssumed = false
            source = .folder(folder)
        } else {
            let checkpoint = try SingleFileCheckpoint(path, hasAutoencoder: otherAutoencoder == nil)
            layout = .checkpoint
            unetConfiguration = checkpoint.unet
            autoencoderConfiguration = otherAutoencoder?.configuration ?? checkpoint.autoencoder
            textEncoderConfiguration = checkpoint.textEncoder
            scheduleConfiguration = checkpoint.schedule.predicting(said).solving(solver)
            isPredictionAssumed = said == nil && checkpoint.isPredictionAssumed
            source = .checkpoint(checkpoint)
        }
        let channels = unetConfiguration.crossAttentionDim
        imageAdapter = try self.additions.imageAdapter.map { source throws(ModelError) in try ImageAdapterFiles(source, channels: channels)
        }
        own.isInpainting = unetConfiguration.isInpainting
        if own.fewSteps == nil, scheduleConfiguration.isForFewSteps || unetConfiguration.guidanceEmbeddingDim != nil {
            own.fewSteps = ModelDefaults.usualFewSteps
        }
        defaults = own
        try checkAgreement()
        try checkTiny()
    }

    /// What lies beside the model of settings, and of another autoencoder.
    private static func ownDefaults(of path: String) throws(ModelError) -> ModelDefaults {
        let settings = isFolder(path) ? joined(path, "dragon.json") : settingsFile(ofCheckpoint: path)
        var own = exists(settings) ? try ModelDefaults(file: settings) : ModelDefaults()
        let beside = autoencoderFile(besideCheckpoint: path)
        if own.autoencoder == nil, !isFolder(path), exists(beside) { own.autoencoder = beside }
        return own
    }

    /// Whether a file's name is that of a Python pickle, which is never opened.
    public static func isPickleName(_ name: String) -> Bool {
        let name = name.lowercased()
        return [".ckpt", ".bin", ".pt", ".pth", ".pkl"].contains { name.hasSuffix($0) }
    }

    /// The file beside a checkpoint that says what `dragon.json` says in a folder: `NAME.dragon.json`.
    public static func settingsFile(ofCheckpoint path: String) -> String { stem(path) + ".dragon.json" }

    /// The file beside a checkpoint that is taken as its autoencoder, as Automatic1111 does: `NAME.vae.safetensors`.
    public static func autoencoderFile(besideCheckpoint path: String) -> String { stem(path) + ".vae" + suffix }

    private static let suffix = ".safetensors"

    private static func stem(_ path: String) -> String { path.lowercased().hasSuffix(suffix) ? String(path.dropLast(suffix.count)) : path }

    // MARK: Weights, under diffusers' keys whatever the layout

    /// The UNet's weights.
    public func unetWeights() throws(ModelError) -> WeightScope {
        let scope =
            switch source {
            case .folder(let folder): try folder.store("unet") { .weights([KeyBinding(key: $0)]) }
            case .checkpoint(let checkpoint): try checkpoint.unetWeights()
            }
        // Adapters may use the original layout's names, whatever the model's own is.
        let names = loras.isEmpty ? [] : KeyTable.originalUNet(unetConfiguration).names
        for file in loras { try scope.change(by: file, of: .unet, others: names) }
        return scope
    }

    /// The autoencoder's weights; its attention has today's names, `to_q`, `to_k`, `to_v`, `to_out.0`, as linear layers.
    public func autoencoderWeights() throws(ModelError) -> WeightScope {
        if let otherAutoencoder { return try otherAutoencoder.weights() }
        return switch source {
        case .folder(let folder): try folder.autoencoderWeights()
        case .checkpoint(let checkpoint): try checkpoint.autoencoderWeights()
        }
    }

    /// The text encoder's weights: `embeddings`, `encoder.layers`, `final_layer_norm`, without `text_model.` before them.
    public func textEncoderWeights() throws(ModelError) -> WeightScope {
        let scope =
            switch source {
            case .folder(let folder): try folder.textEncoderWeights(layers: textEncoderConfiguration.layers)
            case .checkpoint(let checkpoint): try checkpoint.textEncoderWeights()
            }
        for file in loras { try scope.change(by: file, of: .textEncoder) }
        return scope
    }
}

extension ModelFiles {
    /// The tensors that alone decide whether its networks are whole: those of a checkpoint to which nothing is added.
    var tensorsAlone: [TensorEntry]? {
        guard case .checkpoint(let checkpoint) = source, otherAutoencoder == nil, loras.isEmpty, imageAdapter == nil else { return nil }
        return checkpoint.file.entries
    }

    /// Whether it takes pictures as prompts.
    public var takesImagePrompts: Bool { imageAdapter != nil }

    /// The encoder of pictures that goes with its adapter for image prompts, where it has one.
    public var imageEncoder: String? { imageAdapter?.encoderPath }

    /// Side of the pictures that the model works best on, a multiple of 64.
    public var workingSide: Int {
        let (trained, step) = (unetConfiguration.sampleSize * autoencoderConfiguration.downsampling, Limits.sideMultiple)
        return defaults.workingSide ?? min(max(step, trained / step * step), Limits.side.upperBound)
    }
    /// The tokenizer that goes with the text encoder.
    ///
    /// - Throws: ``ModelError``; a checkpoint without a tokenizer's folder beside it says where one belongs.
    public func tokenizer() throws(ModelError) -> Tokenizer { try tokenizer(sharing: nil) }

    /// OpenCLIP's text encoder, of Stable Diffusion 2, is wider.
    private var spareTokenizer: String? {
        additions.spareTokenizers.map { textEncoderConfiguration.hiddenSize >= 1024 ? $0.openCLIP : $0.clip }
    }

    /// The same, from a shelf where it lies there.
    func tokenizer(sharing shelf: ModelShelf?) throws(ModelError) -> Tokenizer {
        let own = joined(layout == .folder ? path : DragonModel.folder(of: path), "tokenizer")
        let folder = additions.tokenizer ?? (layout == .folder || isFolder(own) ? own : spareTokenizer ?? own)
        if layout == .checkpoint, !isFolder(folder) {
            throw .incompleteModel(
                path: path, reason: "a checkpoint has no tokenizer; put vocab.json and merges.txt of CLIP into \(shown(folder, limit: 120))"
            )
        }
        let tokenizer = if let shelf { try shelf.tokenizer(folder: folder) } else { try Tokenizer(folder: folder) }
        guard tokenizer.vocabularySize <= textEncoderConfiguration.vocabularySize else {
            throw .malformedTokenizer(
                file: try TokenizerSources(folder: folder).vocabularyPath,
                reason: "it has \(tokenizer.vocabularySize) tokens, the text encoder \(textEncoderConfiguration.vocabularySize)")
        }
        return tokenizer
    }
}
