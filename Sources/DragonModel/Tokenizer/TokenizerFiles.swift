/// `vocab.json` and `merges.txt`, checked against each other.
struct VocabularyFiles {
    let vocabulary: [String: Int32]
    let pairs: BytePairs

    /// - Parameter unknownToken: stands for bytes that the vocabulary lacks.
    init(vocabulary path: String, merges mergesPath: String, unknownToken: String) throws(ModelError) {
        let vocabulary = try Self.vocabulary(path)
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
        pairs = BytePairs(
            bytes: try tokens(suffix: ""), lastBytes: try tokens(suffix: "</w>"), merges: try Self.merges(mergesPath, vocabulary))
    }

    private static func vocabulary(_ path: String) throws(ModelError) -> [String: Int32] {
        guard let members = try readJSON(path).object else {
            throw .malformedTokenizer(file: path, reason: "it should be an object of tokens and their numbers")
        }
        var result: [String: Int32] = [:]
        result.reserveCapacity(members.count)
        for name in members.names {
            guard case .integer(let number)? = members[name], (0...1_000_000).contains(number) else {
                throw .malformedTokenizer(file: path, reason: "token \(shown(name, limit: 40)) has no number from 0 to 1000000")
            }
            result[name] = Int32(number)
        }
        return result
    }

    /// One merge a line: two tokens and a space between. The first line may be a comment.
    private static func merges(
        _ path: String, _ vocabulary: [String: Int32]
    ) throws(ModelError) -> [(left: Int32, right: Int32, token: Int32)] {
        guard let text = String(validating: try readFile(path, limit: 16_000_000), as: UTF8.self) else {
            throw .malformedTokenizer(file: path, reason: "it is not UTF-8")
        }
        var result: [(left: Int32, right: Int32, token: Int32)] = []
        for (index, line) in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            if line.isEmpty || line.starts(with: "#version".utf8) { continue }
            let parts = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false).map { String(Substring($0)) }
            guard parts.count == 2 else {
                throw .malformedTokenizer(file: path, reason: "line \(index + 1) should be two tokens with a space between")
            }
            guard let left = vocabulary[parts[0]], let right = vocabulary[parts[1]], let token = vocabulary[parts[0] + parts[1]] else {
                throw .malformedTokenizer(file: path, reason: "line \(index + 1) merges what the vocabulary does not have")
            }
            result.append((left, right, token))
        }
        return result
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

/// A token that is found in the text as it is, before any byte-pair encoding.
struct SpecialToken: Equatable {
    let content: String
    /// Whether it is looked for in the normalised text, or else in the text as written.
    var isNormalized: Bool
}

/// The special tokens, as `tokenizer_config.json` and `special_tokens_map.json` name them. Either may be absent.
struct SpecialTokens {
    private(set) var start = "<|startoftext|>"
    private(set) var end = "<|endoftext|>"
    private(set) var unknown = "<|endoftext|>"
    private(set) var pad = "<|endoftext|>"
    /// All of them once, with any other that the files add.
    private(set) var added: [SpecialToken] = []

    /// As transformers does it: a list of added tokens decides alone; without one the map goes before the configuration, and where
    /// two roles share a token the later one's flags hold.
    init(configuration: OptionReader?, map: OptionReader?) throws(ModelError) {
        let decoder = configuration?.value("added_tokens_decoder")?.object
        if let decoder, let configuration {
            for number in decoder.names {
                add(try Self.token(decoder[number] ?? .null, configuration, "added_tokens_decoder"))
            }
        }
        let sources = (decoder == nil ? [map, configuration] : [configuration]).compactMap { $0 }
        for (option, role) in [
            ("bos_token", \SpecialTokens.start), ("eos_token", \.end), ("unk_token", \.unknown), ("pad_token", \.pad),
        ] as [(String, WritableKeyPath<SpecialTokens, String>)] {
            var token = SpecialToken(content: self[keyPath: role], isNormalized: false)
            if let source = sources.first(where: { $0.value(option) != nil }), let value = source.value(option) {
                token = try Self.token(value, source, option)
            }
            self[keyPath: role] = token.content
            if decoder == nil || !added.contains(where: { $0.content == token.content }) { add(token) }
        }
    }

    private mutating func add(_ token: SpecialToken) {
        added.removeAll { $0.content == token.content }
        added.append(token)
    }

    private static func token(_ value: JSONValue, _ source: OptionReader, _ option: String) throws(ModelError) -> SpecialToken {
        if let content = value.string, !content.isEmpty { return SpecialToken(content: content, isNormalized: false) }
        guard let members = value.object, let content = members["content"]?.string, !content.isEmpty else {
            throw source.invalid(option, "should be a token: text, or an object with \"content\"")
        }
        for flag in ["lstrip", "rstrip", "single_word"] where members[flag]?.bool == true {
            throw .unsupportedOption(file: source.file, option: "\(option).\(flag)", value: "true", supported: "false")
        }
        return SpecialToken(content: content, isNormalized: members["normalized"]?.bool ?? true)
    }
}
