import DragonTensor

/// The noise predictor of latent diffusion (Rombach et al., 2022): diffusers' UNet2DConditionModel, any configuration
/// of Stable Diffusion 1.x and 2.x and of the embedded model.
/// Keys: `conv_in`, `time_embedding`, `down_blocks.N`, `mid_block`, `up_blocks.N`, `conv_norm_out`, `conv_out`.
public struct UNet: Sendable {
    /// What it was built from.
    public let configuration: UNetConfiguration
    let convIn: Convolution
    let timeEmbedding: TimeEmbedding
    let down: [DownBlock]
    let mid: MidBlock
    let up: [UpBlock]
    private let normOut: GroupNorm
    private let convOut: Convolution

    /// Binds every key that the configuration asks for.
    public init(_ scope: WeightScope, configuration: UNetConfiguration) throws {
        self.configuration = configuration
        let channels = configuration.blockOutChannels
        convIn = try Convolution(scope["conv_in"], in: configuration.inChannels, out: channels[0])
        timeEmbedding = try TimeEmbedding(
            scope["time_embedding"], channels: channels[0], out: configuration.timeEmbeddingDim, configuration: configuration)
        let levels = configuration.downLevels
        down = try levels.indices.map { index in
            try DownBlock(
                scope["down_blocks"]["\(index)"], in: channels[max(0, index - 1)], level: levels[index],
                layers: configuration.layersPerBlock[index], isLast: index == levels.count - 1, configuration: configuration)
        }
        mid = try MidBlock(scope["mid_block"], level: configuration.midLevel, configuration: configuration)
        up = try Self.upBlocks(scope["up_blocks"], configuration)
        normOut = try GroupNorm(
            scope["conv_norm_out"], channels: channels[0], groups: configuration.normGroups, epsilon: configuration.normEpsilon)
        convOut = try Convolution(scope["conv_out"], in: channels[0], out: configuration.outChannels)
    }

    /// The decoder mirrors the encoder, with a layer more in each block: one for every output that the encoder keeps.
    private static func upBlocks(_ scope: WeightScope, _ configuration: UNetConfiguration) throws -> [UpBlock] {
        let channels = configuration.blockOutChannels
        var kept = [channels[0]]
        for (index, width) in channels.enumerated() {
            kept += Array(repeating: width, count: configuration.layersPerBlock[index])
            if index < channels.count - 1 { kept.append(width) }
        }
        var below = channels[channels.count - 1]
        var attentionLayers = 0
        return try configuration.upLevels.enumerated().map { index, level in
            let count = configuration.layersPerBlock[channels.count - 1 - index] + 1
            let skips = Array(kept.suffix(count).reversed())
            kept.removeLast(count)
            defer {
                below = level.channels
                attentionLayers += count * level.transformerDepth
            }
            return try UpBlock(
                scope["\(index)"], in: below, skips: skips, level: level, attentionLayers: attentionLayers,
                isLast: index == channels.count - 1, configuration: configuration)
        }
    }

    /// Predicts the noise (or the velocity, see ``ScheduleConfiguration``) in a batch of latents.
    ///
    /// - Parameters:
    ///   - latent: `[batch, inChannels, height, width]`; sides are multiples of 2^(blocks − 1).
    ///   - timestep: 0 ..< 1000, the same for the whole batch.
    ///   - text: `[batch, crossAttentionDim, tokens]`.
    ///   - guidanceScale: the scale that a model with an embedding for it should follow; others take no notice.
    ///   - image: a picture that cross-attention sees beside the text; for a batch of two its first item is not shown it.
    ///   - exchange: what the decoder's self-attention attends to; nil for its own tokens.
    ///   - encoded: the encoder's part, where another pass of the same latent, timestep and text has done it.
    /// - Returns: `[batch, outChannels, height, width]`.
    public func callAsFunction(
        _ latent: Tensor, timestep: Int, text: Tensor, guidanceScale: Float = 1, image: ImageInfluence? = nil,
        exchange: (any SelfAttentionExchange)? = nil, encoded: EncodedLatent? = nil, in context: ComputeContext
    ) throws -> Tensor {
        let time = try timeEmbedding(timestep, guidanceScale: guidanceScale, in: context)
        let conditions = UNetConditions(time: time, text: text, exchange: exchange, image: image)
        return try predict(encoded ?? encode(latent, conditions, in: context).encoded, conditions, in: context)
    }

    /// The decoder's part of a prediction.
    ///
    /// - Parameter visit: called with the number and the output of each of its blocks.
    func predict(
        _ encoded: EncodedLatent, _ conditions: UNetConditions, in context: ComputeContext,
        visit: (Int, Tensor) -> Void = { _, _ in }
    ) throws -> Tensor {
        let (x, _) = try decode(encoded, conditions, blocks: up.count, in: context, visit: visit)
        return try convOut(normOut(x, silu: true, in: context), in: context.unrounded)
    }

    /// What the pullback of a pass needs; nothing of the blocks where the pass did not save.
    struct Saved: Sendable {
        var down: [DownBlock.Saved] = []
        var mid: [UNetLayer.Saved] = []
        var up: [[UNetLayer.Saved]] = []
        var latentSides = (height: 0, width: 0)
    }

    /// A pass through the encoder and the middle, and what the pullback needs of it.
    func encode(
        _ latent: Tensor, _ conditions: UNetConditions, in context: ComputeContext
    ) throws -> (encoded: EncodedLatent, saved: Saved) {
        var saved = Saved(latentSides: (latent.shape[2], latent.shape[3]))
        var x = try convIn(latent, in: context.unrounded)
        var skips = [x]
        for block in down {
            let (y, part) = try block(x, conditions, skips: &skips, in: context)
            saved.down.append(part)
            x = y
        }
        (x, saved.mid) = try mid(x, conditions, in: context)
        return (EncodedLatent(middle: x, skips: skips), saved)
    }

    /// A pass through the first blocks of the decoder.
    ///
    /// - Parameter visit: called with the number and the output of each.
    /// - Returns: the last block's output, and what the pullback needs of the pass.
    func decode(
        _ encoded: EncodedLatent, _ conditions: UNetConditions, blocks: Int, in context: ComputeContext,
        visit: (Int, Tensor) -> Void = { _, _ in }
    ) throws -> (Tensor, saved: [[UNetLayer.Saved]]) {
        var (x, skips, saved) = (encoded.middle, encoded.skips, [[UNetLayer.Saved]]())
        for (index, block) in up.prefix(blocks).enumerated() {
            let (y, part) = try block(x, conditions, skips: &skips, in: context)
            saved.append(part)
            x = y
            visit(index, x)
        }
        return (x, saved)
    }
}

extension UNetConfiguration {
    /// The encoder's resolutions, finest first.
    var downLevels: [UNetLevel] {
        zip(blockOutChannels.indices, downBlocks).map { index, block in
            UNetLevel(
                channels: blockOutChannels[index], heads: attentionHeads[index],
                transformerDepth: block == .crossAttention ? transformerDepths[index] : 0)
        }
    }

    /// The decoder's resolutions, coarsest first.
    var upLevels: [UNetLevel] {
        zip(blockOutChannels.indices.reversed(), upBlocks).map { index, block in
            UNetLevel(
                channels: blockOutChannels[index], heads: attentionHeads[index],
                transformerDepth: block == .crossAttention ? transformerDepths[index] : 0)
        }
    }

    /// The resolution between encoder and decoder.
    var midLevel: UNetLevel {
        UNetLevel(
            channels: blockOutChannels[levels - 1], heads: attentionHeads[levels - 1], transformerDepth: transformerDepths[levels - 1])
    }
}
