extension JSONObject {
    /// An object with those members, in that order; a later one of the same name replaces an earlier one's value.
    public init(_ members: KeyValuePairs<String, JSONValue>) {
        for (name, value) in members { self[name] = value }
    }
}

extension JSONValue {
    /// The value as RFC 8259 writes it, on one line. Numbers that JSON lacks, NaN and infinity, become `null`.
    public var text: String {
        switch self {
        case .null: "null"
        case .bool(let truth): truth ? "true" : "false"
        case .integer(let value): String(value)
        case .number(let value): value.isFinite ? "\(value)" : "null"
        case .string(let text): Self.quoted(text)
        case .array(let items): "[\(items.map(\.text).joined(separator: ", "))]"
        case .object(let members):
            "{\(members.names.map { "\(Self.quoted($0)): \((members[$0] ?? .null).text)" }.joined(separator: ", "))}"
        }
    }

    /// A string between quotes, with what JSON does not allow in it escaped.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case "\u{00}"..."\u{1F}", "\u{7F}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
