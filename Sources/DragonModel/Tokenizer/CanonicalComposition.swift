/// Normalisation form C, as far as Unicode 9 defines it.
///
/// The reference tokenizer composes by the tables of Unicode 9 and leaves later characters as they are, so that its rules are spelled out
/// here (UAX #15): decompose, put marks in order of their class, compose. The standard library has newer tables, and no public form C.
func composed(_ text: some Sequence<Unicode.Scalar>) -> [Unicode.Scalar] {
    var scalars: [(scalar: Unicode.Scalar, order: UInt8)] = []
    for scalar in text { CanonicalForms.shared.decompose(scalar) { scalars.append(($0, $0.canonicalOrder)) } }
    sortMarks(&scalars)
    return compose(scalars)
}

/// Puts each run of marks in the order of their classes, those of one class as they stand.
private func sortMarks(_ scalars: inout [(scalar: Unicode.Scalar, order: UInt8)]) {
    var start = 0
    while let first = scalars[start...].firstIndex(where: { $0.order != 0 }) {
        let end = scalars[first...].firstIndex { $0.order == 0 } ?? scalars.count
        let sorted = scalars[first..<end].enumerated().sorted { ($0.element.order, $0.offset) < ($1.element.order, $1.offset) }
        scalars.replaceSubrange(first..<end, with: sorted.map(\.element))
        start = end
    }
}

/// Joins each mark, or starter, to the starter before it where nothing between them stands in the way.
private func compose(_ scalars: [(scalar: Unicode.Scalar, order: UInt8)]) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    var starter: Int?
    var lastOrder: UInt8 = 0
    for (scalar, order) in scalars {
        if let starter, result.count - 1 == starter || lastOrder < order,
            let joined = CanonicalForms.shared.composition(result[starter], scalar)
        {
            result[starter] = joined
            continue
        }
        if order == 0 { starter = result.count }
        lastOrder = order
        result.append(scalar)
    }
    return result
}

/// The mappings of Unicode 9, and Hangul's arithmetic.
private struct CanonicalForms {
    static let shared = CanonicalForms()

    private var decompositions: [Unicode.Scalar: [Unicode.Scalar]] = [:]
    private var compositions: [UInt64: Unicode.Scalar] = [:]

    private init() {
        for table in [CanonicalMappings.pairs, CanonicalMappings.decomposing] {
            Self.forEachRow(of: table, columns: 3) { decompositions[$0[0]] = Array($0.dropFirst()) }
        }
        Self.forEachRow(of: CanonicalMappings.single, columns: 2) { decompositions[$0[0]] = [$0[1]] }
        Self.forEachRow(of: CanonicalMappings.pairs, columns: 3) { compositions[Self.key($0[1], $0[2])] = $0[0] }
    }

    private static func key(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> UInt64 {
        UInt64(first.value) << 32 | UInt64(second.value)
    }

    private static func forEachRow(of table: StaticString, columns: Int, _ body: ([Unicode.Scalar]) -> Void) {
        let words = table.description.split(whereSeparator: \.isWhitespace)
        let scalars = words.compactMap { UInt32($0, radix: 16).flatMap(Unicode.Scalar.init) }
        for start in stride(from: 0, to: scalars.count - columns + 1, by: columns) { body(Array(scalars[start..<start + columns])) }
    }

    /// Calls `body` with what a scalar becomes, wholly taken apart.
    func decompose(_ scalar: Unicode.Scalar, _ body: (Unicode.Scalar) -> Void) {
        if scalar.value < 0xC0 { return body(scalar) }
        if let parts = decompositions[scalar] {
            for part in parts { decompose(part, body) }
        } else if let syllable = Hangul(scalar) {
            syllable.parts.forEach(body)
        } else {
            body(scalar)
        }
    }

    func composition(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> Unicode.Scalar? {
        compositions[Self.key(first, second)] ?? Hangul.composition(first, second)
    }
}

/// A Hangul syllable: every pair of a leading consonant and a vowel, alone and with each trailing consonant, in order (The Unicode
/// Standard, section 3.12).
private struct Hangul {
    private static let (syllables, leading, vowels, trailing) = (UInt32(0xAC00), UInt32(0x1100), UInt32(0x1161), UInt32(0x11A7))
    private static let (leadingCount, vowelCount, trailingCount) = (UInt32(19), UInt32(21), UInt32(28))

    private let index: UInt32

    init?(_ scalar: Unicode.Scalar) {
        let count = Self.leadingCount * Self.vowelCount * Self.trailingCount
        guard scalar.value >= Self.syllables, scalar.value - Self.syllables < count else { return nil }
        index = scalar.value - Self.syllables
    }

    var parts: [Unicode.Scalar] {
        let tail = index % Self.trailingCount
        let head = index / Self.trailingCount
        return [Self.leading + head / Self.vowelCount, Self.vowels + head % Self.vowelCount, tail > 0 ? Self.trailing + tail : nil]
            .compactMap { $0.flatMap(Unicode.Scalar.init) }
    }

    static func composition(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> Unicode.Scalar? {
        if (leading..<leading + leadingCount).contains(first.value), (vowels..<vowels + vowelCount).contains(second.value) {
            return Unicode.Scalar(syllables + ((first.value - leading) * vowelCount + second.value - vowels) * trailingCount)
        }
        if let syllable = Hangul(first), syllable.index % trailingCount == 0,
            (trailing + 1..<trailing + trailingCount).contains(second.value)
        {
            return Unicode.Scalar(first.value + second.value - trailing)
        }
        return nil
    }
}

extension Unicode.Scalar {
    /// The canonical combining class by Unicode 9; 0 for starters, and for characters assigned later.
    fileprivate var canonicalOrder: UInt8 {
        let order = value < 0x300 ? 0 : properties.canonicalCombiningClass.rawValue
        return order != 0 && isAssigned(by: 9) ? order : 0
    }

    /// Whether a version of Unicode, or one before it, assigned this scalar.
    func isAssigned(by version: Int) -> Bool {
        guard let age = properties.age else { return false }
        return age.major < version || (age.major == version && age.minor == 0)
    }
}
