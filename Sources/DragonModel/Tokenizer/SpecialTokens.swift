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
    var added: [SpecialToken] { slots.compactMap { $0 } }
    /// In their order; a token that came again left its first place empty.
    private var slots: [SpecialToken?] = []
    private var places: [String: Int] = [:]

    /// As transformers does it: a list of added tokens decides alone; without one the map goes before the configuration, and where
    /// two roles share a token the later one's flags hold.
    ///
    /// - Parameter whole: `tokenizer.json`, whose list counts where the configuration has none.
    init(configuration: OptionReader?, map: OptionReader?, whole: OptionReader? = nil) throws(ModelError) {
        let decoder = configuration?.value("added_tokens_decoder")?.object
        if let decoder, let configuration {
            for number in decoder.names {
                add(try Self.token(decoder[number] ?? .null, configuration, "added_tokens_decoder"))
            }
        } else if let whole {
            for value in whole.value("added_tokens")?.array ?? [] { add(try Self.token(value, whole, "added_tokens")) }
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
            if (decoder == nil && whole == nil) || places[token.content] == nil { add(token) }
        }
    }

    private mutating func add(_ token: SpecialToken) {
        if let place = places.updateValue(slots.count, forKey: token.content) { slots[place] = nil }
        slots.append(token)
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
