// Numbers and strings: the parts of JSON whose bytes need interpretation.

extension JSONParser {
    /// `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`
    mutating func number() throws(JSONError) -> JSONValue {
        let start = position
        var isWhole = true
        if next == UInt8(ascii: "-") { position += 1 }
        if next == UInt8(ascii: "0") { position += 1 } else { try digits() }
        if next == UInt8(ascii: ".") {
            isWhole = false
            position += 1
            try digits()
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            isWhole = false
            position += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
            try digits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isWhole, let value = Int(text) { return .integer(value) }
        guard let value = Double(text), value.isFinite else {
            throw JSONError(offset: start, reason: "the number is out of range")
        }
        return .number(value)
    }

    private mutating func digits() throws(JSONError) {
        let start = position
        while let byte = next, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { position += 1 }
        guard position > start else { throw failure("a digit should stand here") }
    }

    /// A string, `position` at its opening quote.
    mutating func string() throws(JSONError) -> String {
        position += 1
        let start = position
        skipPlain()
        if next == UInt8(ascii: "\"") {
            // Nearly every string: no escapes, so its bytes are its text.
            defer { position += 1 }
            return try text(bytes[start..<position], at: start)
        }
        var units = [UInt8](bytes[start..<position])
        while true {
            switch next {
            case UInt8(ascii: "\""):
                position += 1
                return try text(units, at: start)
            case UInt8(ascii: "\\"): try escape(into: &units)
            case nil: throw failure("the text ends within a string")
            case .some(let byte) where byte < 0x20: throw failure("a control character stands unescaped in a string")
            default:
                let from = position
                skipPlain()
                units.append(contentsOf: bytes[from..<position])
            }
        }
    }

    private mutating func skipPlain() {
        while let byte = next, byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { position += 1 }
    }

    private func text(_ units: some Sequence<UInt8>, at start: Int) throws(JSONError) -> String {
        guard let text = String(validating: units, as: UTF8.self) else {
            throw JSONError(offset: start, reason: "a string is not UTF-8")
        }
        return text
    }

    private mutating func escape(into units: inout [UInt8]) throws(JSONError) {
        position += 1
        guard let kind = next else { throw failure("the text ends within a string") }
        position += 1
        switch kind {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): units.append(kind)
        case UInt8(ascii: "b"): units.append(0x08)
        case UInt8(ascii: "f"): units.append(0x0C)
        case UInt8(ascii: "n"): units.append(0x0A)
        case UInt8(ascii: "r"): units.append(0x0D)
        case UInt8(ascii: "t"): units.append(0x09)
        case UInt8(ascii: "u"):
            let scalar = try escapedScalar()
            units.append(contentsOf: String(Character(scalar)).utf8)
        default:
            position -= 1
            throw failure("no escape is written so")
        }
    }

    /// The scalar of `\uXXXX`, or of a surrogate pair of them, `position` behind the `u`.
    private mutating func escapedScalar() throws(JSONError) -> Unicode.Scalar {
        let start = position
        let first = try hexadecimal()
        if let scalar = Unicode.Scalar(first) { return scalar }
        if first < 0xDC00, next == UInt8(ascii: "\\") {
            position += 1
            if next == UInt8(ascii: "u") {
                position += 1
                let second = try hexadecimal()
                if (0xDC00...0xDFFF).contains(second),
                    let scalar = Unicode.Scalar(0x10000 + UInt32(first & 0x3FF) << 10 + UInt32(second & 0x3FF))
                {
                    return scalar
                }
            }
        }
        throw JSONError(offset: start, reason: "half of a surrogate pair stands alone")
    }

    private mutating func hexadecimal() throws(JSONError) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
                throw failure("four hexadecimal digits should follow \\u")
            }
            value = value << 4 | UInt16(digit)
            position += 1
        }
        return value
    }
}
