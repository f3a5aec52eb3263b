/// The shape of a UNet, as `unet/config.json` tells it. Options and defaults are those of diffusers' UNet2DConditionModel.
public struct UNetConfiguration: Sendable, Equatable {
    /// What the blocks of one level are made of.
    public enum Block: Sendable, Equatable {
        /// Residual blocks alone.
        case residual
        /// Residual blocks, each followed by a transformer that attends to the text.
        case crossAttention
    }

    /// Channels of what goes in: the latent, and what an inpainting model takes beside it.
    public var inChannels = 4
    /// Channels of the prediction that comes out.
    public var outChannels = 4
    /// Side of the latents that the model was trained on; a picture's side is 8 times that.
    public var sampleSize = 64
    /// Channels of each level, finest first.
    public var blockOutChannels = [320, 640, 1280, 1280]
    /// Residual blocks of each level on the way down; one more on the way up.
    public var layersPerBlock = [2, 2, 2, 2]
    /// Levels on the way down, finest first.
    public var downBlocks: [Block] = [.crossAttention, .crossAttention, .crossAttention, .residual]
    /// Levels on the way up, coarsest first.
    public var upBlocks: [Block] = [.residual, .crossAttention, .crossAttention, .crossAttention]
    /// Transformer blocks of each attention layer, level by level, finest first.
    public var transformerDepths = [1, 1, 1, 1]
    /// Width of the text's embedding.
    public var crossAttentionDim = 1280
    /// Attention heads of each level, finest first. (In the file the option is called `attention_head_dim`, and counts heads all the same.)
    public var attentionHeads = [8, 8, 8, 8]
    /// Groups of every group norm.
    public var normGroups = 32
    /// Epsilon of the residual blocks' group norms. (That of the transformers' is 1e-6, always.)
    public var normEpsilon: Float = 1e-5
    /// Whether a transformer's projections are linear layers, `[c, c]`, or 1×1 convolutions, `[c, c, 1, 1]`.
    public var usesLinearProjection = false
    /// Whether the time's cosines come before its sines.
    public var flipsSinToCos = true
    /// Taken from half the embedding's width in the frequencies' exponent.
    public var frequencyShift = 0
    /// Width of the time's embedding.
    public var timeEmbeddingDim = 1280
    /// Width of the guidance scale's embedding, which latent consistency models take in place of a second pass (Luo et al., 2023, arXiv
    /// 2310.04378, section 4.2); nil for all others.
    public var guidanceEmbeddingDim: Int?

    /// Whether it takes a mask and the latent of the masked picture beside the noisy latent: Stable Diffusion for inpainting.
    public var isInpainting: Bool { inChannels == 2 * outChannels + 1 }

    /// Blocks of the decoder whose outputs edits compare: the paper's layers 2 and 3.
    public let featureBlocks = [1, 2]

    /// Number of levels.
    public var levels: Int { blockOutChannels.count }

    /// Stable Diffusion 1's shape, but for ``crossAttentionDim``, which diffusers sets to 1280.
    public init() {}

    /// Reads `unet/config.json`.
    ///
    /// - Throws: ``ModelError``; an option that asks for what is not computed here is named.
    public init(file: String) throws(ModelError) { try self.init(OptionReader(file)) }

    init(_ options: OptionReader) throws(ModelError) {
        try Self.refuseUnsupported(options)
        inChannels = try options.integer("in_channels", default: 4, in: 1...64)
        outChannels = try options.integer("out_channels", default: 4, in: 1...64)
        sampleSize = try options.integer("sample_size", default: 64, in: 1...4096)
        blockOutChannels = try options.integers("block_out_channels", default: blockOutChannels, in: 1...16384)
        let levels = blockOutChannels.count
        layersPerBlock = try options.integers("layers_per_block", default: 2, count: levels, in: 1...16)
        downBlocks = try options.choices("down_block_types", default: DownBlockType.usual).map(\.block)
        upBlocks = try options.choices("up_block_types", default: UpBlockType.usual).map(\.block)
        transformerDepths = try options.integers("transformer_layers_per_block", default: 1, count: levels, in: 1...64)
        crossAttentionDim = try options.integer("cross_attention_dim", default: 1280, in: 1...16384)
        attentionHeads = try options.integers("attention_head_dim", default: 8, count: levels, in: 1...1024)
        normGroups = try options.integer("norm_num_groups", default: 32, in: 1...1024)
        normEpsilon = Float(try options.positive("norm_eps", default: 1e-5))
        usesLinearProjection = try options.bool("use_linear_projection", default: false)
        flipsSinToCos = try options.bool("flip_sin_to_cos", default: true)
        frequencyShift = try options.integer("freq_shift", default: 0, in: 0...1)
        timeEmbeddingDim = try options.integer("time_embedding_dim", default: blockOutChannels[0] * 4, in: 1...65536)
        let guidance = try options.integer("time_cond_proj_dim", default: 0, in: 0...65536)
        guidanceEmbeddingDim = guidance == 0 ? nil : guidance
        try check(file: options.file)
    }

    /// Checks that the numbers fit each other.
    func check(file: String) throws(ModelError) {
        func invalid(_ option: String, _ reason: String) -> ModelError { .invalidOption(file: file, option: option, reason: reason) }
        for (option, count) in [("down_block_types", downBlocks.count), ("up_block_types", upBlocks.count)] where count != levels {
            throw invalid(option, "has \(count) levels, block_out_channels \(levels)")
        }
        guard upBlocks.count > featureBlocks.reduce(0, max) else {
            throw invalid("up_block_types", "has \(upBlocks.count) blocks: edits compare the outputs of the first three")
        }
        guard blockOutChannels[0] % 2 == 0 else { throw invalid("block_out_channels", "should start with an even number") }
        guard guidanceEmbeddingDim ?? 4 >= 4 else { throw invalid("time_cond_proj_dim", "should be 4 or more") }
        guard frequencyShift < blockOutChannels[0] / 2 else { throw invalid("freq_shift", "is too large for block_out_channels") }
        for (channels, heads) in zip(blockOutChannels, attentionHeads) {
            guard channels % normGroups == 0 else {
                throw invalid("norm_num_groups", "is \(normGroups), which does not divide the \(channels) channels of a level")
            }
            guard channels % heads == 0 else {
                throw invalid("attention_head_dim", "asks for \(heads) heads, which do not divide the \(channels) channels of their level")
            }
        }
    }

    private static func refuseUnsupported(_ options: OptionReader) throws(ModelError) {
        try options.refuse("_class_name", unless: .string("UNet2DConditionModel"))
        for (option, usual) in UNetConfiguration.usualOptions { try options.refuse(option, unless: usual) }
    }

    /// Options of other networks, and the one value at which each changes nothing.
    private static let usualOptions: [(String, JSONValue)] = [
        ("act_fn", .string("silu")), ("mid_block_type", .string("UNetMidBlock2DCrossAttn")),
        ("only_cross_attention", .bool(false)), ("mid_block_only_cross_attention", .bool(false)),
        ("dual_cross_attention", .bool(false)), ("center_input_sample", .bool(false)), ("class_embeddings_concat", .bool(false)),
        ("resnet_skip_time_act", .bool(false)), ("resnet_time_scale_shift", .string("default")),
        ("time_embedding_type", .string("positional")), ("attention_type", .string("default")),
        ("downsample_padding", .integer(1)), ("mid_block_scale_factor", .integer(1)),
        ("resnet_out_scale_factor", .integer(1)), ("conv_in_kernel", .integer(3)), ("conv_out_kernel", .integer(3)),
        ("class_embed_type", .null), ("num_class_embeds", .null), ("addition_embed_type", .null), ("encoder_hid_dim", .null),
        ("encoder_hid_dim_type", .null), ("num_attention_heads", .null), ("reverse_transformer_layers_per_block", .null),
        ("time_embedding_act_fn", .null), ("timestep_post_act", .null),
        ("cross_attention_norm", .null), ("projection_class_embeddings_input_dim", .null),
    ]

    private enum DownBlockType: String, CaseIterable {
        case crossAttention = "CrossAttnDownBlock2D"
        case residual = "DownBlock2D"

        static let usual: [Self] = [.crossAttention, .crossAttention, .crossAttention, .residual]
        var block: Block { self == .residual ? .residual : .crossAttention }
    }

    private enum UpBlockType: String, CaseIterable {
        case residual = "UpBlock2D"
        case crossAttention = "CrossAttnUpBlock2D"

        static let usual: [Self] = [.residual, .crossAttention, .crossAttention, .crossAttention]
        var block: Block { self == .residual ? .residual : .crossAttention }
    }
}
