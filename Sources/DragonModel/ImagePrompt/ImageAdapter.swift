import DragonTensor

/// What lets a model take pictures as prompts: an encoder of pictures, a projection to tokens, and keys and values for them in every
/// cross-attention layer (IP-Adapter: Ye et al., 2023, arXiv 2308.06721).
public struct ImageAdapter: Sendable {
    private let encoder: ImageEncoder
    private let projection: ImageProjection
    private let layers: [(path: String, key: Linear, value: Linear)]
    private let weights: [Weight]

    /// Side of the square pictures that its encoder takes.
    public var imageSide: Int { encoder.configuration.imageSide }

    /// Loads the parts, binds every key and checks every number.
    ///
    /// - Parameter unet: of the model that it is added to.
    init(_ files: ImageAdapterFiles, _ unet: UNetConfiguration, in context: ComputeContext) throws {
        try self.init(try files.encoderWeights(), try files.weights(), files, unet)
        for weight in weights {
            try context.checkCancellation()
            guard weight.isFinite(in: context) else { throw ModelError.nonFinite(key: "of an image prompt", file: files.path) }
        }
    }

    private init(_ pictures: WeightScope, _ scope: WeightScope, _ files: ImageAdapterFiles, _ unet: UNetConfiguration) throws {
        encoder = try ImageEncoder(pictures, configuration: files.encoderConfiguration)
        projection = try ImageProjection(scope["image_proj"], files.projection, channels: unet.crossAttentionDim)
        layers = try unet.crossAttentionLayers.enumerated().map { index, layer in
            // Numbered with the self-attention layers before them, which have nothing.
            let place = scope["ip_adapter"][2 * index + 1]
            return (
                layer.path, try Linear(place["to_k_ip"], in: unet.crossAttentionDim, out: layer.channels, bias: false),
                try Linear(place["to_v_ip"], in: unet.crossAttentionDim, out: layer.channels, bias: false)
            )
        }
        try pictures.finish(ignoring: ["vision_model.embeddings.position_ids"])
        try scope.finish()
        weights = (pictures.bound + scope.bound).map(\.weight)
    }

    /// Checks that every key is there once and in the right shape, without reading a weight.
    static func check(_ files: ImageAdapterFiles, _ unet: UNetConfiguration) throws {
        _ = try ImageAdapter(try files.encoderWeights().withBlanks(), try files.weights().withBlanks(), files, unet)
    }

    /// What the network is to see in a picture.
    ///
    /// - Parameter picture: `3·imageSide²` numbers, normalised as CLIP's pictures are: ``ImageNormalisation``.
    public func prompt(_ picture: [Float], in context: ComputeContext) throws -> ImagePrompt {
        let shown = try Tensor(picture, shape: [1, 3, imageSide, imageSide], in: context)
        defer {
            // Larger than the network's own: not needed again in this edit.
            for weight in weights { weight.releasePages() }
            context.releaseIdleMemory()
        }
        return try ImagePrompt(
            empty: projection.tokens(nil, encoder, in: context), shown: projection.tokens(shown, encoder, in: context), layers,
            in: context)
    }
}

/// Mean and deviation of the colours that CLIP was trained on, red, green, blue, of 0 … 1 (Radford et al., 2021).
public enum ImageNormalisation {
    /// Taken off.
    public static let mean: [Float] = [0.48145466, 0.4578275, 0.40821073]
    /// Divided by.
    public static let deviation: [Float] = [0.26862954, 0.26130258, 0.27577711]
}
