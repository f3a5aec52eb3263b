/// The shape of CLIP's encoder of pictures: `image_encoder/config.json`, or what the weights' own shapes tell. Options and defaults are
/// those of transformers' CLIPVisionConfig.
public struct ImageEncoderConfiguration: Sendable, Equatable {
    /// Width of a token.
    public var hiddenSize = 768
    /// Width between a layer's two linear layers.
    public var intermediateSize = 3072
    /// Transformer layers.
    public var layers = 12
    /// Attention heads.
    public var heads = 12
    /// Side of the square pictures that it takes, in pixels.
    public var imageSide = 224
    /// Side of the patches that become tokens.
    public var patchSide = 32
    /// Width of the picture's embedding.
    public var projectionDim = 512
    /// The function between a layer's two linear layers.
    public var activation = TextEncoderConfiguration.Activation.quickGELU
    /// Epsilon of the layer norms.
    public var normEpsilon: Float = 1e-5

    /// Tokens of a picture: one for each patch, and one for the whole.
    public var tokens: Int { imageSide / patchSide * (imageSide / patchSide) + 1 }

    /// CLIP's defaults.
    public init() {}

    /// Reads `image_encoder/config.json`.
    ///
    /// - Throws: ``ModelError``; an option that asks for what is not computed here is named.
    public init(file: String) throws(ModelError) {
        let options = try OptionReader(file)
        try options.refuse("model_type", unless: .string("clip_vision_model"))
        try options.refuse("num_channels", unless: .integer(3))
        hiddenSize = try options.integer("hidden_size", default: 768, in: 1...16384)
        intermediateSize = try options.integer("intermediate_size", default: 3072, in: 1...65536)
        layers = try options.integer("num_hidden_layers", default: 12, in: 2...128)
        heads = try options.integer("num_attention_heads", default: 12, in: 1...1024)
        imageSide = try options.integer("image_size", default: 224, in: 1...4096)
        patchSide = try options.integer("patch_size", default: 32, in: 1...4096)
        projectionDim = try options.integer("projection_dim", default: 512, in: 1...16384)
        activation = try options.choice("hidden_act", default: .quickGELU)
        normEpsilon = Float(try options.positive("layer_norm_eps", default: 1e-5))
        guard hiddenSize % heads == 0 else {
            throw options.invalid("num_attention_heads", "is \(heads), which does not divide hidden_size \(hiddenSize)")
        }
        guard imageSide % patchSide == 0 else {
            throw options.invalid("patch_size", "is \(patchSide), which does not divide image_size \(imageSide)")
        }
    }

    /// What the weights' shapes tell, where there is no configuration; the rest is as in the encoders that adapters were trained with.
    ///
    /// - Throws: ``ModelError/notThatFile(file:what:)`` for a file of something else.
    init(shapesOf file: SafetensorsFile) throws(ModelError) {
        func shape(_ key: String) -> [Int] { file.entry("vision_model.\(key)")?.shape ?? [] }
        let (patches, positions) = (shape("embeddings.patch_embedding.weight"), shape("embeddings.position_embedding.weight"))
        let inner = shape("encoder.layers.0.mlp.fc1.weight")
        let grid = Int(Double(max(1, positions.first ?? 1) - 1).squareRoot().rounded())
        guard patches.count == 4, patches[1] == 3, patches[2] == patches[3], inner.count == 2, (1...4096).contains(grid),
            (1...16384).contains(patches[0]), (1...4096).contains(patches[2]), grid * patches[2] <= 4096
        else {
            throw .notThatFile(file: file.path, what: "is no encoder of pictures: give CLIP's, with keys that start with vision_model.")
        }
        (hiddenSize, intermediateSize, patchSide, imageSide) = (patches[0], inner[0], patches[2], grid * patches[2])
        layers = file.count(upTo: 128) { "vision_model.encoder.layers.\($0).layer_norm1.weight" }
        projectionDim = file.entry("visual_projection.weight")?.shape.first ?? 0
        // Of ViT-L, H and bigG; smaller ones have heads of 64.
        heads = hiddenSize >= 1024 ? 16 : max(1, hiddenSize / 64)
        // OpenAI's own are the only ones of this width with the approximation.
        activation = hiddenSize <= 1024 ? .quickGELU : .gelu
        guard hiddenSize % heads == 0, projectionDim > 0, layers > 1 else {
            throw .notThatFile(file: file.path, what: "is an encoder of pictures of an unknown shape: give the folder with its config.json")
        }
    }
}
