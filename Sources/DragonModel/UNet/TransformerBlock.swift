import DragonTensor

/// Self-attention, cross-attention to the text, and a gated feed-forward layer, each behind a layer norm and added to
/// its input. Keys: `norm1`, `attn1`, `norm2`, `attn2`, `norm3`, `ff.net.0.proj`, `ff.net.2`.
struct TransformerBlock: Sendable {
    private let norm1: LayerNorm
    private let attention1: Attention
    private let norm2: LayerNorm
    private let attention2: Attention
    private let norm3: LayerNorm
    private let widen: Linear
    private let narrow: Linear
    /// The cross-attention's, by which image prompts know it.
    private let path: String

    init(_ scope: WeightScope, channels: Int, heads: Int, textChannels: Int) throws {
        norm1 = try LayerNorm(scope["norm1"], channels: channels)
        attention1 = try Attention(scope["attn1"], channels: channels, heads: heads)
        norm2 = try LayerNorm(scope["norm2"], channels: channels)
        path = scope["attn2"].path
        attention2 = try Attention(scope["attn2"], channels: channels, contextChannels: textChannels, heads: heads)
        norm3 = try LayerNorm(scope["norm3"], channels: channels)
        widen = try Linear(scope["ff"]["net"]["0"]["proj"], in: channels, out: 8 * channels)
        narrow = try Linear(scope["ff"]["net"]["2"], in: 4 * channels, out: channels)
    }

    /// What the pullback needs. The feed-forward layer's wide middle is the largest tensor of all, and is computed anew.
    struct Saved: Sendable {
        let input: Tensor
        let attention1: AttentionRecord
        /// After the self-attention.
        let afterSelf: Tensor
        let attention2: AttentionRecord
        /// After the cross-attention.
        let afterCross: Tensor
    }

    /// The result, and what the pullback needs of it where the pass saves.
    ///
    /// - Parameters:
    ///   - x: `[batch, channels, tokens]`.
    ///   - conditions: their text and image are attended to.
    ///   - exchange: what the self-attention attends to instead of `x`; not where the pass saves.
    func callAsFunction(
        _ x: Tensor, _ conditions: UNetConditions, through exchange: KeyExchange?, in context: ComputeContext
    ) throws -> (Tensor, Saved?) {
        let (afterCross, saved) = try attend(x, conditions, through: exchange, in: context)
        let gated = try widen(norm3(afterCross, in: context), in: context).gatedGelu(in: context)
        return (try narrow(gated, adding: afterCross, in: context), saved)
    }

    /// The two attentions. What they hold is given back before the feed-forward layer, the widest part, begins.
    private func attend(
        _ x: Tensor, _ conditions: UNetConditions, through exchange: KeyExchange?, in context: ComputeContext
    ) throws -> (Tensor, Saved?) {
        let saves = conditions.saves
        let (afterSelf, first) = try attention1.forward(
            norm1(x, in: context), through: exchange, addingTo: conditions.mean, adding: x, saves: saves, in: context)
        let image = conditions.image.flatMap { image in
            image.prompt.part(of: path, batch: conditions.text.batch).map { (part: $0, scale: image.scale) }
        }
        let (afterCross, second) = try attention2.forward(
            norm2(afterSelf, in: context), attendingTo: conditions.text, besides: image, adding: afterSelf, saves: saves, in: context)
        guard let first, let second else { return (afterCross, nil) }
        return (afterCross, Saved(input: x, attention1: first, afterSelf: afterSelf, attention2: second, afterCross: afterCross))
    }

    /// dx, back through the three residual branches in turn.
    func inputGradient(_ dy: Tensor, _ saved: Saved, in context: ComputeContext) throws -> Tensor {
        let wide = try widen(norm3(saved.afterCross, in: context), in: context)
        let dWide = try narrow.inputGradient(dy, in: context).gatedGeluInputGradient(of: wide, in: context)
        let dCross = try norm3.inputGradient(widen.inputGradient(dWide, in: context), of: saved.afterCross, adding: dy, in: context)
        let d2 = try attention2.inputGradient(dCross, saved.attention2, in: context)
        let dSelf = try norm2.inputGradient(d2, of: saved.afterSelf, adding: dCross, in: context)
        let d1 = try attention1.inputGradient(dSelf, saved.attention1, in: context)
        return try norm1.inputGradient(d1, of: saved.input, adding: dSelf, in: context)
    }
}

/// What the decoder's self-attention attends to instead of its own tokens, asked by the block of a transformer.
typealias BlockExchange = (_ block: Int, _ input: Tensor, _ project: KeyProjection) throws -> Attended

/// Transformer blocks over the pixels of a feature map, between two projections, added to their input.
/// Keys: `norm`, `proj_in`, `transformer_blocks.N`, `proj_out`.
struct SpatialTransformer: Sendable {
    /// diffusers fixes this one, whatever `norm_eps` says.
    private static let epsilon: Float = 1e-6

    private let norm: GroupNorm
    private let projectIn: Projection
    private let blocks: [TransformerBlock]
    private let projectOut: Projection

    init(_ scope: WeightScope, level: UNetLevel, configuration: UNetConfiguration) throws {
        let channels = level.channels
        norm = try GroupNorm(scope["norm"], channels: channels, groups: configuration.normGroups, epsilon: Self.epsilon)
        projectIn = try Projection(scope["proj_in"], channels: channels, linear: configuration.usesLinearProjection)
        blocks = try (0..<level.transformerDepth).map {
            try TransformerBlock(
                scope["transformer_blocks"][$0], channels: channels, heads: level.heads, textChannels: configuration.crossAttentionDim)
        }
        projectOut = try Projection(scope["proj_out"], channels: channels, linear: configuration.usesLinearProjection)
    }

    /// What the pullback needs.
    struct Saved: Sendable {
        let input: Tensor
        var blocks: [TransformerBlock.Saved] = []
    }

    /// The result, and what the pullback needs of it where the pass saves; parameters as the blocks', `x`:
    /// `[batch, channels, height, width]`.
    func callAsFunction(
        _ x: Tensor, _ conditions: UNetConditions, through exchange: BlockExchange?, in context: ComputeContext
    ) throws -> (Tensor, Saved?) {
        let tokens = [x.batch, x.channels, x.columns]
        var (y, saved) = (try projectIn(norm(x, in: context).reshaped(tokens), in: context), Saved(input: x))
        for (index, block) in blocks.enumerated() {
            let own: KeyExchange? = exchange.map { exchange in { try exchange(index, $0, $1) } }
            let (next, part) = try block(y, conditions, through: own, in: context)
            y = next
            if let part { saved.blocks.append(part) }
        }
        return (try projectOut(y, adding: x.reshaped(tokens), in: context).reshaped(x.shape), conditions.saves ? saved : nil)
    }

    /// dx = normᵀ proj_inᵀ blocksᵀ proj_outᵀ dy + dy.
    func inputGradient(_ dy: Tensor, _ saved: Saved, in context: ComputeContext) throws -> Tensor {
        let tokens = [dy.batch, dy.channels, dy.columns]
        var d = try projectOut.inputGradient(dy.reshaped(tokens), in: context)
        for (block, part) in zip(blocks, saved.blocks).reversed() { d = try block.inputGradient(d, part, in: context) }
        let dNorm = try projectIn.inputGradient(d, in: context).reshaped(dy.shape)
        return try norm.inputGradient(dNorm, of: saved.input, adding: dy, in: context)
    }
}

/// A square projection, stored as a matrix (SD 2.x) or as a 1×1 convolution (SD 1.x): in this layout the same product.
struct Projection: Sendable {
    private let weight: Weight
    private let bias: Vector

    init(_ scope: WeightScope, channels: Int, linear: Bool) throws {
        weight = try scope.weight("weight", shape: linear ? [channels, channels] : [channels, channels, 1, 1])
        bias = Vector(try scope.weight("bias", shape: [channels]))
    }

    func callAsFunction(_ x: Tensor, adding residual: Tensor? = nil, in context: ComputeContext) throws -> Tensor {
        try x.linear(weight, bias: bias, residual: residual, in: context)
    }

    func inputGradient(_ dy: Tensor, in context: ComputeContext) throws -> Tensor {
        try dy.linearInputGradient(weight, in: context)
    }
}
