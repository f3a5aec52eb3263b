/// `tokenizer.json`: vocabulary, merges and added tokens in one file.
struct WholeTokenizer {
    private let options: OptionReader
    private let model: OptionReader

    init(_ options: OptionReader) throws(ModelError) {
        guard let model = options.value("model"), model.object != nil else { throw options.invalid("model", "should be an object") }
        self.options = options
        self.model = OptionReader(model, file: options.file)
        try self.model.refuse("type", unless: .string("BPE"))
        try self.model.refuse("continuing_subword_prefix", unless: .string(""))
        guard let suffix = self.model.value("end_of_word_suffix"), suffix == .string("</w>") else {
            throw options.invalid("model.end_of_word_suffix", "should be \"</w>\", as CLIP's is")
        }
    }

    /// Every token's number, those of the added ones too.
    func vocabulary() throws(ModelError) -> [String: Int32] {
        var result = try VocabularyFiles.vocabulary(model.value("vocab") ?? .null, options.file)
        for value in options.value("added_tokens")?.array ?? [] {
            guard let token = value.object?["content"]?.string, let number = VocabularyFiles.tokenNumber(value.object?["id"]) else {
                throw options.invalid("added_tokens", "should be tokens, each with \"content\" and \"id\"")
            }
            result[token] = result[token] ?? number
        }
        return result
    }

    /// Pairs of tokens, or as text with a space between.
    func merges(_ vocabulary: [String: Int32]) throws(ModelError) -> [VocabularyFiles.Merge] {
        guard let items = model.value("merges")?.array else { throw options.invalid("model.merges", "should be a list") }
        return try items.enumerated().map { index, item throws(ModelError) in
            let parts = item.array?.compactMap(\.string) ?? (item.string ?? "").split(separator: " ").map(String.init)
            return try VocabularyFiles.merge(parts, vocabulary, options.file, place: "merge \(index + 1)")
        }
    }
}
