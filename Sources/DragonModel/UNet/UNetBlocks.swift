import DragonTensor

/// What steers every layer of one pass.
struct UNetConditions {
    /// SiLU of the time embedding, `[1, timeEmbeddingDim, 1]`.
    let time: Tensor
    /// `[batch, crossAttentionDim, tokens]`.
    let text: Tensor
    /// What the decoder's self-attention attends to, where that is not its own tokens.
    var exchange: (any SelfAttentionExchange)?
    /// What cross-attention sees of a picture beside the text; not where the pass saves.
    var image: ImageInfluence?
    /// Takes the weights of the self-attention layers over as many tokens; for a batch of one, and without an exchange.
    var mean: AttentionMean?
    /// Whether the layers keep what their pullbacks need; for a batch of one, and without an exchange.
    var saves = false
}

/// Channels and heads of one resolution of the network.
struct UNetLevel: Sendable {
    let channels: Int
    let heads: Int
    /// Transformer blocks of each of its layers; 0 is none.
    let transformerDepth: Int
}

/// One layer of a block: a resnet, and a transformer where the block has them. Keys: `resnets.N`, `attentions.N`.
struct UNetLayer: Sendable {
    private let resnet: ResnetBlock
    /// Whether the resnet's products are never rounded.
    private let isPrecise: Bool
    private let transformer: SpatialTransformer?
    /// Position of the first among the decoder's self-attention layers; nil elsewhere.
    private let decoderLayer: Int?

    init(
        _ scope: WeightScope, index: Int, in input: Int, level: UNetLevel, decoderLayer: Int? = nil, isPrecise: Bool = false,
        configuration: UNetConfiguration
    ) throws {
        self.isPrecise = isPrecise
        resnet = try ResnetBlock(
            scope["resnets"][index], in: input, out: level.channels, timeChannels: configuration.timeEmbeddingDim,
            groups: configuration.normGroups, epsilon: configuration.normEpsilon)
        transformer =
            level.transformerDepth > 0
            ? try SpatialTransformer(scope["attentions"][index], level: level, configuration: configuration) : nil
        self.decoderLayer = decoderLayer
    }

    /// What the pullback needs.
    struct Saved: Sendable {
        let resnet: ResnetBlock.Saved
        let transformer: SpatialTransformer.Saved?
    }

    /// The result, and what the pullback needs of it where the pass saves.
    func callAsFunction(_ x: Tensor, _ conditions: UNetConditions, in context: ComputeContext) throws -> (Tensor, Saved?) {
        let (y, first) = try resnet.forward(
            x, time: conditions.time, saves: conditions.saves, in: ofResnet(context))
        guard let transformer else { return (y, first.map { Saved(resnet: $0, transformer: nil) }) }
        let (z, second) = try transformer(
            y, conditions, through: keyExchange(conditions, in: context), in: context)
        return (z, first.map { Saved(resnet: $0, transformer: second) })
    }

    private func ofResnet(_ context: ComputeContext) -> ComputeContext { isPrecise ? context.unrounded : context }

    private func keyExchange(_ conditions: UNetConditions, in context: ComputeContext) -> BlockExchange? {
        guard let exchange = conditions.exchange, let decoderLayer else { return nil }
        return { block, input, project in
            try exchange.exchange(layer: decoderLayer + block, input: input, project: project, in: context)
        }
    }

    func inputGradient(_ dy: Tensor, _ saved: Saved, in context: ComputeContext) throws -> Tensor {
        var d = dy
        if let transformer, let part = saved.transformer { d = try transformer.inputGradient(d, part, in: context) }
        return try resnet.inputGradient(d, saved.resnet, in: ofResnet(context))
    }
}

/// The block between encoder and decoder. Keys: `resnets.0`, `attentions.0`, `resnets.1`.
struct MidBlock: Sendable {
    private let layers: [UNetLayer]

    init(_ scope: WeightScope, level: UNetLevel, configuration: UNetConfiguration) throws {
        let plain = UNetLevel(channels: level.channels, heads: level.heads, transformerDepth: 0)
        layers = [
            try UNetLayer(scope, index: 0, in: level.channels, level: level, configuration: configuration),
            try UNetLayer(scope, index: 1, in: level.channels, level: plain, configuration: configuration),
        ]
    }

    /// The result, and what the pullback needs of it where the pass saves.
    func callAsFunction(_ x: Tensor, _ conditions: UNetConditions, in context: ComputeContext) throws -> (Tensor, [UNetLayer.Saved]) {
        var (y, saved) = (x, [UNetLayer.Saved]())
        for layer in layers {
            let (next, part) = try layer(y, conditions, in: context)
            y = next
            if let part { saved.append(part) }
        }
        return (y, saved)
    }

    func inputGradient(_ dy: Tensor, _ saved: [UNetLayer.Saved], in context: ComputeContext) throws -> Tensor {
        try zip(layers, saved).reversed().reduce(dy) { try $1.0.inputGradient($0, $1.1, in: context) }
    }
}
