import CKernels

#if canImport(Glibc)
    import Glibc
#endif

extension Tensor {
    private static let chunk = 1 << 15

    /// Where a piece of this tensor starts, and of the other.
    private typealias Operands = (first: UnsafePointer<Float>, second: UnsafePointer<Float>)

    /// Fills a new tensor of this one's shape piece by piece: `body(operands, output, count)`.
    private func pointwise(
        with other: Tensor? = nil, in context: ComputeContext,
        _ body: (Operands, UnsafeMutablePointer<Float>, Int) -> Void
    ) throws -> Tensor {
        try context.checkCancellation()
        let result = try Tensor(uninitialized: shape, in: context)
        let total = result.count
        withPointers(self, other ?? self, result) { first, second, out in
            context.forEach((total + Self.chunk - 1) / Self.chunk) { index in
                let offset = index * Self.chunk
                body((first.read + offset, second.read + offset), out + offset, min(Self.chunk, total - offset))
            }
        }
        return result
    }

    /// x·σ(x).
    public func silu(in context: ComputeContext) throws -> Tensor {
        let run = context.kernels.functions.silu
        return try pointwise(in: context) { run?($0.first, $1, $2) }
    }

    /// max(x, 0).
    public func relu(in context: ComputeContext) throws -> Tensor {
        try pointwise(in: context) { operands, out, count in
            for index in 0..<count { out[index] = max(operands.first[index], 0) }
        }
    }

    /// limit · tanh(x / limit).
    public func softlyLimited(to limit: Float, in context: ComputeContext) throws -> Tensor {
        try pointwise(in: context) { operands, out, count in
            for index in 0..<count { out[index] = limit * Float(tanh(Double(operands.first[index] / limit))) }
        }
    }

    /// x·Φ(x), with the normal distribution's exact Φ.
    public func gelu(in context: ComputeContext) throws -> Tensor {
        let run = context.kernels.functions.gelu
        return try pointwise(in: context) { run?($0.first, $1, $2) }
    }

    /// x·σ(1.702·x), as CLIP's first models have it.
    public func quickGelu(in context: ComputeContext) throws -> Tensor {
        let run = context.kernels.functions.quick_gelu
        return try pointwise(in: context) { run?($0.first, $1, $2) }
    }

    /// GEGLU (Shazeer, 2020): the first half of the channels times gelu of the second.
    public func gatedGelu(in context: ComputeContext) throws -> Tensor {
        try require(channels % 2 == 0, "GEGLU", expected: [batch, channels + 1] + shape.dropFirst(2))
        try context.checkCancellation()
        let result = try Tensor(uninitialized: [batch, channels / 2] + shape.dropFirst(2), in: context)
        let run = context.kernels.functions.gated_gelu
        let half = channels / 2
        withPointers(self, result) { source, target in
            context.forEach(batch * half) { index in
                let value = source + (index / half * channels + index % half) * columns
                run?(value, value + half * columns, target + index * columns, columns)
            }
        }
        return result
    }

    /// The sum of two tensors of one shape.
    public func adding(_ other: Tensor, in context: ComputeContext) throws -> Tensor {
        try other.require(other.count == count, "sum", expected: shape)
        let run = context.kernels.functions.add
        return try pointwise(with: other, in: context) { run?($0.first, $0.second, $1, $2) }
    }

    /// `a·self + b·other`.
    public func scaled(by a: Float, adding other: Tensor, scaledBy b: Float, in context: ComputeContext) throws -> Tensor {
        try other.require(other.count == count, "weighted sum", expected: shape)
        let run = context.kernels.functions.scale_add
        return try pointwise(with: other, in: context) { run?($0.first, a, $0.second, b, $1, $2) }
    }

    /// Each element times `factor`.
    public func scaled(by factor: Float, in context: ComputeContext) throws -> Tensor {
        try scaled(by: factor, adding: self, scaledBy: 0, in: context)
    }
}
