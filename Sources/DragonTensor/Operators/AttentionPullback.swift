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

    /// Keys that one task works on: a few tasks to a head, for more threads than heads, but each has a sum of the queries' gradients.
    fileprivate var keySpan: Int { max(256, (key.columns + 511) / 512 * 128) }
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
    /// Queries that one task works on where those of keys aren't asked for.
    private static let queryChunk = 256

    /// The pullback of ``attention(key:value:heads:in:)`` for a batch of one. `self` is dy, one cotangent an item.
    ///
    /// - Parameter ofKeys: whether keys and values depend on what is differentiated; those of the text do not.
    public func attentionInputGradient(_ record: AttentionRecord, ofKeys: Bool, in context: ComputeContext) throws -> AttentionGradient {
        try require(record.out.batch == 1 && itemCount == record.out.itemCount, "attention pullback", expected: record.out.shape)
        try context.checkCancellation()
        let dots = try outputDots(record, in: context)
        let shared = dragon_attention_pullback(record, cotangents: batch)
        guard ofKeys else {
            return AttentionGradient(query: try queryGradient(record, dots, shared, in: context), key: nil, value: nil)
        }
        return try gradients(record, dots, shared, in: context)
    }

    private func queryGradient(
        _ record: AttentionRecord, _ dots: Tensor, _ shared: dragon_attention_pullback, in context: ComputeContext
    ) throws -> Tensor {
        let (heads, queries) = (record.heads, columns)
        let dQuery = try Tensor(uninitialized: shape, in: context)
        let table = context.kernels.functions
        let scratch = withUnsafePointer(to: shared) { table.attention_query_scratch($0) }
        let chunks = (queries + Self.queryChunk - 1) / Self.queryChunk
        try withPointers(record, self, dots, dQuery) { record, dOut, dots, dQuery in
            try context.forEach(heads * chunks, scratch: scratch) { task, scratch in
                let (head, first) = (task % heads, task / heads * Self.queryChunk)
                var pullback = shared.head(head, record, dOut.read, dots.read)
                pullback.d_query = dQuery + head * pullback.queryFloats
                table.attention_query_gradient(&pullback, Int32(first), Int32(min(queries, first + Self.queryChunk)), scratch)
            }
        }
        return dQuery
    }

    private func gradients(
        _ record: AttentionRecord, _ dots: Tensor, _ shared: dragon_attention_pullback, in context: ComputeContext
    ) throws -> AttentionGradient {
        let (heads, keys, span) = (record.heads, record.key.columns, record.keySpan)
        // Of each span of keys, then added up in their order, so that no thread waits for another.
        let dQueries = try (0..<(keys + span - 1) / span).map { _ in try Tensor(uninitialized: shape, in: context) }
        let dKey = try Tensor(uninitialized: [batch, channels, keys], in: context)
        let dValue = try Tensor(uninitialized: [batch, channels, keys], in: context)
        let table = context.kernels.functions
        let scratch = withUnsafePointer(to: shared) { table.attention_gradients_scratch($0) }
        try withPointers(record, self, dots, dQueries, dKey, dValue) { record, dOut, dots, dQueries, dKey, dValue in
            try context.forEach(heads * dQueries.count, scratch: scratch) { task, scratch in
                let (head, part) = (task % heads, task / heads)
                var pullback = shared.head(head, record, dOut.read, dots.read)
                pullback.d_query = dQueries[part] + head * pullback.queryFloats
                pullback.d_key = dKey + head * pullback.keyFloats
                pullback.d_value = dValue + head * pullback.keyFloats
                table.attention_gradients(&pullback, Int32(part * span), Int32(min(keys, (part + 1) * span)), scratch)
            }
            context.forEach(batch * channels) { row in
                let sum = dQueries[0] + row * columns
                for part in dQueries.dropFirst() { table.add(sum, part + row * columns, sum, columns) }
            }
        }
        return AttentionGradient(query: dQueries[0], key: dKey, value: dValue)
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

extension dragon_attention_pullback {
    /// What heads have in common.
    fileprivate init(_ record: AttentionRecord, cotangents: Int) {
        self.init()
        let (channels, queries, keys) = (record.query.channels, record.query.columns, record.key.columns)
        (query_row, key_row) = (queries, keys)
        (d_query_next, d_key_next) = (channels * queries, channels * keys)
        (self.queries, self.keys, depth) = (Int32(queries), Int32(keys), Int32(channels / record.heads))
        self.cotangents = Int32(cotangents)
        scale = 1 / Float(depth).squareRoot()
    }

    /// Floats of a head's queries, and of its keys.
    fileprivate var queryFloats: Int { Int(depth) * query_row }
    fileprivate var keyFloats: Int { Int(depth) * key_row }

    /// The same with what head `head` is made of.
    fileprivate func head(
        _ head: Int, _ record: AttentionRecord.Pointer, _ dOut: UnsafePointer<Float>, _ dots: UnsafePointer<Float>
    ) -> dragon_attention_pullback {
        var result = self
        (result.query, result.d_out) = (record.query + head * queryFloats, dOut + head * queryFloats)
        (result.key, result.value) = (record.key + head * keyFloats, record.value + head * keyFloats)
        result.log_sum = record.logSum + head * Int(queries)
        result.dots = dots + head * Int(cotangents * queries)
        return result
    }
}
