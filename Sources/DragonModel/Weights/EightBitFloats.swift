/// Floats of 8 bits (Micikevicius et al., 2022, arXiv 2209.05433) as halves, which hold all of their values.
enum EightBitFloats {
    /// The half for each code of a format; nil for other formats.
    static func halves(_ format: TensorFormat) -> [UInt16]? {
        switch format {
        case .float8e4m3: e4m3
        case .float8e5m2: e5m2
        default: nil
        }
    }

    /// The upper byte of a half.
    private static let e5m2: [UInt16] = (0..<256).map { UInt16($0) << 8 }

    /// Four bits of exponent with a bias of 7, three of fraction; no infinity, and not a number where all of both are set.
    private static let e4m3: [UInt16] = (0..<256).map { code in
        let (sign, exponent, fraction) = (UInt16(code & 0x80) << 8, UInt16(code >> 3 & 0xF), UInt16(code & 7))
        if exponent == 15, fraction == 7 { return sign | 0x7E00 }
        if exponent > 0 { return sign | (exponent + 8) << 10 | fraction << 7 }
        // Multiples of 2⁻⁹, which are no longer small for a half: 2⁻⁹·f, its highest bit at 2^(h−9).
        guard fraction > 0 else { return sign }
        let highest = UInt16(fraction.bitWidth - 1 - fraction.leadingZeroBitCount)
        return sign | (highest + 6) << 10 | (fraction << (10 - highest)) & 0x3FF
    }
}
