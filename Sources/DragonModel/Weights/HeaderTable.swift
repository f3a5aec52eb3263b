/// A quick reader of safetensors headers as programs write them: members without escapes, each tensor with its dtype, shape and
/// offsets, in plain ASCII.
///
/// It takes nothing that ``JSONParser`` would refuse, and reads it to the same; whatever else a header has is left to that.
struct HeaderTable {
    /// What a header says of a tensor, unchecked.
    struct Row {
        let name: String
        let format: TensorFormat
        let shape: [Int]
        /// From the first tensor's byte on.
        let offsets: (start: Int, end: Int)
    }

    private(set) var rows: [Row] = []
    /// The value of `__metadata__`.
    private(set) var metadata: JSONValue?

    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    /// Rows of a header, at most: beyond those the careful reader decides, which counts values.
    private static let mostRows = 10_000
    /// Sides of a tensor, at most.
    private static let mostSides = 32

    /// nil for a header that is written otherwise.
    init?(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        guard take("{") else { return nil }
        repeat {
            skipBlanks()
            guard rows.count < Self.mostRows, let name = text(), takeColon() else { return nil }
            if name == "__metadata__" {
                guard metadata == nil, readMetadata() else { return nil }
            } else {
                guard let row = row(name) else { return nil }
                rows.append(row)
            }
            skipBlanks()
        } while take(",")
        guard take("}") else { return nil }
        skipBlanks()
        guard position == bytes.count else { return nil }
    }

    private var next: UInt8 { position < bytes.count ? bytes[position] : 0 }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard UInt32(next) == character.value else { return false }
        position += 1
        return true
    }

    private mutating func skipBlanks() {
        while next == 0x20 || next == 0x0A || next == 0x0D || next == 0x09 { position += 1 }
    }

    private mutating func takeColon() -> Bool {
        skipBlanks()
        guard take(":") else { return false }
        skipBlanks()
        return true
    }

    /// The bytes of a string without escapes, of ASCII alone.
    private mutating func string() -> Range<Int>? {
        guard take("\"") else { return nil }
        let start = position
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            guard (0x20..<0x80).contains(bytes[position]), bytes[position] != UInt8(ascii: "\\") else { return nil }
            position += 1
        }
        let range = start..<position
        return take("\"") ? range : nil
    }

    private mutating func text() -> String? { string().map { String(decoding: bytes[$0], as: UTF8.self) } }

    private mutating func readMetadata() -> Bool {
        var limits = JSONLimits()
        limits.values = Self.mostRows
        var parser = JSONParser(bytes: bytes, limits: limits)
        parser.position = position
        guard let value = try? parser.value() else { return false }
        (metadata, position) = (value, parser.position)
        return true
    }

    /// A tensor's members, each once.
    private mutating func row(_ name: String) -> Row? {
        guard take("{") else { return nil }
        var (format, shape, offsets): (TensorFormat?, [Int]?, [Int]?)
        repeat {
            skipBlanks()
            guard let member = string(), takeColon() else { return nil }
            if bytes[member].elementsEqual("dtype".utf8), format == nil {
                format = text().flatMap { TensorFormat(rawValue: $0) }
                guard format != nil else { return nil }
            } else if bytes[member].elementsEqual("shape".utf8), shape == nil {
                shape = sizes()
                guard shape != nil else { return nil }
            } else if bytes[member].elementsEqual("data_offsets".utf8), offsets == nil {
                offsets = sizes()
                guard offsets != nil else { return nil }
            } else {
                return nil
            }
            skipBlanks()
        } while take(",")
        guard take("}"), let format, let shape, let offsets, offsets.count == 2 else { return nil }
        return Row(name: name, format: format, shape: shape, offsets: (offsets[0], offsets[1]))
    }

    private mutating func sizes() -> [Int]? {
        guard take("[") else { return nil }
        skipBlanks()
        var result: [Int] = []
        if take("]") { return result }
        repeat {
            skipBlanks()
            guard result.count < Self.mostSides, let size = size() else { return nil }
            result.append(size)
            skipBlanks()
        } while take(",")
        return take("]") ? result : nil
    }

    /// A whole number of few digits, without a nought before it.
    private mutating func size() -> Int? {
        let start = position
        var value = 0
        while (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(next), position - start < 18 {
            value = value * 10 + Int(next - UInt8(ascii: "0"))
            position += 1
        }
        guard position > start, position == start + 1 || bytes[start] != UInt8(ascii: "0") else { return nil }
        return value
    }
}
