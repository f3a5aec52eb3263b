/// A value of RFC 8259.
public enum JSONValue: Sendable, Equatable {
    /// `null`
    case null
    /// `true` or `false`
    case bool(Bool)
    /// A number written without fraction or exponent that fits `Int`: kept apart, since offsets must be exact.
    case integer(Int)
    /// Any other number.
    case number(Double)
    /// A string, its escapes resolved.
    case string(String)
    /// An array.
    case array([JSONValue])
    /// An object.
    case object(JSONObject)
}

/// An object's members in the order of the file, found by name.
///
/// Names are compared as Swift compares strings, so that canonically equivalent spellings count as one name.
public struct JSONObject: Sendable, Equatable {
    /// Names in the order of the file.
    public private(set) var names: [String] = []
    private var values: [String: JSONValue] = [:]

    /// An object without members.
    public init() {}

    /// The member of that name; setting a new one puts it last, setting nil does nothing.
    public subscript(name: String) -> JSONValue? {
        get { values[name] }
        set {
            guard let newValue else { return }
            if values.updateValue(newValue, forKey: name) == nil { names.append(name) }
        }
    }

    /// Number of members.
    public var count: Int { names.count }

    /// Adds a member, and returns false where its name is taken.
    mutating func insert(_ name: String, _ value: JSONValue) -> Bool {
        guard values.updateValue(value, forKey: name) == nil else { return false }
        names.append(name)
        return true
    }
}

extension JSONValue {
    /// The members, for an object.
    public var object: JSONObject? { if case .object(let object) = self { object } else { nil } }
    /// The items, for an array.
    public var array: [JSONValue]? { if case .array(let items) = self { items } else { nil } }
    /// The text, for a string.
    public var string: String? { if case .string(let text) = self { text } else { nil } }
    /// The truth, for a boolean.
    public var bool: Bool? { if case .bool(let truth) = self { truth } else { nil } }
    /// Whether this is `null`.
    public var isNull: Bool { self == .null }

    /// The value of a whole number, `8` or `8.0`.
    public var integer: Int? {
        switch self {
        case .integer(let value): value
        case .number(let value): Int(exactly: value)
        default: nil
        }
    }

    /// The value of any number.
    public var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }
}
