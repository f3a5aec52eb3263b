import DragonTensor

/// One layer of a block: a resnet, and a transformer where the block has them.
struct UNetLayer: Sendable {
    private let resnet: ResnetBlock
    private let transformer: SpatialTransformer?

    init(_ scope: WeightScope, index: Int, in input: Int, level: UNetLevel, configuration: UNetConfiguration) throws {
        resnet = try ResnetBlock(
            scope["resnets"][index], in: input, out: level.channels, timeChannels: configuration.timeEmbeddingDim,
            groups: configuration.normGroups, epsilon: configuration.normEpsilon)
        transformer =
            level.hasAttention
            ? try SpatialTransformer(
                scope["attentions"][index], channels: level.channels, heads: level.heads, configuration: configuration) : nil
    }

    func callAsFunction(_ x: Tensor, _ conditions: UNetConditions, in context: ComputeContext) throws -> Tensor {
        let y = try resnet(x, time: conditions.time, in: context)
        return try transformer.map { try $0(y, text: conditions.text, in: context) } ?? y
    }
}

/// What steers every layer of one pass.
struct UNetConditions: Sendable {
    /// SiLU of the time embedding, `[1, timeChannels, 1]`.
    let time: Tensor
    /// `[batch, textChannels, tokens]`.
    let text: Tensor
}

/// Channels and heads of one resolution of the network.
struct UNetLevel: Sendable {
    let channels: Int
    let heads: Int
    let hasAttention: Bool
}

/// A block of the encoder. Keys: `resnets.N`, `attentions.N`, `downsamplers.0.conv`.
struct DownBlock: Sendable {
    private let layers: [UNetLayer]
    private let downsample: Convolution?

    init(_ scope: WeightScope, in input: Int, level: UNetLevel, layers count: Int, isLast: Bool, configuration: UNetConfiguration) throws {
        layers = try (0..<count).map {
            try UNetLayer(scope, index: $0, in: $0 == 0 ? input : level.channels, level: level, configuration: configuration)
        }
        downsample =
            isLast ? nil : try Convolution(scope["downsamplers"]["0"]["conv"], in: level.channels, out: level.channels, stride: 2)
    }

    /// Appends every layer's output, and the downsampled one, to `skips`.
    func callAsFunction(
        _ x: Tensor, _ conditions: UNetConditions, skips: inout [Tensor], in context: ComputeContext
    ) throws -> Tensor {
        var y = x
        for layer in layers {
            y = try layer(y, conditions, in: context)
            skips.append(y)
        }
        if let downsample {
            y = try downsample(y, in: context)
            skips.append(y)
        }
        return y
    }
}

/// The block between encoder and decoder. Keys: `resnets.0`, `attentions.0`, `resnets.1`.
struct MidBlock: Sendable {
    private let first: UNetLayer
    private let second: UNetLayer

    init(_ scope: WeightScope, level: UNetLevel, configuration: UNetConfiguration) throws {
        first = try UNetLayer(scope, index: 0, in: level.channels, level: level, configuration: configuration)
        let plain = UNetLevel(channels: level.channels, heads: level.heads, hasAttention: false)
        second = try UNetLayer(scope, index: 1, in: level.channels, level: plain, configuration: configuration)
    }

    func callAsFunction(_ x: Tensor, _ conditions: UNetConditions, in context: ComputeContext) throws -> Tensor {
        try second(first(x, conditions, in: context), conditions, in: context)
    }
}

/// A block of the decoder. Keys: `resnets.N`, `attentions.N`, `upsamplers.0.conv`.
struct UpBlock: Sendable {
    private let layers: [UNetLayer]
    private let upsample: Convolution?

    /// - Parameter skips: channels of the encoder's outputs that the layers take, in order.
    init(
        _ scope: WeightScope, in input: Int, skips: [Int], level: UNetLevel, isLast: Bool, configuration: UNetConfiguration
    ) throws {
        layers = try skips.enumerated().map { index, skip in
            let below = index == 0 ? input : level.channels
            return try UNetLayer(scope, index: index, in: below + skip, level: level, configuration: configuration)
        }
        upsample = isLast ? nil : try Convolution(scope["upsamplers"]["0"]["conv"], in: level.channels, out: level.channels)
    }

    /// Takes one of `skips` for each layer, from the end.
    func callAsFunction(
        _ x: Tensor, _ conditions: UNetConditions, skips: inout [Tensor], in context: ComputeContext
    ) throws -> Tensor {
        var y = x
        for layer in layers {
            y = try layer(y.concatenatingChannels(skips.removeLast(), in: context), conditions, in: context)
        }
        return try upsample.map { try $0(y.upsampledNearest(in: context), in: context) } ?? y
    }
}
