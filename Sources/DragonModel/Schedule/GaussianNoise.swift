import DragonTensor

#if canImport(Glibc)
    import Glibc
#endif

/// Normally distributed numbers that depend on a seed and a position alone: Philox 4×32 with 10 rounds (Salmon et al.,
/// 2011) and the Box–Muller transform.
public struct GaussianNoise: Sendable {
    private let key: (UInt32, UInt32)
    /// Distinguishes independent streams of one seed.
    private let stream: UInt32

    /// The noise of `seed`; each `stream` of it is independent of the others.
    public init(seed: UInt64, stream: UInt32 = 0) {
        key = (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
        self.stream = stream
    }

    /// The first `count` numbers, mean 0 and variance 1.
    public func floats(_ count: Int) -> [Float] {
        var result: [Float] = []
        result.reserveCapacity(count + 3)
        for block in 0..<((count + 3) / 4) {
            let random = Self.philox(counter: [UInt32(truncatingIfNeeded: block), UInt32(truncatingIfNeeded: block >> 32), stream, 0], key)
            for pair in 0..<2 {
                // (0, 1]: the logarithm stays finite.
                let u = (Double(random[2 * pair]) + 1) * 0x1p-32
                let angle = 2 * Double.pi * Double(random[2 * pair + 1]) * 0x1p-32
                let radius = (-2 * log(u)).squareRoot()
                result.append(Float(radius * cos(angle)))
                result.append(Float(radius * sin(angle)))
            }
        }
        result.removeLast(result.count - count)
        return result
    }

    /// The first numbers as a tensor.
    public func tensor(_ shape: [Int], in context: ComputeContext) throws -> Tensor {
        try Tensor(floats(shape.reduce(1, *)), shape: shape, in: context)
    }

    static func philox(counter: [UInt32], _ key: (UInt32, UInt32)) -> [UInt32] {
        var (c, k) = (counter, key)
        for _ in 0..<10 {
            let first = UInt64(0xD251_1F53) * UInt64(c[0])
            let second = UInt64(0xCD9E_8D57) * UInt64(c[2])
            c = [
                UInt32(second >> 32) ^ c[1] ^ k.0, UInt32(truncatingIfNeeded: second), UInt32(first >> 32) ^ c[3] ^ k.1,
                UInt32(truncatingIfNeeded: first),
            ]
            k = (k.0 &+ 0x9E37_79B9, k.1 &+ 0xBB67_AE85)
        }
        return c
    }
}
