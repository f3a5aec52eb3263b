/// The shape of CLIP's text encoder, as `text_encoder/config.json` tells it. Options and defaults are those of transformers' CLIPTextConfig.
public struct TextEncoderConfiguration: Sendable, Equatable {
    /// The function between a block's two linear layers.
    public enum Activation: String, Sendable, CaseIterable {
        /// x · sigmoid(1.702 x): OpenAI's CLIP, Stable Diffusion 1.
        case quickGELU = "quick_gelu"
        /// x · Φ(x): OpenCLIP, Stable Diffusion 2.
        case gelu
    }

    /// Tokens known.
    public var vocabularySize = 49408
    /// Width of the embedding.
    public var hiddenSize = 512
    /// Width between a block's two linear layers.
    public var intermediateSize = 2048
    /// Transformer blocks.
    public var layers = 12
    /// Attention heads.
    public var heads = 8
    /// Tokens of a prompt, its start and end included.
    public var maxPositions = 77
    /// The function between a block's two linear layers.
    public var activation = Activation.quickGELU
    /// Epsilon of the layer norms.
    public var normEpsilon: Float = 1e-5
    /// The token that ends a prompt.
    public var endToken = 49407
    /// The token that fills what is left behind the end.
    public var padToken = 1

    /// CLIP's defaults.
    public init() {}

    /// Reads `text_encoder/config.json`.
    ///
    /// - Throws: ``ModelError``; an option that asks for what is not computed here is named.
    public init(file: String) throws(ModelError) { try self.init(OptionReader(file)) }

    init(_ options: OptionReader) throws(ModelError) {
        try options.refuse("model_type", unless: .string("clip_text_model"))
        vocabularySize = try options.integer("vocab_size", default: 49408, in: 1...1_000_000)
        hiddenSize = try options.integer("hidden_size", default: 512, in: 1...16384)
        intermediateSize = try options.integer("intermediate_size", default: 2048, in: 1...65536)
        layers = try options.integer("num_hidden_layers", default: 12, in: 1...128)
        heads = try options.integer("num_attention_heads", default: 8, in: 1...1024)
        maxPositions = try options.integer("max_position_embeddings", default: 77, in: 2...4096)
        activation = try options.choice("hidden_act", default: .quickGELU)
        normEpsilon = Float(try options.positive("layer_norm_eps", default: 1e-5))
        endToken = try options.integer("eos_token_id", default: 49407, in: 0...1_000_000)
        padToken = try options.integer("pad_token_id", default: 1, in: 0...1_000_000)
        guard hiddenSize % heads == 0 else {
            throw options.invalid("num_attention_heads", "is \(heads), which does not divide hidden_size \(hiddenSize)")
        }
    }
}
