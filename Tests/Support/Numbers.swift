/// Repeatable pseudo-random numbers (SplitMix64, Steele et al., 2014), so that a failing case can be run again.
public struct Numbers {
    private var state: UInt64

    /// The numbers of a seed.
    public init(seed: UInt64) { state = seed }

    /// 64 random bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// 0 ..< limit; 0 where there is no such number.
    public mutating func below(_ limit: Int) -> Int { limit > 0 ? Int(next() % UInt64(limit)) : 0 }

    /// Uniform in −1 … 1.
    public mutating func uniform() -> Float { Float(Int64(bitPattern: next()) >> 11) / Float(1 << 52) }

    /// So many of them, uniform in −1 … 1.
    public mutating func floats(_ count: Int) -> [Float] { (0..<count).map { _ in uniform() } }
}
