import DragonTensor
import Foundation
import TestSupport
import Testing

@Suite("Products of whole numbers on every instruction set: each operand is off by half a unit at most, sums are exact")
struct Int16Tests {
    private func context(_ set: InstructionSet, threads: Int = 2) -> ComputeContext {
        ComputeContext(threads: threads, instructionSet: set, precision: .int16)
    }

    /// A product and what it may be off by: each factor half a unit, a 2047th of what is largest in its row or column.
    private struct Rounded {
        var sum = 0.0
        var bound = 0.0

        init(_ count: Int, row: (Int) -> Double, column: (Int) -> Double) {
            var (rowMost, columnMost) = (0.0, 0.0)
            for k in 0..<count { (rowMost, columnMost) = (max(rowMost, abs(row(k))), max(columnMost, abs(column(k)))) }
            let (rowUnit, columnUnit) = (rowMost / 2047, columnMost / 2047)
            for k in 0..<count {
                sum += row(k) * column(k)
                bound += abs(row(k)) * columnUnit / 2 + abs(column(k)) * rowUnit / 2 + rowUnit * columnUnit / 4
            }
        }
    }

    /// Checks that nothing is off by more than it may, and that something is off at all.
    private func check(_ found: [Float], _ expected: [Rounded], sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(found.count == expected.count, sourceLocation: sourceLocation)
        let scale = expected.reduce(0) { max($0, abs($1.sum)) }
        let excess = zip(found, expected).reduce(0.0) { max($0, abs(Double($1.0) - $1.1.sum) - $1.1.bound) }
        #expect(excess <= 2e-6 * scale, sourceLocation: sourceLocation)
        if found.count > 50 { #expect(zip(found, expected).contains { Double($0) != $1.sum }, sourceLocation: sourceLocation) }
    }

    @Test("a linear layer, forward and back", arguments: instructionSets, ElementType.allCases)
    func linear(_ set: InstructionSet, _ type: ElementType) throws {
        let context = context(set)
        var numbers = Numbers(seed: 41)
        // The last depths are of several blocks, and odd.
        for (batch, inner, out, columns) in [
            (1, 1, 1, 1), (2, 7, 5, 3), (1, 301, 33, 77), (3, 40, 100, 16), (1, 64, 29, 1000), (2, 1037, 64, 33), (1, 513, 7, 9),
        ] {
            let (weight, w) = randomWeight([out, inner], type, &numbers)
            let (x, dy) = (numbers.floats(batch * inner * columns), numbers.floats(batch * out * columns))
            let y = try Tensor(x, shape: [batch, inner, columns], in: context).linear(weight, in: context)
            let dx = try Tensor(dy, shape: [batch, out, columns], in: context).linearInputGradient(weight, in: context)
            let indices = { (rows: Int) in (0..<batch * rows * columns).map { ($0 / (rows * columns), $0 / columns % rows, $0 % columns) } }
            check(
                y.values,
                indices(out).map { item, o, n in
                    Rounded(inner, row: { Double(w[o * inner + $0]) }, column: { Double(x[(item * inner + $0) * columns + n]) })
                })
            check(
                dx.values,
                indices(inner).map { item, i, n in
                    Rounded(out, row: { Double(w[$0 * inner + i]) }, column: { Double(dy[(item * out + $0) * columns + n]) })
                })
        }
    }

    @Test("a convolution that is summed directly is off by little", arguments: instructionSets, ElementType.allCases)
    func direct(_ set: InstructionSet, _ type: ElementType) throws {
        let context = context(set)
        var numbers = Numbers(seed: 42)
        for (inner, out, height, width, side, stride, before, after) in [
            (3, 4, 5, 7, 3, 1, 1, 1), (5, 6, 8, 10, 3, 2, 1, 1), (61, 3, 9, 8, 3, 2, 0, 1), (8, 9, 6, 6, 1, 1, 0, 0),
            (3, 5, 12, 16, 5, 1, 2, 2), (130, 3, 5, 6, 3, 1, 1, 1),
        ] {
            let (weight, w) = randomWeight([out, inner, side, side], type, &numbers)
            let x = numbers.floats(inner * height * width)
            let input = try Tensor(x, shape: [1, inner, height, width], in: context)
            let y = try input.convolution(weight, stride: stride, padding: (before, after), in: context)
            let expected = referenceConvolution(
                x, shape: input.shape, weight: w, weightShape: weight.shape, bias: nil, stride: stride, before: before, after: after)
            #expect(relativeError(y.values, expected) < 2e-3, "\(inner)→\(out) window \(side) stride \(stride)")
        }
    }

    /// Half a unit is a 4094th of the largest; the transforms of F(4×4, 3×3) enlarge what is off beside the result about tenfold
    /// (measured on random numbers: 0.4 % on average).
    @Test("minimal filtering is off by little more than rounding, forward and back", arguments: instructionSets, ElementType.allCases)
    func winograd(_ set: InstructionSet, _ type: ElementType) throws {
        try expectMinimalFiltering(type, seed: 43, within: 1.2e-2, in: context(set))
    }

    @Test("attention is off by no more than rounding, small weights of many keys included", arguments: instructionSets)
    func attention(_ set: InstructionSet) throws {
        let rounded = context(set)
        try expectAttention(seed: 44, within: 5e-3, in: rounded)
        // One key has all the weight, whatever the query: its value comes out, and nothing goes back to query and key.
        let q: [Float] = (0..<18).map { Float($0) / 10 - 1 }
        let one = try Tensor(q, shape: [1, 2, 9], in: rounded).recordedAttention(
            key: Tensor([0.3, -0.7], shape: [1, 2, 1], in: rounded), value: Tensor([0.9, -0.4], shape: [1, 2, 1], in: rounded), heads: 1,
            in: rounded)
        let back = try Tensor(q + q, shape: [2, 2, 9], in: rounded).attentionInputGradient(one, ofKeys: true, in: rounded)
        #expect(relativeError(one.out.values, (0..<18).map { $0 < 9 ? 0.9 : -0.4 }) < 5e-3)
        #expect((back.query.values + (back.key?.values ?? [1])).allSatisfy { abs($0) < 5e-3 })
        let sums = [q.prefix(9).reduce(0) { $0 + Double($1) }, q.suffix(9).reduce(0) { $0 + Double($1) }]
        #expect(relativeError(back.value?.values ?? [], sums + sums) < 5e-3)
        // One key weighs all that 4000 others of another sign weigh together, each e⁻⁸ of it: below a level of whole numbers.
        let (depth, keys) = (16, 4001)
        let query = try Tensor(repeating: 1, shape: [1, depth, 5], in: rounded)
        let key = try Tensor((0..<depth * keys).map { $0 % keys == 700 ? 2 : 0 }, shape: [1, depth, keys], in: rounded)
        let value = try Tensor((0..<depth * keys).map { $0 % keys == 700 ? 1 : -1 }, shape: [1, depth, keys], in: rounded)
        let out = try query.recordedAttention(key: key, value: value, heads: 1, in: rounded).out.values
        let others = 4000 * exp(-8.0)
        // The peak's own block of 128 keys may lose its small weights.
        #expect(out.allSatisfy { abs(Double($0) - (1 - others) / (1 + others)) < 2 * 128 * exp(-8.0) / (1 + others) })
    }

    @Test("sums of the largest numbers do not overflow", arguments: instructionSets)
    func overflow(_ set: InstructionSet) throws {
        let context = context(set)
        for (depth, w, x) in [(512, -3.0, 0.7), (1024, 0.5, 0.25), (2047, 1e30, -1e-30)] as [(Int, Float, Float)] {
            let input = try Tensor(repeating: x, shape: [1, depth, 20], in: context)
            let y = try input.linear(Weight(shape: [13, depth], values: Array(repeating: w, count: 13 * depth)), in: context)
            #expect(relativeError(y.values, Array(repeating: Double(depth) * Double(w) * Double(x), count: 260)) < 1e-6)
        }
    }

    @Test("what is no number shows in the result, whatever its bits are; nothing but zeros gives zeros", arguments: instructionSets)
    func notANumber(_ set: InstructionSet) throws {
        let context = context(set)
        for bits: UInt32 in [0x7FFF_FFFF, 0x7F80_0001, 0xFFFF_FFFF, 0x7F80_0000] {
            let x = try Tensor([1, Float(bitPattern: bits), 1], shape: [1, 3, 1], in: context)
            let y = try x.linear(Weight(shape: [1, 3], values: [1, 1, 1]), in: context)
            #expect(!y.values[0].isFinite)
            var picture = [Float](repeating: 1, count: 16 * 16 * 16)
            picture[1000] = Float(bitPattern: bits)
            let filtered = try Tensor(picture, shape: [1, 16, 16, 16], in: context)
                .convolution(Weight(shape: [16, 16, 3, 3], values: [Float](repeating: 0.1, count: 16 * 16 * 9)), in: context)
            #expect(filtered.values.contains { !$0.isFinite })
        }
        let zeros = try Tensor(repeating: 0, shape: [1, 16, 16, 16], in: context)
        let weight = Weight(shape: [16, 16, 3, 3], values: [Float](repeating: 0.1, count: 16 * 16 * 9))
        #expect(try zeros.convolution(weight, in: context).values.allSatisfy { $0 == 0 })
        let ones = Weight(shape: [3, 16], values: [Float](repeating: 1, count: 48))
        #expect(try zeros.linear(ones, in: context).values.allSatisfy { $0 == 0 })
    }

    @Test("the number of threads changes nothing", arguments: instructionSets)
    func threads(_ set: InstructionSet) throws {
        func run(_ threads: Int) throws -> [[Float]] {
            let context = context(set, threads: threads)
            var numbers = Numbers(seed: 45)
            let (filters, _) = randomWeight([48, 35, 3, 3], .float16, &numbers)
            let (weight, _) = randomWeight([48, 35], .float16, &numbers)
            let x = try Tensor(numbers.floats(35 * 30 * 30), shape: [1, 35, 30, 30], in: context)
            return [try x.convolution(filters, in: context).values, try x.linear(weight, in: context).values]
        }
        #expect(try run(1) == run(3))
    }

    @Test("what is asked for is what runs; automatic takes it only where the processor has the instructions")
    func choice() {
        for set in instructionSets {
            #expect(ComputeContext(instructionSet: set, precision: .int16).productFormat == .int16)
            let automatic = ComputeContext(instructionSet: set, precision: .auto).productFormat
            if !set.multipliesInt16 { #expect(automatic != .int16) }
        }
    }
}
