import CKernels

/// Keys and values to attend to: `[batch or 1, heads·depth, tokens]`.
public struct KeysAndValues: Sendable {
    /// What queries are compared with.
    public let key: Tensor
    /// What the result is a mean of.
    public let value: Tensor

    /// Keys and values of one shape.
    public init(key: Tensor, value: Tensor) { (self.key, self.value) = (key, value) }

    /// Those of some tokens.
    public func columns(_ columns: [Int], in context: ComputeContext) throws -> KeysAndValues {
        KeysAndValues(key: try key.columns(columns, in: context), value: try value.columns(columns, in: context))
    }
}

extension KeysAndValues: Lender {
    /// The first item's keys and values.
    struct Pointer {
        let key, value: UnsafePointer<Float>
        let shape: [Int]

        /// The keys of channels `firstChannel` … of item `item` (or of the only one).
        func keys(item: Int, firstChannel: Int) -> dragon_keys {
            let start = ((shape[0] == 1 ? 0 : item) * shape[1] + firstChannel) * shape[2]
            return dragon_keys(key: key + start, value: value + start, row: shape[2], count: Int32(shape[2]))
        }
    }

    var lent: Pointer {
        Pointer(key: UnsafePointer(key.lent), value: UnsafePointer(value.lent), shape: key.shape)
    }
}

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
        try attention(to: [KeysAndValues(key: key, value: value)], heads: heads, in: context)
    }

    /// The same over the keys of several parts, one softmax running over all of them.
    public func attention(to parts: [KeysAndValues], heads: Int, in context: ComputeContext) throws -> Tensor {
        try attention(to: parts, heads: heads, logSum: nil, in: context)
    }

    /// The same, and what its pullback needs; for a batch of one.
    public func recordedAttention(key: Tensor, value: Tensor, heads: Int, in context: ComputeContext) throws -> AttentionRecord {
        let logSum = try Tensor(uninitialized: [batch, heads, columns], in: context)
        let out = try attention(to: [KeysAndValues(key: key, value: value)], heads: heads, logSum: logSum, in: context)
        return AttentionRecord(query: self, key: key, value: value, out: out, logSum: logSum, heads: heads)
    }

    private func attention(to parts: [KeysAndValues], heads: Int, logSum: Tensor?, in context: ComputeContext) throws -> Tensor {
        try require(heads > 0 && channels % heads == 0 && !parts.isEmpty, "attention heads", expected: [batch, heads, columns])
        for (key, value) in parts.map({ ($0.key.shape, $0.value.shape) }) {
            try require(
                key == value && key.count == 3 && key[1] == channels && (key[0] == batch || key[0] == 1) && key[2] > 0,
                "attention keys", expected: key)
        }
        try context.checkCancellation()
        context.count(operations: 4 * batch * channels * columns * parts.reduce(0) { $0 + $1.key.columns })
        let result = try Tensor(uninitialized: shape, in: context)
        let table = context.kernels.functions
        let depth = channels / heads
        let chunks = (columns + Self.queryChunk - 1) / Self.queryChunk
        var shared = dragon_attention()
        (shared.query_row, shared.out_row) = (columns, columns)
        shared.part_count = Int32(parts.count)
        shared.depth = Int32(depth)
        shared.scale = 1 / Float(depth).squareRoot()
        let scratch = withUnsafePointer(to: shared) { table.products.attention_scratch($0, Int32(min(columns, Self.queryChunk))) }
        try withPointers(self, parts, result, logSum) { query, parts, out, logSum in
            try context.forEach(batch * heads * chunks, scratch: scratch) { task, scratch in
                let head = task / chunks
                let first = task % chunks * Self.queryChunk
                let keys = parts.map { $0.keys(item: head / heads, firstChannel: head % heads * depth) }
                keys.withUnsafeBufferPointer { keys in
                    var attention = shared
                    attention.parts = keys.baseAddress
                    attention.query = query.read + head * depth * columns
                    attention.out = out + head * depth * columns
                    attention.log_sum = logSum.map { $0 + head * columns }
                    table.products.attention(&attention, Int32(first), Int32(min(columns, first + Self.queryChunk)), scratch)
                }
            }
        }
        return result
    }
}
