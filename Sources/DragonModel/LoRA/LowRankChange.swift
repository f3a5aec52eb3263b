import DragonTensor

/// The change of one weight: scale · up · down for a linear layer or a convolution (LoCon), or scale · up · middle · down for a
/// convolution in three factors.
struct LowRankChange: Sendable {
    /// `[rank, in]`, or `[rank, in, side, side]`.
    let down: Weight
    /// `[rank, rank, side, side]`; then `down` is 1×1.
    let middle: Weight?
    /// `[out, rank]`, trailing sides of one.
    let up: Weight
    let scale: Float
    /// A key of it in its file, for messages.
    let key: String
    let file: String

    private var rank: Int { down.shape.first ?? 0 }
    private var inputs: Int { down.shape.count > 1 ? down.shape[1] : 0 }

    /// Throws unless the product has the shape of a weight.
    ///
    /// - Throws: ``ModelError/shapeMismatch(key:expected:found:file:)``.
    func check(against shape: [Int]) throws(ModelError) {
        func mismatch(_ found: [Int]) -> ModelError { .shapeMismatch(key: key, expected: shape, found: found, file: file) }
        guard rank > 0, down.shape.count >= 2, up.shape.count >= 2, up.shape[1] == rank, up.shape[2...].allSatisfy({ $0 == 1 }) else {
            throw mismatch(down.shape)
        }
        if let middle {
            guard middle.shape.count == 4, middle.shape[0] == rank, middle.shape[1] == rank, down.count == rank * inputs else {
                throw mismatch(middle.shape)
            }
        }
        let found = [up.shape[0], inputs] + (middle.map { Array($0.shape[2...]) } ?? Array(down.shape[2...]))
        // A 1×1 convolution and a linear layer have the same numbers.
        guard found[0] == shape.first, found.filter({ $0 != 1 }) == shape.filter({ $0 != 1 }) else { throw mismatch(found) }
    }

    /// Some rows of the change, `[1, rows, in·side²]`, plus another one's.
    ///
    /// - Parameter inner: ``inner(in:)``, which all rows share.
    func product(_ rows: Range<Int>, of inner: Tensor, adding other: Tensor?, in context: ComputeContext) throws -> Tensor {
        try inner.linear(up.reshaped([up.shape[0], rank]).rows(rows), residual: other, in: context)
    }

    /// What `up` is applied to, times the scale: `[1, rank, in·side²]`.
    func inner(in context: ComputeContext) throws -> Tensor { try unscaled(in: context).scaled(by: scale, in: context) }

    private func unscaled(in context: ComputeContext) throws -> Tensor {
        let first = try Tensor(down.floats(), shape: [1, rank, down.count / rank], in: context)
        guard let middle else { return first }
        let area = middle.count / (rank * rank)
        // [r, s, p] to [r·p, s], times [s, in], to [r, in, p].
        let (taps, inputs, source) = (rank * area, inputs, middle.floats())
        let turned = (0..<taps * rank).map { source[($0 / rank / area * rank + $0 % rank) * area + $0 / rank % area] }
        let values = try first.linear(Weight(shape: [taps, rank], values: turned), in: context).values
        let ordered = (0..<values.count).map { at in
            let (r, i, p) = (at / (inputs * area), at / area % inputs, at % area)
            return values[(r * area + p) * inputs + i]
        }
        return try Tensor(ordered, shape: [1, rank, inputs * area], in: context)
    }
}
