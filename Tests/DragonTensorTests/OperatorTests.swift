import DragonTensor
import TestSupport
import Testing

@Suite("Operators agree with their definitions in float64, on every instruction set")
struct OperatorTests {
    @Test("a linear layer, forward and back", arguments: instructionSets, ElementType.allCases)
    func linear(_ set: InstructionSet, _ type: ElementType) throws {
        let context = ComputeContext(threads: 2, instructionSet: set)
        var numbers = Numbers(seed: 1)
        for (batch, inner, out, columns) in [
            (1, 1, 1, 1), (2, 7, 5, 3), (1, 300, 33, 77), (3, 40, 100, 16), (1, 64, 29, 1000), (2, 520, 64, 33),
        ] {
            let (weight, w) = randomWeight([out, inner], type, &numbers)
            let x = numbers.floats(batch * inner * columns)
            let b = numbers.floats(out)
            let y = try Tensor(x, shape: [batch, inner, columns], in: context).linear(weight, bias: Vector(b), in: context)
            var expected: [Double] = []
            for item in 0..<batch {
                for o in 0..<out {
                    for n in 0..<columns {
                        expected.append(
                            (0..<inner).reduce(Double(b[o])) {
                                $0 + Double(w[o * inner + $1]) * Double(x[(item * inner + $1) * columns + n])
                            })
                    }
                }
            }
            #expect(relativeError(y.values, expected) < 2e-6)
            let dy = numbers.floats(batch * out * columns)
            let dx = try Tensor(dy, shape: [batch, out, columns], in: context).linearInputGradient(weight, in: context)
            #expect(abs(dot(dx.values, x) - dot(dy, y.values) + biasTerm(dy, b, batch, columns)) < 1e-5 * max(1, dot(dy, dy)))
        }
    }

    @Test("OpenBLAS, where it is installed, agrees with the kernels", arguments: ElementType.allCases)
    func openBLAS(_ type: ElementType) throws {
        let (ours, theirs) = (ComputeContext(threads: 2), ComputeContext(threads: 2, products: .openBLAS))
        var numbers = Numbers(seed: 9)
        let (weight, _) = randomWeight([65, 130], type, &numbers)
        let (bias, x) = (Vector(numbers.floats(65)), numbers.floats(2 * 130 * 77))
        let extra = numbers.floats(2 * 65 * 77)
        func run(_ context: ComputeContext) throws -> (Tensor, Tensor) {
            let y = try Tensor(x, shape: [2, 130, 77], in: context).linear(
                weight, bias: bias, residual: Tensor(extra, shape: [2, 65, 77], in: context), in: context)
            return (y, try y.linearInputGradient(weight, in: context))
        }
        let (a, b) = (try run(ours), try run(theirs))
        #expect(relativeError(b.0.values, a.0.values.map(Double.init)) < 2e-6)
        #expect(relativeError(b.1.values, a.1.values.map(Double.init)) < 2e-6)
    }

    @Test("convolutions of every kind: windows, strides, paddings, residuals", arguments: instructionSets, ElementType.allCases)
    func convolution(_ set: InstructionSet, _ type: ElementType) throws {
        let context = ComputeContext(threads: 2, instructionSet: set)
        var numbers = Numbers(seed: 2)
        // batch, in, out, height, width, side, stride, before, after
        let cases = [
            (1, 3, 4, 5, 7, 3, 1, 1, 1), (2, 20, 17, 16, 16, 3, 1, 1, 1), (1, 33, 18, 18, 50, 3, 1, 1, 1), (2, 16, 20, 8, 8, 3, 1, 1, 1),
            (1, 17, 16, 13, 22, 3, 1, 1, 1), (1, 5, 6, 8, 10, 3, 2, 1, 1), (2, 4, 3, 9, 8, 3, 2, 0, 1), (1, 8, 9, 6, 6, 1, 1, 0, 0),
            (1, 3, 5, 16, 24, 1, 2, 0, 0), (1, 280, 16, 16, 16, 3, 1, 1, 1), (1, 2, 2, 1, 1, 3, 1, 1, 1),
        ]
        for (batch, inner, out, height, width, side, stride, before, after) in cases {
            let (weight, w) = randomWeight([out, inner, side, side], type, &numbers)
            let x = numbers.floats(batch * inner * height * width)
            let b = numbers.floats(out)
            let input = try Tensor(x, shape: [batch, inner, height, width], in: context)
            let y = try input.convolution(weight, bias: Vector(b), stride: stride, padding: (before, after), in: context)
            let expected = referenceConvolution(
                x, shape: input.shape, weight: w, weightShape: weight.shape, bias: b, stride: stride, before: before, after: after)
            #expect(relativeError(y.values, expected) < 1e-5, "\(inner)→\(out) \(height)×\(width) window \(side) stride \(stride)")
            let extra = numbers.floats(y.count)
            let sum = try input.convolution(
                weight, bias: Vector(b), stride: stride, padding: (before, after),
                residual: Tensor(extra, shape: y.shape, in: context), in: context)
            #expect(relativeError(sum.values, zip(expected, extra).map { $0 + Double($1) }) < 1e-5)
        }
    }

    @Test("a convolution's pullback is its transpose", arguments: instructionSets, ElementType.allCases)
    func convolutionPullback(_ set: InstructionSet, _ type: ElementType) throws {
        let context = ComputeContext(threads: 2, instructionSet: set)
        var numbers = Numbers(seed: 3)
        for (batch, inner, out, height, width, side) in [
            (1, 3, 4, 5, 7, 3), (2, 20, 17, 16, 16, 3), (1, 33, 18, 18, 50, 3), (1, 6, 5, 4, 4, 1), (1, 40, 300, 4, 4, 3),
        ] {
            let (weight, _) = randomWeight([out, inner, side, side], type, &numbers)
            let x = try Tensor(numbers.floats(batch * inner * height * width), shape: [batch, inner, height, width], in: context)
            let dy = try Tensor(numbers.floats(batch * out * height * width), shape: [batch, out, height, width], in: context)
            let forward = try dot(x.convolution(weight, in: context).values, dy.values)
            let back = try dot(dy.convolutionInputGradient(weight, in: context).values, x.values)
            #expect(abs(forward - back) < 2e-5 * Double(x.count + dy.count).squareRoot() * Double(inner).squareRoot())
        }
    }

    @Test("attention, with more and fewer keys than queries", arguments: instructionSets)
    func attention(_ set: InstructionSet) throws {
        let context = ComputeContext(threads: 2, instructionSet: set)
        var numbers = Numbers(seed: 4)
        for (batch, heads, depth, queries, keys) in [(1, 1, 1, 1, 1), (2, 3, 8, 33, 77), (1, 2, 40, 600, 300), (1, 4, 17, 5, 129)] {
            let q = numbers.floats(batch * heads * depth * queries).map { $0 * 4 }
            let k = numbers.floats(batch * heads * depth * keys)
            let v = numbers.floats(batch * heads * depth * keys)
            let out = try Tensor(q, shape: [batch, heads * depth, queries], in: context).attention(
                key: Tensor(k, shape: [batch, heads * depth, keys], in: context),
                value: Tensor(v, shape: [batch, heads * depth, keys], in: context), heads: heads, in: context)
            #expect(relativeError(out.values, referenceAttention(q, k, v, batch * heads, depth, queries, keys, causal: false)) < 3e-6)
        }
    }

    @Test("causal attention hides later tokens")
    func causalAttention() throws {
        let context = ComputeContext(threads: 2)
        var numbers = Numbers(seed: 5)
        let (heads, depth, tokens) = (3, 8, 77)
        let parts = (0..<3).map { _ in numbers.floats(heads * depth * tokens) }
        let tensors = try parts.map { try Tensor($0, shape: [1, heads * depth, tokens], in: context) }
        let out = try tensors[0].causalAttention(key: tensors[1], value: tensors[2], heads: heads, in: context)
        let expected = referenceAttention(parts[0], parts[1], parts[2], heads, depth, tokens, tokens, causal: true)
        #expect(relativeError(out.values, expected) < 3e-6)
    }
}

/// The inner product, in float64.
func dot(_ a: [Float], _ b: [Float]) -> Double { zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) } }

private func biasTerm(_ dy: [Float], _ bias: [Float], _ batch: Int, _ columns: Int) -> Double {
    var sum = 0.0
    for index in dy.indices { sum += Double(dy[index]) * Double(bias[index / columns % bias.count]) }
    return sum
}

private func referenceAttention(
    _ q: [Float], _ k: [Float], _ v: [Float], _ heads: Int, _ depth: Int, _ queries: Int, _ keys: Int, causal: Bool
) -> [Double] {
    var out = [Double](repeating: 0, count: heads * depth * queries)
    for head in 0..<heads {
        for i in 0..<queries {
            let visible = causal ? i + 1 : keys
            var scores = (0..<visible).map { j in
                (0..<depth).reduce(0.0) { $0 + Double(q[(head * depth + $1) * queries + i]) * Double(k[(head * depth + $1) * keys + j]) }
                    / Double(depth).squareRoot()
            }
            let top = scores.max() ?? 0
            scores = scores.map { exponential($0 - top) }
            let sum = scores.reduce(0, +)
            for c in 0..<depth {
                out[(head * depth + c) * queries + i] =
                    (0..<visible).reduce(0.0) { $0 + scores[$1] * Double(v[(head * depth + c) * keys + $1]) } / sum
            }
        }
    }
    return out
}
