import DragonTensor
import Glibc
import TestSupport
import Testing

func exponential(_ x: Double) -> Double { exp(x) }

@Suite("Norms and pointwise functions agree with their definitions in float64")
struct NormalizationTests {
    @Test("group norm, with and without SiLU, far from zero mean too", arguments: instructionSets)
    func groupNorm(_ set: InstructionSet) throws {
        let context = ComputeContext(threads: 2, instructionSet: set)
        var numbers = Numbers(seed: 6)
        for (batch, channels, groups, height, width) in [(1, 4, 2, 3, 5), (2, 32, 32, 9, 9), (1, 12, 3, 64, 40)] {
            let x = numbers.floats(batch * channels * height * width).map { $0 + 3 }
            let (scale, shift) = (numbers.floats(channels), numbers.floats(channels))
            let input = try Tensor(x, shape: [batch, channels, height, width], in: context)
            for silu in [false, true] {
                let y = try input.groupNorm(
                    groups: groups, scale: Vector(scale), shift: Vector(shift), epsilon: 1e-5, silu: silu, in: context)
                var expected = [Double](repeating: 0, count: x.count)
                let size = channels / groups * height * width
                for group in 0..<(batch * groups) {
                    let part = x[group * size..<(group + 1) * size].map(Double.init)
                    let mean = part.reduce(0, +) / Double(size)
                    let variance = part.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(size)
                    for i in 0..<size {
                        let channel = (group * size + i) / (height * width) % channels
                        let value = (part[i] - mean) / (variance + 1e-5).squareRoot() * Double(scale[channel]) + Double(shift[channel])
                        expected[group * size + i] = silu ? value / (1 + exp(-value)) : value
                    }
                }
                #expect(relativeError(y.values, expected) < 3e-6)
            }
        }
    }

    @Test("layer norm over channels", arguments: instructionSets)
    func layerNorm(_ set: InstructionSet) throws {
        let context = ComputeContext(threads: 2, instructionSet: set)
        var numbers = Numbers(seed: 7)
        let (batch, channels, columns) = (2, 33, 700)
        let x = numbers.floats(batch * channels * columns)
        let (scale, shift) = (numbers.floats(channels), numbers.floats(channels))
        let y = try Tensor(x, shape: [batch, channels, columns], in: context)
            .layerNorm(scale: Vector(scale), shift: Vector(shift), epsilon: 1e-5, in: context)
        var expected = [Double](repeating: 0, count: x.count)
        for item in 0..<batch {
            for n in 0..<columns {
                let column = (0..<channels).map { Double(x[(item * channels + $0) * columns + n]) }
                let mean = column.reduce(0, +) / Double(channels)
                let variance = column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(channels)
                for c in 0..<channels {
                    expected[(item * channels + c) * columns + n] =
                        (column[c] - mean) / (variance + 1e-5).squareRoot() * Double(scale[c]) + Double(shift[c])
                }
            }
        }
        #expect(relativeError(y.values, expected) < 3e-6)
    }

    @Test("activations over the whole range of float32", arguments: instructionSets)
    func activations(_ set: InstructionSet) throws {
        let context = ComputeContext(threads: 2, instructionSet: set)
        var x: [Float] = stride(from: -12, through: 12, by: 0.0137).map { Float($0) }
        x += [0, -0.0, 88, -88, 1e4, -1e4, 1e30, -1e30, 1e-30, .leastNonzeroMagnitude]
        let input = try Tensor(x, shape: [1, 1, x.count], in: context)
        func check(_ y: Tensor, _ f: (Double) -> Double) {
            for (value, found) in zip(x, y.values) {
                let expected = f(Double(value))
                #expect(abs(Double(found) - expected) <= 4e-7 * max(1, abs(expected)), "at \(value)")
            }
        }
        try check(input.silu(in: context)) { $0 / (1 + exp(-$0)) }
        try check(input.gelu(in: context)) { 0.5 * $0 * (1 + erf($0 / 2.0.squareRoot())) }
        try check(input.quickGelu(in: context)) { $0 / (1 + exp(-1.702 * $0)) }
    }
}
