import DragonTensor

/// One layer of CLIP's transformers, of text and of pictures (Radford et al., 2021).
/// Keys: `layer_norm1`, `self_attn`, `layer_norm2`, `mlp.fc1`, `mlp.fc2`.
struct CLIPLayer: Sendable {
    /// Widths and functions, the same for all layers of a transformer.
    struct Shape: Sendable {
        let channels: Int
        /// Between the two linear layers.
        let inner: Int
        let heads: Int
        let activation: TextEncoderConfiguration.Activation
        let normEpsilon: Float
        /// Whether a token sees only those before it.
        let isCausal: Bool
    }

    private let norm1: LayerNorm
    private let query: Linear
    private let key: Linear
    private let value: Linear
    private let out: Linear
    private let norm2: LayerNorm
    private let widen: Linear
    private let narrow: Linear
    private let shape: Shape

    init(_ scope: WeightScope, shape: Shape) throws {
        self.shape = shape
        let (width, inner) = (shape.channels, shape.inner)
        let attention = scope["self_attn"]
        norm1 = try LayerNorm(scope["layer_norm1"], channels: width, epsilon: shape.normEpsilon)
        query = try Linear(attention["q_proj"], in: width, out: width)
        key = try Linear(attention["k_proj"], in: width, out: width)
        value = try Linear(attention["v_proj"], in: width, out: width)
        out = try Linear(attention["out_proj"], in: width, out: width)
        norm2 = try LayerNorm(scope["layer_norm2"], channels: width, epsilon: shape.normEpsilon)
        widen = try Linear(scope["mlp"]["fc1"], in: width, out: inner)
        narrow = try Linear(scope["mlp"]["fc2"], in: inner, out: width)
    }

    /// `x`: `[batch, channels, tokens]`.
    func callAsFunction(_ x: Tensor, in context: ComputeContext) throws -> Tensor {
        let normed = try norm1(x, in: context)
        let (q, k, v) = (try query(normed, in: context), try key(normed, in: context), try value(normed, in: context))
        let attended =
            shape.isCausal
            ? try q.causalAttention(key: k, value: v, heads: shape.heads, in: context)
            : try q.attention(key: k, value: v, heads: shape.heads, in: context)
        let seen = try out(attended, adding: x, in: context)
        let wide = try widen(norm2(seen, in: context), in: context)
        let active =
            switch shape.activation {
            case .quickGELU: try wide.quickGelu(in: context)
            case .gelu: try wide.gelu(in: context)
            }
        return try narrow(active, adding: seen, in: context)
    }
}
