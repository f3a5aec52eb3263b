// How a prompt becomes the words that byte-pair encoding starts from. Every rule is the reference tokenizer's:
// normalise, then split by
// <|startoftext|> | <|endoftext|> | 's | 't | 're | 've | 'm | 'll | 'd | \p{L}+ | \p{N} | [^\s\p{L}\p{N}]+

/// What the splitting rule knows of a scalar.
enum ScalarKind {
    case letter, number, space, other

    /// The kind by Unicode 16, which the reference's regular expressions know; later letters and numbers are `other`.
    init(_ scalar: Unicode.Scalar) {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
            self = scalar.isASCII || scalar.isAssigned(by: 16) ? .letter : .other
        case .decimalNumber, .letterNumber, .otherNumber:
            self = scalar.isASCII || scalar.isAssigned(by: 16) ? .number : .other
        default: self = scalar.properties.isWhitespace ? .space : .other
        }
    }
}

/// Composed, each run of white space one space, in lower case scalar by scalar (a final sigma is a sigma like any other).
func normalized(_ text: some Sequence<Unicode.Scalar>) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    var followsSpace = false
    for scalar in composed(text) {
        let isSpace = ScalarKind(scalar) == .space
        if isSpace {
            if !followsSpace { result.append(" ") }
        } else {
            result.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
        }
        followsSpace = isSpace
    }
    return result
}

/// Cuts normalised text into words; white space falls away.
func words(_ text: ArraySlice<Unicode.Scalar>) -> [ArraySlice<Unicode.Scalar>] {
    var result: [ArraySlice<Unicode.Scalar>] = []
    var rest = text
    func take(_ count: Int) {
        result.append(rest.prefix(count))
        rest = rest.dropFirst(count)
    }
    while let first = rest.first {
        if first == "<", let marker = markers.first(where: { rest.starts(with: $0) }) {
            // A second rule, GPT-2's, cuts the marker's name out of its brackets.
            take(2)
            take(marker.count - 4)
            take(2)
            continue
        }
        if first == "'", let contraction = contractions.first(where: { rest.starts(with: $0) }) {
            take(contraction.count)
            continue
        }
        switch ScalarKind(first) {
        case .letter: take(rest.prefix { ScalarKind($0) == .letter }.count)
        case .number: take(1)
        case .other: take(rest.prefix { ScalarKind($0) == .other }.count)
        case .space: rest = rest.dropFirst()
        }
    }
    return result
}

private let markers = ["<|startoftext|>", "<|endoftext|>"].map { Array($0.unicodeScalars) }
private let contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"].map { Array($0.unicodeScalars) }
