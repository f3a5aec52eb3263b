import DragonTensor
import TestSupport
import Testing

/// What the nearest bfloat16 is, ties to even: by halves of the last place, not by bits.
func nearestBFloat(_ value: Float) -> Float {
    let lower = Float(bitPattern: value.bitPattern & 0xFFFF_0000)
    let upper = Float(bitPattern: (value.bitPattern & 0xFFFF_0000) + 0x1_0000)
    let (down, up) = (abs(Double(value) - Double(lower)), abs(Double(upper) - Double(value)))
    if down != up { return down < up ? lower : upper }
    return lower.bitPattern >> 16 & 1 == 0 ? lower : upper
}

@Suite("Products of bfloat16 on every instruction set: their operands are rounded, their sums are not")
struct BFloatTests {
    private func context(_ set: InstructionSet, threads: Int = 2) -> ComputeContext {
        ComputeContext(threads: threads, instructionSet: set, precision: .bf16)
    }

    @Test("a linear layer is the sum of rounded numbers' products", arguments: instructionSets, ElementType.allCases)
    func linear(_ set: InstructionSet, _ type: ElementType) throws {
        let context = context(set)
        var numbers = Numbers(seed: 31)
        for (batch, inner, out, columns) in [
            (1, 1, 1, 1), (2, 7, 5, 3), (1, 301, 33, 77), (3, 40, 100, 16), (1, 64, 29, 1000), (2, 1037, 64, 33),
        ] {
            let (weight, w) = randomWeight([out, inner], type, &numbers)
            let (x, dy) = (numbers.floats(batch * inner * columns), numbers.floats(batch * out * columns))
            let (roundedW, roundedX, roundedDy) = (w.map(nearestBFloat), x.map(nearestBFloat), dy.map(nearestBFloat))
            let y = try Tensor(x, shape: [batch, inner, columns], in: context).linear(weight, in: context)
            let dx = try Tensor(dy, shape: [batch, out, columns], in: context).linearInputGradient(weight, in: context)
            func sum(_ item: Int, _ o: Int, _ n: Int) -> Double {
                (0..<inner).reduce(0) { $0 + Double(roundedW[o * inner + $1]) * Double(roundedX[(item * inner + $1) * columns + n]) }
            }
            func gradient(_ item: Int, _ i: Int, _ n: Int) -> Double {
                (0..<out).reduce(0) { $0 + Double(roundedW[$1 * inner + i]) * Double(roundedDy[(item * out + $1) * columns + n]) }
            }
            let indices = { (rows: Int) in (0..<batch * rows * columns).map { ($0 / (rows * columns), $0 / columns % rows, $0 % columns) } }
            #expect(relativeError(y.values, indices(out).map(sum)) < 2e-6)
            #expect(relativeError(dx.values, indices(inner).map(gradient)) < 2e-6)
        }
    }

    @Test("a convolution that is summed directly is that of rounded numbers", arguments: instructionSets, ElementType.allCases)
    func direct(_ set: InstructionSet, _ type: ElementType) throws {
        let context = context(set)
        var numbers = Numbers(seed: 32)
        // in, out, height, width, side, stride, before, after
        for (inner, out, height, width, side, stride, before, after) in [
            (3, 4, 5, 7, 3, 1, 1, 1), (5, 6, 8, 10, 3, 2, 1, 1), (61, 3, 9, 8, 3, 2, 0, 1), (8, 9, 6, 6, 1, 1, 0, 0),
            (3, 5, 12, 16, 5, 1, 2, 2),
        ] {
            let (weight, w) = randomWeight([out, inner, side, side], type, &numbers)
            let x = numbers.floats(inner * height * width)
            let input = try Tensor(x, shape: [1, inner, height, width], in: context)
            let y = try input.convolution(weight, stride: stride, padding: (before, after), in: context)
            let expected = referenceConvolution(
                x.map(nearestBFloat), shape: input.shape, weight: w.map(nearestBFloat), weightShape: weight.shape, bias: nil,
                stride: stride, before: before, after: after)
            #expect(relativeError(y.values, expected) < 2e-6, "\(inner)→\(out) window \(side) stride \(stride)")
        }
    }

    /// Each transformed operand is off by 2⁻⁹ of itself at most; the transforms of F(2×4, 3×3) enlarge what is off beside the result
    /// about fivefold (measured on random numbers: 0.7 % on average, where the direct sum has 0.23 %).
    @Test("minimal filtering is off by little more than rounding, forward and back", arguments: instructionSets, ElementType.allCases)
    func winograd(_ set: InstructionSet, _ type: ElementType) throws {
        try expectMinimalFiltering(type, seed: 33, within: 1.5e-2, in: context(set))
    }

    @Test("attention and its pullback are off by no more than rounding", arguments: instructionSets)
    func attention(_ set: InstructionSet) throws {
        try expectAttention(seed: 34, within: 1.5e-2, in: context(set))
    }

    @Test("what is no number stays none, whatever its bits are", arguments: instructionSets)
    func notANumber(_ set: InstructionSet) throws {
        let context = context(set)
        for bits: UInt32 in [0x7FFF_FFFF, 0x7F80_0001, 0xFFFF_FFFF, 0x7F80_0000] {
            let x = try Tensor([1, Float(bitPattern: bits), 1], shape: [1, 3, 1], in: context)
            let y = try x.linear(Weight(shape: [1, 3], values: [1, 1, 1]), in: context)
            #expect(!y.values[0].isFinite)
        }
    }

    @Test("the number of threads changes nothing", arguments: instructionSets)
    func threads(_ set: InstructionSet) throws {
        func run(_ threads: Int) throws -> [Float] {
            let context = context(set, threads: threads)
            var numbers = Numbers(seed: 35)
            let (weight, _) = randomWeight([48, 35, 3, 3], .float16, &numbers)
            let x = try Tensor(numbers.floats(35 * 30 * 30), shape: [1, 35, 30, 30], in: context)
            return try x.convolution(weight, in: context).values
        }
        #expect(try run(1) == run(3))
    }

    @Test("what is asked for is what runs; automatic takes it only where the processor has the instruction")
    func choice() {
        for set in instructionSets {
            #expect(ComputeContext(instructionSet: set).productFormat == .float32)
            #expect(ComputeContext(instructionSet: set, precision: .bf16).productFormat == .bfloat16)
            if !set.multipliesBFloat16 { #expect(ComputeContext(instructionSet: set, precision: .auto).productFormat != .bfloat16) }
        }
    }
}
