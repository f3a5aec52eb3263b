import DragonTensor

/// Multi-head attention. Keys: `to_q`, `to_k`, `to_v` (without bias unless asked), `to_out.0`.
struct Attention: Sendable {
    private let query: Linear
    private let key: Linear
    private let value: Linear
    private let out: Linear
    private let heads: Int

    /// - Parameters:
    ///   - channels: of the queries and the result.
    ///   - contextChannels: of what is attended to; nil for self-attention.
    init(_ scope: WeightScope, channels: Int, contextChannels: Int? = nil, heads: Int, bias: Bool = false) throws {
        let source = contextChannels ?? channels
        query = try Linear(scope["to_q"], in: channels, out: channels, bias: bias)
        key = try Linear(scope["to_k"], in: source, out: channels, bias: bias)
        value = try Linear(scope["to_v"], in: source, out: channels, bias: bias)
        out = try Linear(scope["to_out"]["0"], in: channels, out: channels)
        self.heads = heads
    }

    /// `x`: `[batch, channels, tokens]`; `source`: `[batch, contextChannels, tokens']`, or nil for `x` itself.
    func callAsFunction(
        _ x: Tensor, attendingTo source: Tensor? = nil, adding residual: Tensor, in context: ComputeContext
    ) throws -> Tensor {
        let source = source ?? x
        let attended = try query(x, in: context).attention(
            key: key(source, in: context), value: value(source, in: context), heads: heads, in: context)
        return try out(attended, adding: residual, in: context)
    }
}
