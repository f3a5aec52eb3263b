import CKernels

/// The weights of several self-attention layers over the same tokens, softmax(query·key / √depth): their mean over heads and layers.
///
/// One matrix of tokens by tokens is all that is held, whatever the number of heads and layers. For a batch of one, and one thread at
/// a time.
public final class AttentionMean {
    /// Tokens of the layers.
    public let tokens: Int
    private let layers: Int
    private let sum: Tensor

    /// Queries that one task works on.
    private static let chunk = 64

    /// - Parameter layers: that will be added.
    public init(tokens: Int, layers: Int, in context: ComputeContext) throws {
        (self.tokens, self.layers) = (tokens, layers)
        sum = try Tensor(repeating: 0, shape: [1, tokens, tokens], in: context)
    }

    /// `[1, keys, queries]`: a column is what one token attends to, and sums to 1 once every layer was added.
    public var weights: Tensor { sum }

    /// Adds a layer.
    public func add(_ record: AttentionRecord, in context: ComputeContext) throws {
        let (query, heads) = (record.query, record.heads)
        try query.require(
            query.batch == 1 && query.columns == tokens && record.key.columns == tokens, "attention weights",
            expected: [1, query.channels, tokens])
        try context.checkCancellation()
        context.count(operations: 2 * query.channels * tokens * tokens)
        let (table, tokens, depth) = (context.kernels.functions, tokens, query.channels / heads)
        var shared = dragon_attention_weights()
        (shared.query_row, shared.key_row, shared.weight_row) = (tokens, tokens, tokens)
        (shared.keys, shared.depth) = (Int32(tokens), Int32(depth))
        (shared.scale, shared.share) = (1 / Float(depth).squareRoot(), 1 / Float(heads * layers))
        let scratch = withUnsafePointer(to: shared) { table.attention_weights_scratch($0) }
        try withPointers(record, sum) { record, sum in
            try context.forEach((tokens + Self.chunk - 1) / Self.chunk, scratch: scratch) { task, scratch in
                let first = task * Self.chunk
                for head in 0..<heads {
                    let start = head * depth * tokens
                    var weights = shared
                    (weights.query, weights.key, weights.weights) = (record.query + start, record.key + start, sum)
                    weights.log_sum = record.logSum + head * tokens
                    table.attention_weights(&weights, Int32(first), Int32(min(tokens, first + Self.chunk)), scratch)
                }
            }
        }
    }
}
