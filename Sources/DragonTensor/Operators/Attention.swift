import CKernels

extension Tensor {
    /// Queries that one task works on: enough to share a block of keys, few enough to stay in the cache.
    private static let queryChunk = 512

    /// Multi-head scaled dot-product attention; `self` holds the queries.
    ///
    /// - Parameters:
    ///   - key, value: `[batch, heads·depth, keys]`; queries are `[batch, heads·depth, queries]`.
    ///   - heads: the channels are divided among them, head after head.
    /// - Returns: `[batch, heads·depth, queries]`, each query's mean of the values, weighted by
    ///   softmax(query·key / √depth).
    public func attention(key: Tensor, value: Tensor, heads: Int, in context: ComputeContext) throws -> Tensor {
        try key.require(key.batch == batch && key.channels == channels, "attention keys", expected: [batch, channels, key.columns])
        try value.require(value.shape == key.shape, "attention values", expected: key.shape)
        try require(heads > 0 && channels % heads == 0, "attention heads", expected: [batch, heads, columns])
        try context.checkCancellation()
        context.count(operations: 4 * batch * channels * columns * key.columns)
        let result = try Tensor(uninitialized: shape, in: context)
        let table = context.kernels.functions.pointee
        let depth = channels / heads
        let chunks = (columns + Self.queryChunk - 1) / Self.queryChunk
        var shared = dragon_attention()
        shared.query_row = columns
        shared.out_row = columns
        shared.part_count = 1
        shared.depth = Int32(depth)
        shared.scale = 1 / Float(depth).squareRoot()
        let scratch = withUnsafePointer(to: shared) { table.attention_scratch($0, Int32(Self.queryChunk)) }
        try context.forEach(batch * heads * chunks, scratch: scratch) { task, scratch in
            let head = task / chunks
            let first = task % chunks * Self.queryChunk
            var part = dragon_keys(
                key: key.pointer + head * depth * key.columns, value: value.pointer + head * depth * key.columns,
                type: ElementType.float32.rawValue, count: Int32(key.columns), row: key.columns)
            withUnsafePointer(to: &part) { part in
                var attention = shared
                attention.parts = part
                attention.query = UnsafePointer(pointer + head * depth * columns)
                attention.out = result.pointer + head * depth * columns
                table.attention(&attention, Int32(first), Int32(min(columns, first + Self.queryChunk)), scratch)
            }
        }
        return result
    }

    /// The same with every query seeing only itself and the tokens before it, as text models attend; for short texts.
    public func causalAttention(key: Tensor, value: Tensor, heads: Int, in context: ComputeContext) throws -> Tensor {
        try key.require(key.shape == shape && value.shape == shape, "causal attention", expected: shape)
        try context.checkCancellation()
        let result = try Tensor(uninitialized: shape, in: context)
        let table = context.kernels.functions.pointee
        let (tokens, depth) = (columns, channels / heads)
        let scale = 1 / Float(depth).squareRoot()
        try context.forEach(batch * heads, scratch: tokens * tokens) { head, weights in
            let start = head * depth * tokens
            let (q, k, v, out) = (pointer + start, key.pointer + start, value.pointer + start, result.pointer + start)
            for i in 0..<tokens {
                for j in 0...i {
                    var sum: Float = 0
                    for c in 0..<depth { sum += q[c * tokens + i] * k[c * tokens + j] }
                    weights[i * tokens + j] = sum * scale
                }
            }
            table.softmax_rows(weights, Int32(tokens), Int32(tokens), 1)
            for c in 0..<depth {
                for i in 0..<tokens {
                    var sum: Float = 0
                    for j in 0...i { sum += weights[i * tokens + j] * v[c * tokens + j] }
                    out[c * tokens + i] = sum
                }
            }
        }
        return result
    }
}
