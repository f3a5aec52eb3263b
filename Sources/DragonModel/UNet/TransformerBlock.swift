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

    init(_ scope: WeightScope, channels: Int, heads: Int, textChannels: Int) throws {
        norm1 = try LayerNorm(scope["norm1"], channels: channels)
        attention1 = try Attention(scope["attn1"], channels: channels, heads: heads)
        norm2 = try LayerNorm(scope["norm2"], channels: channels)
        attention2 = try Attention(scope["attn2"], channels: channels, contextChannels: textChannels, heads: heads)
        norm3 = try LayerNorm(scope["norm3"], channels: channels)
        widen = try Linear(scope["ff"]["net"]["0"]["proj"], in: channels, out: 8 * channels)
        narrow = try Linear(scope["ff"]["net"]["2"], in: 4 * channels, out: channels)
    }

    /// `x`: `[batch, channels, tokens]`; `text`: `[batch, textChannels, 77]`.
    func callAsFunction(_ x: Tensor, text: Tensor, in context: ComputeContext) throws -> Tensor {
        let seen = try attention1(norm1(x, in: context), adding: x, in: context)
        let told = try attention2(norm2(seen, in: context), attendingTo: text, adding: seen, in: context)
        let gated = try widen(norm3(told, in: context), in: context).gatedGelu(in: context)
        return try narrow(gated, adding: told, in: context)
    }
}

/// A transformer block over the pixels of a feature map, between two projections, added to their input.
/// Keys: `norm`, `proj_in`, `transformer_blocks.0`, `proj_out`.
struct SpatialTransformer: Sendable {
    /// diffusers fixes this one, whatever `norm_eps` says.
    private static let epsilon: Float = 1e-6

    private let norm: GroupNorm
    private let projectIn: Projection
    private let block: TransformerBlock
    private let projectOut: Projection

    init(_ scope: WeightScope, channels: Int, heads: Int, configuration: UNetConfiguration) throws {
        norm = try GroupNorm(scope["norm"], channels: channels, groups: configuration.normGroups, epsilon: Self.epsilon)
        projectIn = try Projection(scope["proj_in"], channels: channels, linear: configuration.usesLinearProjection)
        block = try TransformerBlock(
            scope["transformer_blocks"][0], channels: channels, heads: heads, textChannels: configuration.crossAttentionDim)
        projectOut = try Projection(scope["proj_out"], channels: channels, linear: configuration.usesLinearProjection)
    }

    /// `x`: `[batch, channels, height, width]`.
    func callAsFunction(_ x: Tensor, text: Tensor, in context: ComputeContext) throws -> Tensor {
        let tokens = [x.batch, x.channels, x.columns]
        let y = try block(projectIn(norm(x, in: context).reshaped(tokens), in: context), text: text, in: context)
        return try projectOut(y, adding: x.reshaped(tokens), in: context).reshaped(x.shape)
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
}
