import CKernels

extension Tensor {
    /// Attention in which every query sees only itself and the tokens before it, as text models attend; for short texts.
    public func causalAttention(key: Tensor, value: Tensor, heads: Int, in context: ComputeContext) throws -> Tensor {
        try require(heads > 0 && channels % heads == 0, "causal attention", expected: [batch, heads, columns])
        try key.require(key.shape == shape && value.shape == shape, "causal attention", expected: shape)
        try context.checkCancellation()
        let result = try Tensor(uninitialized: shape, in: context)
        let table = context.kernels.functions
        let (tokens, depth) = (columns, channels / heads)
        let scale = 1 / Float(depth).squareRoot()
        try withPointers(self, key, value, result) { query, key, value, out in
            try context.forEach(batch * heads, scratch: tokens * tokens) { head, weights in
                let start = head * depth * tokens
                let (q, k, v, out) = (query + start, key + start, value + start, out + start)
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
        }
        return result
    }
}
