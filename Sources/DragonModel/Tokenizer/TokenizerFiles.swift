/// The vocabulary and the merges, checked against each other.
struct VocabularyFiles {
    let vocabulary: [String: Int32]
    let pairs: BytePairs

    /// - Parameters:
    ///   - whole: `tokenizer.json`, where that is all there is.
    ///   - unknownToken: stands for bytes that the vocabulary lacks.
    init(_ sources: TokenizerSources, whole: OptionReader?, unknownToken: String) throws(ModelError) {
        let path = sources.vocabularyPath
        let whole = try whole.map { reader throws(ModelError) in try WholeTokenizer(reader) }
        let vocabulary = if let whole { try whole.vocabulary() } else { try Self.vocabulary(try sources.vocabularyJSON(), path) }
        let unknown = vocabulary[unknownToken]
        func tokens(suffix: String) throws(ModelError) -> [Int32] {
            try Self.byteCharacters.map { character throws(ModelError) in
                guard let token = vocabulary[String(character) + suffix] ?? unknown else {
                    throw .malformedTokenizer(file: path, reason: "it has neither every byte nor \(unknownToken)")
                }
                return token
            }
        }
        self.vocabulary = vocabulary
        let (bytes, lastBytes) = (try tokens(suffix: ""), try tokens(suffix: "</w>"))
        let merges = if let whole { try whole.merges(vocabulary) } else { try Self.merges(try sources.mergesText(), vocabulary) }
        pairs = BytePairs(bytes: bytes, lastBytes: lastBytes, merges: merges)
    }

    static func vocabulary(_ value: JSONValue, _ path: String) throws(ModelError) -> [String: Int32] {
        guard let members = value.object else {
            throw .malformedTokenizer(file: path, reason: "it should be an object of tokens and their numbers")
        }
        var result: [String: Int32] = [:]
        result.reserveCapacity(members.count)
        for name in members.names {
            guard let number = tokenNumber(members[name]) else {
                throw .malformedTokenizer(file: path, reason: "token \(shown(name, limit: 40)) has no number from 0 to 1000000")
            }
            result[name] = number
        }
        return result
    }

    /// One merge a line: two tokens and a space between. The first line may be a comment.
    private static func merges(_ file: (text: String, path: String), _ vocabulary: [String: Int32]) throws(ModelError) -> [Merge] {
        var result: [Merge] = []
        for (index, line) in file.text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            if line.isEmpty || line.starts(with: "#version".utf8) { continue }
            let parts = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false).map { String(Substring($0)) }
            result.append(try merge(parts, vocabulary, file.path, place: "line \(index + 1)"))
        }
        return result
    }

    typealias Merge = (left: Int32, right: Int32, token: Int32)

    /// - Parameter place: what messages call the merge.
    static func merge(
        _ parts: [String], _ vocabulary: [String: Int32], _ path: String, place: String
    ) throws(ModelError) -> Merge {
        guard parts.count == 2 else {
            throw .malformedTokenizer(file: path, reason: "\(place) should be two tokens with a space between")
        }
        guard let left = vocabulary[parts[0]], let right = vocabulary[parts[1]], let token = vocabulary[parts[0] + parts[1]] else {
            throw .malformedTokenizer(file: path, reason: "\(place) merges what the vocabulary does not have")
        }
        return (left, right, token)
    }

    /// A token's number; nil for what can be none.
    static func tokenNumber(_ value: JSONValue?) -> Int32? {
        guard case .integer(let number)? = value, (0...1_000_000).contains(number) else { return nil }
        return Int32(number)
    }

    /// The character that stands for each byte: itself where it can be printed, else one of those from U+0100 on, in order.
    private static let byteCharacters: [Character] = {
        var next: UInt32 = 0x100
        return (0..<256).map { (byte: UInt32) in
            switch byte {
            case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: return Character(Unicode.Scalar(UInt8(byte)))
            default:
                defer { next += 1 }
                return Character(Unicode.Scalar(next) ?? " ")
            }
        }
    }()
}
