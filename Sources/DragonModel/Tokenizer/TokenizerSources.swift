import Glibc

/// The files of a tokenizer's folder, read and not yet understood.
struct TokenizerSources: Sendable {
    let folder: String
    /// By name; those that are there.
    private let files: [String: [UInt8]]

    static let vocabulary = "vocab.json"
    static let merges = "merges.txt"
    /// Vocabulary, merges and added tokens in one file, as transformers writes them since its version 5.
    static let whole = "tokenizer.json"
    private static let options = ["tokenizer_config.json", "special_tokens_map.json"]
    private static let limit = 16_000_000

    /// Reads `vocab.json` and `merges.txt`, or `tokenizer.json` where they are not there; and what says which tokens are special.
    init(folder: String) throws(ModelError) {
        self.folder = folder
        let isSplit = [Self.vocabulary, Self.merges].allSatisfy { exists(joined(folder, $0)) }
        let isWhole = !isSplit && exists(joined(folder, Self.whole))
        var files: [String: [UInt8]] = [:]
        for name in isWhole ? [Self.whole] : [Self.vocabulary, Self.merges] {
            files[name] = try readFile(joined(folder, name), limit: Self.limit)
        }
        for name in Self.options where exists(joined(folder, name)) {
            files[name] = try readFile(joined(folder, name), limit: Self.limit)
        }
        self.files = files
    }

    /// Whether the files are the same, wherever they lie.
    func holdsSame(as other: TokenizerSources) -> Bool {
        files.count == other.files.count
            && files.allSatisfy { name, bytes in
                other.files[name].map { $0.count == bytes.count && memcmp($0, bytes, bytes.count) == 0 } ?? false
            }
    }

    /// The file that has the vocabulary.
    var vocabularyPath: String { joined(folder, isWhole ? Self.whole : Self.vocabulary) }

    var isWhole: Bool { files[Self.whole] != nil }

    var configuration: OptionReader? { get throws(ModelError) { try reader("tokenizer_config.json") } }

    var map: OptionReader? { get throws(ModelError) { try reader("special_tokens_map.json") } }

    /// `tokenizer.json`, where that is all there is.
    var wholeReader: OptionReader? { get throws(ModelError) { try reader(Self.whole) } }

    /// `vocab.json`.
    func vocabularyJSON() throws(ModelError) -> JSONValue { try parsedJSON(files[Self.vocabulary] ?? [], file: vocabularyPath) }

    /// The text of `merges.txt`, and where it lies.
    func mergesText() throws(ModelError) -> (text: String, path: String) {
        let path = joined(folder, Self.merges)
        guard let text = String(validating: plainUTF8(files[Self.merges] ?? []), as: UTF8.self) else {
            throw .malformedTokenizer(file: path, reason: "it is not UTF-8")
        }
        return (text, path)
    }

    private func reader(_ name: String) throws(ModelError) -> OptionReader? {
        guard let bytes = files[name] else { return nil }
        return try OptionReader(bytes, file: joined(folder, name))
    }
}
