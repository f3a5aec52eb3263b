import DragonTensor

/// Changes what a decoder's self-attention attends to: records what its keys and values are made of, or mixes recorded ones in.
public protocol SelfAttentionExchange: AnyObject {
    /// - Parameters:
    ///   - layer: position among the decoder's self-attention layers, in the order of execution.
    ///   - input: `[batch, channels, tokens]`, what the layer makes its keys and values of.
    ///   - project: makes this layer's keys and values, of its own input or of a recorded one.
    /// - Returns: what the layer attends to instead.
    func exchange(layer: Int, input: Tensor, project: KeyProjection, in context: ComputeContext) throws -> Attended
}

/// What a layer attends to.
public struct Attended: Sendable {
    /// Keys and values, one softmax running over all parts.
    public var parts: [KeysAndValues]
    /// Tokens that see other parts instead, fewer than the rest does.
    public var blinkered: (tokens: [Int], parts: [KeysAndValues])?

    /// The same for every token.
    public init(_ parts: [KeysAndValues]) { self.parts = parts }
}

/// A layer's keys and values of an input, `[batch, channels, tokens]`.
public typealias KeyProjection = (_ input: Tensor) throws -> KeysAndValues

/// What to attend to instead of the keys and values of an input.
typealias KeyExchange = (_ input: Tensor, _ project: KeyProjection) throws -> Attended

/// Multi-head attention. Keys: `to_q`, `to_k`, `to_v` (without bias unless asked), `to_out.0`.
struct Attention: Sendable {
    private let query: Linear
    private let key: Linear
    private let value: Linear
    private let out: Linear
    private let heads: Int
    private let attendsToItself: Bool

    /// - Parameters:
    ///   - channels: of the queries and the result.
    ///   - contextChannels: of what is attended to; nil for self-attention.
    init(_ scope: WeightScope, channels: Int, contextChannels: Int? = nil, heads: Int, bias: Bool = false) throws {
        let source = contextChannels ?? channels
        query = try Linear(scope["to_q"], in: channels, out: channels, bias: bias)
        key = try Linear(scope["to_k"], in: source, out: channels, bias: bias)
        value = try Linear(scope["to_v"], in: source, out: channels, bias: bias)
        out = try Linear(scope["to_out"][0], in: channels, out: channels)
        self.heads = heads
        attendsToItself = contextChannels == nil
    }

    /// - Parameters:
    ///   - x: `[batch, channels, tokens]`.
    ///   - residual: added to the result, of its shape.
    func callAsFunction(_ x: Tensor, adding residual: Tensor, in context: ComputeContext) throws -> Tensor {
        try forward(x, adding: residual, saves: false, in: context).0
    }

    /// The same, and what the pullback needs of it where the pass saves.
    ///
    /// - Parameters:
    ///   - source: `[batch, contextChannels, tokens']`, or nil for `x` itself.
    ///   - exchange: what to attend to instead; not where the pass saves.
    ///   - image: what to attend to as well, by a softmax of its own, and its factor; not where the pass saves.
    ///   - mean: takes the weights, where they are of as many tokens; for a batch of one, and without an exchange.
    ///   - saves: whether the pullback will be asked for; for a batch of one.
    func forward(
        _ x: Tensor, attendingTo source: Tensor? = nil, through exchange: KeyExchange? = nil,
        besides image: (part: KeysAndValues, scale: Float)? = nil, addingTo mean: AttentionMean? = nil, adding residual: Tensor,
        saves: Bool, in context: ComputeContext
    ) throws -> (Tensor, AttentionRecord?) {
        let source = source ?? x
        let project = { KeysAndValues(key: try key($0, in: context), value: try value($0, in: context)) }
        let mean = mean.flatMap { $0.tokens == x.columns ? $0 : nil }
        if saves || mean != nil {
            let own = try project(source)
            let record = try query(x, in: context).recordedAttention(key: own.key, value: own.value, heads: heads, in: context)
            try mean?.add(record, in: context)
            return (try out(record.out, adding: residual, in: context), saves ? record : nil)
        }
        let attended = try exchange?(source, project) ?? Attended([project(source)])
        let q = try query(x, in: context)
        var seen = try attend(q, attended, in: context)
        if let image {
            let more = try q.attention(to: [image.part], heads: heads, in: context)
            seen = try more.scaled(by: image.scale, adding: seen, scaledBy: 1, in: context)
        }
        return (try out(seen, adding: residual, in: context), nil)
    }

    private func attend(_ query: Tensor, _ attended: Attended, in context: ComputeContext) throws -> Tensor {
        let seen = try query.attention(to: attended.parts, heads: heads, in: context)
        guard let (tokens, parts) = attended.blinkered, !tokens.isEmpty else { return seen }
        let less = try query.columns(tokens, in: context).attention(to: parts, heads: heads, in: context)
        return try seen.replacingColumns(tokens, by: less, in: context)
    }

    /// dx, without the residual's part; a source other than x is taken as constant.
    func inputGradient(_ dy: Tensor, _ record: AttentionRecord, in context: ComputeContext) throws -> Tensor {
        let gradient = try out.inputGradient(dy, in: context).attentionInputGradient(record, ofKeys: attendsToItself, in: context)
        var dx = try query.inputGradient(gradient.query, in: context)
        if let dKey = gradient.key { dx = try key.inputGradient(dKey, adding: dx, in: context) }
        if let dValue = gradient.value { dx = try value.inputGradient(dValue, adding: dx, in: context) }
        return dx
    }
}
