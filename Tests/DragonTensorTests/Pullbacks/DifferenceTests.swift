import DragonTensor
import TestSupport
import Testing

@Suite("Pullbacks agree with central differences of the definitions, on every instruction set")
struct DifferenceTests {
    private let tolerance = 1e-4

    private func row(_ values: [Float], _ shape: [Int], _ context: ComputeContext) throws -> Tensor {
        try Tensor(values, shape: shape, in: context)
    }

    @Test("linear layers and convolutions, windows of 1 and 3, stride 2 by spreading", arguments: instructionSets)
    func linearOperators(_ set: InstructionSet) throws {
        let context = ComputeContext(threads: 2, instructionSet: set)
        var numbers = Numbers(seed: 31)
        // in, out, height, width, window, stride; the fourth and the last go through minimal filtering on the way back.
        let cases = [
            (3, 4, 5, 7, 3, 1), (2, 3, 1, 1, 3, 1), (4, 3, 3, 5, 1, 1), (16, 17, 9, 14, 3, 1), (3, 2, 7, 4, 3, 2), (2, 3, 1, 5, 3, 2),
            (16, 16, 13, 11, 3, 2),
        ]
        for (inner, out, height, width, side, stride) in cases {
            let (weight, w) = randomWeight([out, inner, side, side], .float32, &numbers)
            let shape = [1, inner, height, width]
            let (outHeight, outWidth) = ((height - 1) / stride + 1, (width - 1) / stride + 1)
            let dy = numbers.floats(out * outHeight * outWidth)
            // Every input once, by the definition itself.
            let expected = impulses(count: inner * height * width, dy) {
                referenceConvolution(
                    $0, shape: shape, weight: w, weightShape: weight.shape, bias: nil, stride: stride, before: side / 2, after: side / 2
                ).map { Float($0) }
            }
            let cotangent = try row(dy, [1, out, outHeight, outWidth], context)
            let dense = stride == 1 ? cotangent : try cotangent.insertingZeros(height: height, width: width, in: context)
            let dx = try dense.convolutionInputGradient(weight, in: context)
            #expect(dx.shape == shape)
            #expect(relativeError(dx.values, expected) < tolerance, "\(inner)→\(out) \(height)×\(width) window \(side) stride \(stride)")
            let extra = numbers.floats(dx.count)
            let sum = try dense.convolutionInputGradient(weight, residual: row(extra, shape, context), in: context)
            #expect(relativeError(sum.values, zip(expected, extra).map { $0 + Double($1) }) < tolerance)
        }
    }

    @Test("group norm, with and without SiLU, for two cotangents", arguments: instructionSets)
    func groupNorm(_ set: InstructionSet) throws {
        let context = ComputeContext(threads: 2, instructionSet: set)
        var numbers = Numbers(seed: 32)
        for (channels, groups, columns, silu) in [(6, 3, 5, false), (6, 3, 5, true), (4, 1, 19, true), (3, 3, 33, true), (6, 1, 1, false)] {
            let x = numbers.floats(channels * columns).map { $0 * 2 + 1 }
            let (scale, shift, dy) = (numbers.floats(channels), numbers.floats(channels), numbers.floats(2 * x.count))
            let expected = [dy[..<x.count], dy[x.count...]].flatMap { half in
                differences(
                    of: { Definition.groupNorm($0, groups: groups, scale: scale, shift: shift, epsilon: 1e-5, silu: silu) }, at: x,
                    Array(half))
            }
            let input = try row(x, [1, channels, columns], context)
            let extra = numbers.floats(dy.count)
            for residual in [nil, extra] {
                let dx = try row(dy, [2, channels, columns], context).groupNormInputGradient(
                    of: input, groups: groups, scale: Vector(scale), shift: Vector(shift), epsilon: 1e-5, silu: silu,
                    adding: residual.map { try row($0, [2, channels, columns], context) }, in: context)
                let wanted = residual.map { zip(expected, $0).map { $0 + Double($1) } } ?? expected
                #expect(relativeError(dx.values, wanted) < tolerance, "\(channels) channels, \(columns) columns, SiLU \(silu)")
            }
        }
    }

    @Test("layer norm, for two cotangents", arguments: instructionSets)
    func layerNorm(_ set: InstructionSet) throws {
        let context = ComputeContext(threads: 2, instructionSet: set)
        var numbers = Numbers(seed: 33)
        for (channels, columns) in [(5, 3), (33, 1), (3, 37)] {
            let x = numbers.floats(channels * columns).map { $0 + 2 }
            let (scale, shift, dy) = (numbers.floats(channels), numbers.floats(channels), numbers.floats(2 * x.count))
            let extra = numbers.floats(dy.count)
            let expected = [dy[..<x.count], dy[x.count...]].flatMap { half in
                differences(of: { Definition.layerNorm($0, scale: scale, shift: shift, epsilon: 1e-5) }, at: x, Array(half))
            }
            let dx = try row(dy, [2, channels, columns], context).layerNormInputGradient(
                of: row(x, [1, channels, columns], context), scale: Vector(scale), epsilon: 1e-5,
                adding: row(extra, [2, channels, columns], context), in: context)
            #expect(relativeError(dx.values, zip(expected, extra).map { $0 + Double($1) }) < tolerance, "\(channels) × \(columns)")
        }
    }

    @Test("GEGLU, for two cotangents, far out too", arguments: instructionSets)
    func gatedGelu(_ set: InstructionSet) throws {
        let context = ComputeContext(threads: 2, instructionSet: set)
        var numbers = Numbers(seed: 34)
        let (channels, columns) = (3, 41)
        let x = numbers.floats(2 * channels * columns).map { $0 * 6 }
        let dy = numbers.floats(2 * channels * columns)
        let count = channels * columns
        let expected = [dy[..<count], dy[count...]].flatMap { differences(of: Definition.gatedGelu, at: x, Array($0)) }
        let dx = try row(dy, [2, channels, columns], context).gatedGeluInputGradient(
            of: row(x, [1, 2 * channels, columns], context), in: context)
        #expect(relativeError(dx.values, expected) < tolerance)
    }

    @Test("attention, with more and fewer keys than queries, for two cotangents", arguments: instructionSets)
    func attention(_ set: InstructionSet) throws {
        let context = ComputeContext(threads: 2, instructionSet: set)
        var numbers = Numbers(seed: 35)
        for (heads, depth, queries, keys) in [(1, 1, 1, 1), (2, 3, 7, 5), (1, 5, 4, 19), (3, 2, 17, 3)] {
            let size = (q: heads * depth * queries, k: heads * depth * keys)
            let x = numbers.floats(size.q + 2 * size.k).map { $0 * 2 }
            let dy = numbers.floats(2 * size.q)
            let expected = [dy[..<size.q], dy[size.q...]].map { half in
                differences(
                    of: { Definition.attention($0, heads: heads, depth: depth, queries: queries, keys: keys) }, at: x, Array(half))
            }
            let record = try row(Array(x[..<size.q]), [1, heads * depth, queries], context).recordedAttention(
                key: row(Array(x[size.q..<size.q + size.k]), [1, heads * depth, keys], context),
                value: row(Array(x[(size.q + size.k)...]), [1, heads * depth, keys], context), heads: heads, in: context)
            let cotangents = try row(dy, [2, heads * depth, queries], context)
            let found = try cotangents.attentionInputGradient(record, ofKeys: true, in: context)
            let parts = [(found.query, 0..<size.q), (try #require(found.key), size.q..<size.q + size.k)]
            for (tensor, range) in parts + [(try #require(found.value), size.q + size.k..<x.count)] {
                let wanted = expected.flatMap { $0[range] }
                #expect(absoluteError(tensor.values, wanted) < tolerance * largest(expected), "\(heads)·\(depth), \(queries) to \(keys)")
            }
            let alone = try cotangents.attentionInputGradient(record, ofKeys: false, in: context)
            #expect(alone.query.values == found.query.values && alone.key == nil && alone.value == nil)
        }
    }

    @Test("resampling and rearranging: every input counts where it went", arguments: instructionSets)
    func rearrangement(_ set: InstructionSet) throws {
        let context = ComputeContext(threads: 2, instructionSet: set)
        var numbers = Numbers(seed: 36)
        for (channels, height, width) in [(1, 1, 1), (2, 3, 5)] {
            let shape = [1, channels, height, width]
            let dy = numbers.floats(4 * channels * height * width)
            let expected = try impulses(count: dy.count / 4, dy) { try row($0, shape, context).upsampledNearest(in: context).values }
            let dx = try row(dy, [1, channels, 2 * height, 2 * width], context).upsampledNearestInputGradient(in: context)
            #expect(relativeError(dx.values, expected) < 1e-6)
        }
        // A split by channels is the pullback of a concatenation, items apart.
        let (a, b) = (numbers.floats(2 * 3 * 4), numbers.floats(2 * 2 * 4))
        let both = try row(a, [2, 3, 4], context).concatenatingChannels(row(b, [2, 2, 4], context), in: context)
        #expect(try both.channels(0..<3, in: context).values == a)
        #expect(try both.channels(3..<5, in: context).values == b)
        let picked = try row([0, 1, 2, 3, 10, 11, 12, 13], [1, 2, 4], context).columns([3, 0, 3], in: context)
        #expect(picked.shape == [1, 2, 3] && picked.values == [3, 0, 3, 13, 10, 13])
    }

    @Test("shapes that do not fit are refused, not read beyond")
    func misfits() throws {
        let context = ComputeContext(threads: 1)
        let x = try Tensor(repeating: 1, shape: [1, 4, 3, 3], in: context)
        let one = Vector([1, 1, 1, 1])
        let odd = try Tensor(repeating: 1, shape: [1, 5, 3, 3], in: context)
        #expect(throws: TensorError.self) {
            try odd.groupNormInputGradient(of: x, groups: 2, scale: one, shift: one, epsilon: 1e-5, in: context)
        }
        #expect(throws: TensorError.self) { try odd.layerNormInputGradient(of: x, scale: one, epsilon: 1e-5, in: context) }
        #expect(throws: TensorError.self) { try odd.gatedGeluInputGradient(of: x, in: context) }
        #expect(throws: TensorError.self) { try x.upsampledNearestInputGradient(in: context) }
        #expect(throws: TensorError.self) { try x.insertingZeros(height: 4, width: 5, in: context) }
        #expect(throws: TensorError.self) { try x.columns([9], in: context) }
        #expect(throws: TensorError.self) { try x.channels(2..<5, in: context) }
        #expect(throws: TensorError.self) { try x.linearInputGradient(Weight(shape: [3, 2], values: [1, 2, 3, 4, 5, 6]), in: context) }
        let record = try x.reshaped([1, 4, 9]).recordedAttention(
            key: x.reshaped([1, 4, 9]), value: x.reshaped([1, 4, 9]), heads: 2, in: context)
        #expect(throws: TensorError.self) { try odd.reshaped([1, 5, 9]).attentionInputGradient(record, ofKeys: true, in: context) }
    }
}

private func largest(_ lists: [[Double]]) -> Double { lists.joined().reduce(1e-30) { max($0, abs($1)) } }

private func absoluteError(_ found: [Float], _ expected: [Double]) -> Double {
    guard found.count == expected.count else { return .infinity }
    return zip(found, expected).reduce(0) { max($0, $1.0.isNaN ? .infinity : abs(Double($1.0) - $1.1)) }
}
