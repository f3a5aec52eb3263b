/// Why a text is not JSON, and where.
public struct JSONError: Error, Equatable, Sendable {
    /// Bytes from the start of the text.
    public let offset: Int
    /// What is wrong there.
    public let reason: String
}

/// What a text may ask of its reader.
public struct JSONLimits: Sendable {
    /// Arrays and objects within each other.
    public var depth = 64
    /// Values in all; each costs some 24 bytes, however few it takes in the text.
    public var values = 2_000_000

    /// The limits that suit every file of a model.
    public init() {}
}

extension JSONValue {
    /// Reads a text of RFC 8259, strictly: one value, nothing after it, no name twice in an object, UTF-8 throughout.
    ///
    /// - Throws: ``JSONError``.
    public init(parsing bytes: UnsafeRawBufferPointer, limits: JSONLimits = JSONLimits()) throws(JSONError) {
        var parser = JSONParser(bytes: bytes, limits: limits)
        self = try parser.document()
    }

    /// Reads a text held in an array; see ``init(parsing:limits:)-(UnsafeRawBufferPointer,_)``.
    public init(parsing bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONError) {
        let result = bytes.withUnsafeBytes { bytes in
            Result { () throws(JSONError) in try JSONValue(parsing: bytes, limits: limits) }
        }
        self = try result.get()
    }
}

/// A recursive-descent reader; its depth is bounded by the limits.
struct JSONParser {
    let bytes: UnsafeRawBufferPointer
    let limits: JSONLimits
    var position = 0
    private var depth = 0
    private var values = 0

    init(bytes: UnsafeRawBufferPointer, limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    /// The byte at `position`; nil at the end.
    var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    func failure(_ reason: String) -> JSONError { JSONError(offset: position, reason: reason) }

    mutating func document() throws(JSONError) -> JSONValue {
        skipWhitespace()
        let value = try value()
        skipWhitespace()
        guard position == bytes.count else { throw failure("something follows the value") }
        return value
    }

    private mutating func skipWhitespace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    /// The value at `position`.
    mutating func value() throws(JSONError) -> JSONValue {
        values += 1
        guard values <= limits.values else { throw failure("more than \(limits.values) values") }
        switch next {
        case UInt8(ascii: "{"): return .object(try nested { parser throws(JSONError) in try parser.object() })
        case UInt8(ascii: "["): return .array(try nested { parser throws(JSONError) in try parser.array() })
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case UInt8(ascii: "-"): return try number()
        case .some(UInt8(ascii: "0")...UInt8(ascii: "9")): return try number()
        case nil: throw failure("the text ends where a value should stand")
        default: throw failure("no value starts so")
        }
    }

    private mutating func nested<Part>(_ body: (inout JSONParser) throws(JSONError) -> Part) throws(JSONError) -> Part {
        guard depth < limits.depth else { throw failure("nested more than \(limits.depth) deep") }
        depth += 1
        defer { depth -= 1 }
        position += 1
        skipWhitespace()
        return try body(&self)
    }

    private mutating func object() throws(JSONError) -> JSONObject {
        var result = JSONObject()
        if take("}") { return result }
        repeat {
            skipWhitespace()
            let start = position
            guard next == UInt8(ascii: "\"") else { throw failure("a name should stand here") }
            let name = try string()
            skipWhitespace()
            guard take(":") else { throw failure("\":\" should follow a name") }
            skipWhitespace()
            let value = try value()
            guard result.insert(name, value) else {
                throw JSONError(offset: start, reason: "the name \"\(shown(name, limit: 60))\" stands twice in an object")
            }
            skipWhitespace()
        } while take(",")
        guard take("}") else { throw failure("\",\" or \"}\" should stand here") }
        return result
    }

    private mutating func array() throws(JSONError) -> [JSONValue] {
        var result: [JSONValue] = []
        if take("]") { return result }
        repeat {
            skipWhitespace()
            result.append(try value())
            skipWhitespace()
        } while take(",")
        guard take("]") else { throw failure("\",\" or \"]\" should stand here") }
        return result
    }

    private mutating func literal(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        let end = position + word.utf8CodeUnitCount
        guard end <= bytes.count,
            bytes[position..<end].elementsEqual(UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
        else { throw failure("no value starts so") }
        position = end
        return value
    }

    /// Steps over `character` if it is next.
    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard let byte = next, UInt32(byte) == character.value else { return false }
        position += 1
        return true
    }
}
