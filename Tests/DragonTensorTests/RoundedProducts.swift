import DragonTensor
import TestSupport
import Testing

/// Minimal filtering with rounded products beside the direct sum in float64, forward and back.
func expectMinimalFiltering(_ type: ElementType, seed: UInt64, within bound: Double, in context: ComputeContext) throws {
    var numbers = Numbers(seed: seed)
    for (batch, inner, out, height, width) in [(2, 20, 17, 16, 16), (1, 33, 18, 17, 50), (1, 17, 16, 13, 22), (1, 600, 16, 16, 16)] {
        let (weight, w) = randomWeight([out, inner, 3, 3], type, &numbers)
        let x = numbers.floats(batch * inner * height * width)
        let input = try Tensor(x, shape: [batch, inner, height, width], in: context)
        let extra = numbers.floats(batch * out * height * width)
        let bias = numbers.floats(out)
        let y = try input.convolution(
            weight, bias: Vector(bias), residual: Tensor(extra, shape: [batch, out, height, width], in: context), in: context)
        let sums = referenceConvolution(
            x, shape: input.shape, weight: w, weightShape: weight.shape, bias: bias, stride: 1, before: 1, after: 1)
        #expect(relativeError(y.values, zip(sums, extra).map { $0 + Double($1) }) < bound)
        // ⟨dx, x⟩ = ⟨dy, W x⟩, both sums of thousands of terms.
        let dy = numbers.floats(y.count)
        let dx = try Tensor(dy, shape: y.shape, in: context).convolutionInputGradient(weight, in: context)
        let unbiased = referenceConvolution(
            x, shape: input.shape, weight: w, weightShape: weight.shape, bias: nil, stride: 1, before: 1, after: 1)
        let expected = zip(dy, unbiased).reduce(0) { $0 + Double($1.0) * $1.1 }
        let size = (dy.reduce(0) { $0 + Double($1) * Double($1) } * unbiased.reduce(0) { $0 + $1 * $1 }).squareRoot()
        #expect(abs(dot(dx.values, x) - expected) < 1e-2 * size)
    }
}

/// Attention and its pullback with rounded products beside those of float32.
func expectAttention(seed: UInt64, within bound: Double, in rounded: ComputeContext) throws {
    let exact = ComputeContext(rounded, precision: .fp32)
    var numbers = Numbers(seed: seed)
    for (heads, depth, queries, keys) in [(1, 1, 1, 3), (2, 5, 33, 131), (3, 40, 70, 300), (2, 8, 129, 2)] {
        let q = numbers.floats(heads * depth * queries)
        let (k, v) = (numbers.floats(heads * depth * keys), numbers.floats(heads * depth * keys))
        let dy = numbers.floats(2 * heads * depth * queries)
        func run(_ context: ComputeContext) throws -> [[Float]] {
            let query = try Tensor(q, shape: [1, heads * depth, queries], in: context)
            let key = try Tensor(k, shape: [1, heads * depth, keys], in: context)
            let value = try Tensor(v, shape: [1, heads * depth, keys], in: context)
            let record = try query.recordedAttention(key: key, value: value, heads: heads, in: context)
            let gradient = try Tensor(dy, shape: [2, heads * depth, queries], in: context)
                .attentionInputGradient(record, ofKeys: true, in: context)
            return [record.out, gradient.query, gradient.key, gradient.value].compactMap { $0?.values }
        }
        for (a, b) in zip(try run(rounded), try run(exact)) { #expect(relativeError(a, b.map(Double.init)) < bound) }
    }
}
