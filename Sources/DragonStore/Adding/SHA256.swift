/// The secure hash of FIPS 180-4, section 6.2, fed piece by piece.
public struct SHA256 {
    private var state: [UInt32] = [
        0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A, 0x510E_527F, 0x9B05_688C, 0x1F83_D9AB, 0x5BE0_CD19,
    ]
    /// Bytes that do not fill a block yet.
    private var rest: [UInt8] = []
    private var count: UInt64 = 0
    private static let blockSize = 64

    /// The hash of nothing yet.
    public init() {}

    /// Takes the next bytes.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        count &+= UInt64(bytes.count)
        var bytes = bytes[...]
        if !rest.isEmpty {
            let missing = min(Self.blockSize - rest.count, bytes.count)
            rest += bytes.prefix(missing)
            bytes = bytes.dropFirst(missing)
            guard rest.count == Self.blockSize else { return }
            let block = rest
            block.withUnsafeBytes { compress($0) }
            rest.removeAll(keepingCapacity: true)
        }
        let whole = bytes.count / Self.blockSize * Self.blockSize
        compress(UnsafeRawBufferPointer(rebasing: bytes.prefix(whole)))
        rest += bytes.dropFirst(whole)
    }

    /// The hash of all bytes, as 64 hexadecimal digits.
    public consuming func finished() -> String {
        let bits = count &* 8
        let padding = (Self.blockSize * 2 - 9 - rest.count) % Self.blockSize
        let end: [UInt8] =
            [0x80] + [UInt8](repeating: 0, count: padding) + (0..<8).map { UInt8(truncatingIfNeeded: bits >> UInt64(56 - 8 * $0)) }
        end.withUnsafeBytes { update($0) }
        return state.map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 8 - digits.count) + digits
        }.joined()
    }

    /// Works through whole blocks.
    private mutating func compress(_ blocks: UnsafeRawBufferPointer) {
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { w in
            state.withUnsafeMutableBufferPointer { state in
                for start in stride(from: 0, to: blocks.count, by: Self.blockSize) {
                    for t in 0..<16 { w[t] = UInt32(bigEndian: blocks.loadUnaligned(fromByteOffset: start + 4 * t, as: UInt32.self)) }
                    Self.compress(w, into: state)
                }
            }
        }
    }

    private static func compress(_ w: UnsafeMutableBufferPointer<UInt32>, into state: UnsafeMutableBufferPointer<UInt32>) {
        for t in 16..<64 {
            let (x, y) = (w[t - 15], w[t - 2])
            let s0 = rotated(x, 7) ^ rotated(x, 18) ^ (x >> 3)
            let s1 = rotated(y, 17) ^ rotated(y, 19) ^ (y >> 10)
            w[t] = w[t - 16] &+ s0 &+ w[t - 7] &+ s1
        }
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        constants.withUnsafeBufferPointer { k in
            for t in 0..<64 {
                let choice = (e & f) ^ (~e & g)
                let majority = (a & b) ^ (a & c) ^ (b & c)
                let t1 = h &+ (rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)) &+ choice &+ k[t] &+ w[t]
                let t2 = (rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) &+ majority
                (h, g, f, e, d, c, b, a) = (g, f, e, d &+ t1, c, b, a, t1 &+ t2)
            }
        }
        for (i, value) in [a, b, c, d].enumerated() { state[i] &+= value }
        for (i, value) in [e, f, g, h].enumerated() { state[4 + i] &+= value }
    }

    @inline(__always)
    private static func rotated(_ x: UInt32, _ n: UInt32) -> UInt32 { x >> n | x << (32 - n) }

    /// The first 32 bits of the fractions of the first 64 primes' cube roots.
    private static let constants: [UInt32] = primes(64).map { UInt32(truncatingIfNeeded: cubeRootFraction($0)) }

    private static func primes(_ count: Int) -> [UInt64] {
        var found: [UInt64] = []
        var number: UInt64 = 2
        while found.count < count {
            if found.allSatisfy({ number % $0 != 0 }) { found.append(number) }
            number += 1
        }
        return found
    }

    /// ⌊2³² · cube root⌋: the largest r with r³ ≤ prime · 2⁹⁶, found bit by bit.
    private static func cubeRootFraction(_ prime: UInt64) -> UInt64 {
        var root: UInt128 = 0
        for bit in (0..<36).reversed() {
            let candidate = root | UInt128(1) << UInt128(bit)
            // candidate³ has up to 105 bits.
            if candidate * candidate * candidate <= UInt128(prime) << 96 { root = candidate }
        }
        return UInt64(truncatingIfNeeded: root)
    }
}
