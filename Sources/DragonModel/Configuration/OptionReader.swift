/// Reads the options of one JSON file: checked values, defaults where an option is absent or null, errors that name it.
struct OptionReader {
    let file: String
    private let members: JSONObject

    /// - Throws: ``ModelError`` where the file cannot be read or holds no object.
    init(_ path: String) throws(ModelError) { try self.init(try readFile(path, limit: Self.limit), file: path) }

    /// Bytes of a file of options: the longest known has a hundredth of that.
    private static let limit = 1_000_000

    /// - Parameter bytes: of the file.
    init(_ bytes: [UInt8], file: String) throws(ModelError) {
        let value = try parsedJSON(bytes, file: file)
        guard case .object = value else { throw .malformedJSON(file: file, offset: 0, reason: "an object should stand here") }
        self.init(value, file: file)
    }

    init(_ value: JSONValue, file: String) {
        self.file = file
        members = value.object ?? JSONObject()
    }

    /// The value of an option; nil where it is absent or null.
    func value(_ option: String) -> JSONValue? { members[option].flatMap { $0.isNull ? nil : $0 } }

    func invalid(_ option: String, _ reason: String) -> ModelError { .invalidOption(file: file, option: option, reason: reason) }

    // MARK: Single values

    /// A whole number within `range`.
    func integer(_ option: String, default fallback: Int, in range: ClosedRange<Int>) throws(ModelError) -> Int {
        try value(option).map { value throws(ModelError) in try integer(value, option, range) } ?? fallback
    }

    /// A finite number above zero.
    func positive(_ option: String, default fallback: Double) throws(ModelError) -> Double {
        guard let value = value(option) else { return fallback }
        guard let number = value.number, number > 0 else { throw invalid(option, "should be a number above 0") }
        guard Float(number).isNormal else { throw invalid(option, "is \(number), which single precision does not hold") }
        return number
    }

    /// A truth.
    func bool(_ option: String, default fallback: Bool) throws(ModelError) -> Bool {
        guard let value = value(option) else { return fallback }
        guard let truth = value.bool else { throw invalid(option, "should be true or false") }
        return truth
    }

    /// One of a closed set of words.
    func choice<Choice: RawRepresentable & CaseIterable>(
        _ option: String, default fallback: Choice
    ) throws(ModelError) -> Choice where Choice.RawValue == String {
        try value(option).map { value throws(ModelError) in try choice(value, option) } ?? fallback
    }

    // MARK: Lists

    /// A list of whole numbers, or one number that stands for `count` equal ones.
    func integers(_ option: String, default fallback: Int, count: Int, in range: ClosedRange<Int>) throws(ModelError) -> [Int] {
        guard let items = value(option)?.array else {
            return Array(repeating: try integer(option, default: fallback, in: range), count: count)
        }
        guard items.count == count else { throw invalid(option, "should have \(count) items, one a level, not \(items.count)") }
        return try items.map { item throws(ModelError) in try integer(item, option, range) }
    }

    /// A list of one to eight whole numbers.
    func integers(_ option: String, default fallback: [Int], in range: ClosedRange<Int>) throws(ModelError) -> [Int] {
        guard let items = try list(option) else { return fallback }
        return try items.map { item throws(ModelError) in try integer(item, option, range) }
    }

    /// A list of one to eight words of a closed set.
    func choices<Choice: RawRepresentable & CaseIterable>(
        _ option: String, default fallback: [Choice]
    ) throws(ModelError) -> [Choice] where Choice.RawValue == String {
        guard let items = try list(option) else { return fallback }
        return try items.map { item throws(ModelError) in try choice(item, option) }
    }

    private func list(_ option: String) throws(ModelError) -> [JSONValue]? {
        guard let value = value(option) else { return nil }
        guard let items = value.array, (1...8).contains(items.count) else {
            throw invalid(option, "should be a list of 1 to 8 items, one a level")
        }
        return items
    }

    // MARK: Options that must keep their usual value

    /// Refuses any value but those that mean "not used" or the usual one.
    ///
    /// - Parameter usual: the one value besides null that is computed here.
    func refuse(_ option: String, unless usual: JSONValue = .null) throws(ModelError) {
        guard let value = value(option), value != usual, value.number == nil || value.number != usual.number else { return }
        throw .unsupportedOption(file: file, option: option, value: value.shown, supported: usual.shown)
    }

    private func integer(_ value: JSONValue, _ option: String, _ range: ClosedRange<Int>) throws(ModelError) -> Int {
        guard let number = value.integer, range.contains(number) else {
            throw invalid(option, "should be a whole number from \(range.lowerBound) to \(range.upperBound), not \(value.shown)")
        }
        return number
    }

    private func choice<Choice: RawRepresentable & CaseIterable>(
        _ value: JSONValue, _ option: String
    ) throws(ModelError) -> Choice where Choice.RawValue == String {
        guard let word = value.string else { throw invalid(option, "should be text, not \(value.shown)") }
        guard let choice = Choice(rawValue: word) else {
            throw .unsupportedOption(
                file: file, option: option, value: word, supported: Choice.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return choice
    }
}

extension JSONValue {
    /// The value as a message shows it.
    var shown: String {
        switch self {
        case .null: "null"
        case .bool(let truth): "\(truth)"
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .string(let text): DragonModel.shown(text, limit: 60)
        case .array(let items): "a list of \(items.count)"
        case .object: "an object"
        }
    }
}
