import CKernels

/// What attention's pullback needs of its forward pass.
public struct AttentionRecord: Sendable {
    let query: Tensor
    let key: Tensor
    let value: Tensor
    /// `[batch, heads·depth, queries]`.
    public let out: Tensor
    /// Log of the softmax's denominator, `[batch, heads, queries]`.
    let logSum: Tensor
    let heads: Int
}

extension AttentionRecord: Lender {
    struct Pointer {
        let query, key, value, logSum: UnsafePointer<Float>
    }

    var lent: Pointer {
        Pointer(query: query.lent.read, key: key.lent.read, value: value.lent.read, logSum: logSum.lent.read)
    }
}

/// Gradients with respect to attention's inputs; those of key and value only where asked for.
public struct AttentionGradient: Sendable {
    /// Of the queries' shape, times the number of cotangents.
    public let query: Tensor
    /// Of the keys' shape, times the number of cotangents.
    public let key: Tensor?
    /// Of the values' shape, times the number of cotangents.
    public let value: Tensor?
}

extension Tensor {
    private static let pullbackChunk = 256

    /// The pullback of ``attention(key:value:heads:in:)`` for a batch of one. `self` is dy, one cotangent an item.
    ///
    /// - Parameter ofKeys: whether keys and values depend on what is differentiated; those of the text do not.
    public func attentionInputGradient(_ record: AttentionRecord, ofKeys: Bool, in context: ComputeContext) throws -> AttentionGradient {
        let (heads, queries, keys) = (record.heads, columns, record.key.columns)
        try require(record.out.batch == 1 && itemCount == record.out.itemCount, "attention pullback", expected: record.out.shape)
        try context.checkCancellation()
        let depth = channels / heads
        let dots = try outputDots(record, in: context)
        let dQuery = try Tensor(uninitialized: shape, in: context)
        let keyShape = [batch, channels, keys]
        let dKey = ofKeys ? try Tensor(uninitialized: keyShape, in: context) : nil
        let dValue = ofKeys ? try Tensor(uninitialized: keyShape, in: context) : nil
        let table = context.kernels.functions.pointee
        var shared = dragon_attention_pullback()
        (shared.query_row, shared.key_row) = (queries, keys)
        (shared.d_query_next, shared.d_key_next) = (itemCount, channels * keys)
        (shared.queries, shared.keys, shared.depth) = (Int32(queries), Int32(keys), Int32(depth))
        shared.cotangents = Int32(batch)
        shared.scale = 1 / Float(depth).squareRoot()
        let scratch = withUnsafePointer(to: shared) { table.attention_pullback_scratch($0) }
        let queryChunks = (queries + Self.pullbackChunk - 1) / Self.pullbackChunk
        let keyChunks = ofKeys ? (keys + Self.pullbackChunk - 1) / Self.pullbackChunk : 0
        try withPointers(record, self, dots, dQuery, dKey, dValue) { record, dOut, dots, dQuery, dKey, dValue in
            try context.forEach(heads * (queryChunks + keyChunks), scratch: scratch) { task, scratch in
                let (head, part) = (task % heads, task / heads)
                var pullback = shared
                let (q, k) = (head * depth * queries, head * depth * keys)
                (pullback.query, pullback.key, pullback.value) = (record.query + q, record.key + k, record.value + k)
                pullback.log_sum = record.logSum + head * queries
                pullback.d_out = dOut.read + q
                pullback.dots = dots.read + head * batch * queries
                pullback.d_query = dQuery + q
                (pullback.d_key, pullback.d_value) = (dKey.map { $0 + k }, dValue.map { $0 + k })
                if part < queryChunks {
                    let first = part * Self.pullbackChunk
                    table.attention_query_gradient(&pullback, Int32(first), Int32(min(queries, first + Self.pullbackChunk)), scratch)
                } else {
                    let first = (part - queryChunks) * Self.pullbackChunk
                    table.attention_key_gradient(&pullback, Int32(first), Int32(min(keys, first + Self.pullbackChunk)), scratch)
                }
            }
        }
        return AttentionGradient(query: dQuery, key: dKey, value: dValue)
    }

    /// Σ dO∘O over the channels of each head: `[heads, cotangents, queries]`.
    private func outputDots(_ record: AttentionRecord, in context: ComputeContext) throws -> Tensor {
        let heads = record.heads
        let depth = channels / heads
        let dots = try Tensor(uninitialized: [heads, batch, columns], in: context)
        withPointers(self, record.out, dots) { dOut, out, dots in
            context.forEach(heads * batch) { index in
                let (head, item) = (index / batch, index % batch)
                let target = dots + index * columns
                target.update(repeating: 0, count: columns)
                for c in head * depth..<(head + 1) * depth {
                    let (a, b) = (dOut + item * itemCount + c * columns, out + c * columns)
                    for i in 0..<columns { target[i] += a[i] * b[i] }
                }
            }
        }
        return dots
    }
}
