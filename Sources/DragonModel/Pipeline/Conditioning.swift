import DragonTensor

/// What a prediction is conditioned on, beside the timestep.
public struct Conditioning: Sendable {
    /// The prompt's embedding, `[1, crossAttentionDim, tokens]`.
    public let text: Tensor

    /// Of an embedding that was made elsewhere.
    public init(text: Tensor) { self.text = text }
}

extension DiffusionModel {
    /// The conditioning that token ids stand for.
    public func conditioning(tokens: [Int], in context: ComputeContext) throws -> Conditioning {
        Conditioning(text: try textEncoder(tokens, in: context))
    }

    /// The conditioning that a prompt stands for.
    public func conditioning(prompt: String, in context: ComputeContext) throws -> Conditioning {
        try conditioning(tokens: tokenizer.encode(prompt), in: context)
    }
}
