import Glibc
import TestSupport

/// Damages bytes in the ways that files get damaged, and in the ways that attackers try.
struct Mutator {
    private var random: Numbers

    init(seed: UInt64) { random = Numbers(seed: seed) }

    /// A copy with one to four changes.
    mutating func mutated(_ original: [UInt8]) -> [UInt8] {
        var bytes = original
        for _ in 0...random.below(4) { change(&bytes) }
        return bytes
    }

    private mutating func change(_ bytes: inout [UInt8]) {
        let position = random.below(bytes.count)
        let end = min(bytes.count, position + 1 + random.below(16))
        switch random.below(8) {
        case 0 where !bytes.isEmpty: bytes[position] ^= 1 << UInt8(random.below(8))
        case 1 where !bytes.isEmpty: bytes[position] = UInt8(truncatingIfNeeded: random.next())
        case 2: bytes.removeSubrange(position..<end)
        case 3: bytes.insert(contentsOf: bytes[position..<end], at: random.below(bytes.count + 1))
        case 4: bytes.insert(contentsOf: Self.words[random.below(Self.words.count)], at: random.below(bytes.count + 1))
        case 5: bytes.replaceSubrange(position..<end, with: Self.words[random.below(Self.words.count)])
        case 6: replaceNumber(in: &bytes, from: position)
        default: if random.below(4) == 0 { bytes.removeSubrange(position...) }
        }
    }

    /// Puts another number in the place of the next one.
    private mutating func replaceNumber(in bytes: inout [UInt8], from position: Int) {
        let isDigit = { (byte: UInt8) in (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
        guard let start = bytes[position...].firstIndex(where: isDigit) else { return }
        let end = bytes[start...].firstIndex { !isDigit($0) } ?? bytes.count
        bytes.replaceSubrange(start..<end, with: Self.numbers[random.below(Self.numbers.count)].utf8)
    }

    private static let numbers = [
        "0", "1", "-1", "2", "8", "7", "255", "65536", "2147483648", "4294967296", "9223372036854775807", "9223372036854775808", "1e308",
        "1e999",
        "-0", "0.5", "00", "1e-400",
    ]

    private static let words: [[UInt8]] =
        [
            "{", "}", "[", "]", "\"", ":", ",", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "\\u0000",
            "\\ud800", "\\", "null", "true",
            "\"a\":", "{}", "[]", "\n", " ", "é", "F32", "F64", "I64", "\"dtype\"", "\"shape\"", "__metadata__", "</w>",
        ].map { Array($0.utf8) } + [[0xFF], [0xC0, 0x80], [0], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F]]
}

/// Writes without waiting for the disk, which a test with many files does not need.
func writeFast(_ path: String, _ bytes: [UInt8]) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    _ = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    close(descriptor)
}

/// How many damaged files a test tries: its share of 100,000, times `DRAGON_FUZZ` where that is set.
func cases(_ share: Int) -> Int { share * (getenv("DRAGON_FUZZ").flatMap { Int(String(cString: $0)) } ?? 1) }
