/// CLIP's tokenizer: text to the numbers that the text encoder knows, the same as transformers' CLIPTokenizer for any text.
public struct Tokenizer: Sendable {
    /// The token that starts every prompt.
    public let startToken: Int
    /// The token that ends every prompt.
    public let endToken: Int
    /// The token that fills what is left behind the end.
    public let padToken: Int
    /// Tokens known, as one more than the highest number.
    public let vocabularySize: Int
    private let pairs: BytePairs
    private let writtenTokens: Markers
    private let normalizedTokens: Markers

    /// Reads `vocab.json` and `merges.txt`, or `tokenizer.json` where they are not there; and `tokenizer_config.json` and
    /// `special_tokens_map.json` where they are.
    ///
    /// - Parameter folder: where they lie.
    /// - Throws: ``ModelError``.
    public init(folder: String) throws(ModelError) { try self.init(TokenizerSources(folder: folder)) }

    init(_ sources: TokenizerSources) throws(ModelError) {
        let whole = try sources.wholeReader
        let special = try SpecialTokens(configuration: try sources.configuration, map: try sources.map, whole: whole)
        let files = try VocabularyFiles(sources, whole: whole, unknownToken: special.unknown)
        func number(_ token: String) throws(ModelError) -> Int {
            guard let number = files.vocabulary[token] else {
                throw .malformedTokenizer(file: sources.vocabularyPath, reason: "it lacks the token \(shown(token, limit: 60))")
            }
            return Int(number)
        }
        func markers(_ isNormalized: Bool) throws(ModelError) -> Markers {
            Markers(
                try special.added.filter { $0.isNormalized == isNormalized }.map { token throws(ModelError) in
                    let scalars = isNormalized ? normalized(token.content.unicodeScalars) : Array(token.content.unicodeScalars)
                    return Markers.Marker(scalars: scalars, token: try number(token.content))
                })
        }
        startToken = try number(special.start)
        endToken = try number(special.end)
        padToken = try number(special.pad)
        vocabularySize = Int(files.vocabulary.values.max() ?? 0) + 1
        pairs = files.pairs
        writtenTokens = try markers(false)
        normalizedTokens = try markers(true)
    }

    /// The tokens of a prompt: start, text, end, and then padding up to `length`. Text that does not fit is cut off before the end.
    ///
    /// - Parameter length: numbers in all, at least 2.
    public func encode(_ prompt: String, length: Int = 77) -> [Int] {
        precondition(length >= 2, "a prompt has a start and an end")
        let text = tokens(prompt, limit: length - 2)
        return [startToken] + text + [endToken] + Array(repeating: padToken, count: length - 2 - text.count)
    }

    /// Whether all of a prompt goes into `length` tokens, start and end included.
    public func fits(_ prompt: String, length: Int = 77) -> Bool { tokens(prompt, limit: length - 1).count <= length - 2 }

    /// The first `limit` tokens of a text, without start and end.
    func tokens(_ text: String, limit: Int = .max) -> [Int] {
        var result: [Int] = []
        split(Array(text.unicodeScalars)[...], at: writtenTokens, limit, &result) { part, result in
            split(normalized(part)[...], at: normalizedTokens, limit, &result) { part, result in
                for word in words(part) {
                    guard result.count < limit else { return }
                    result += pairs.encode(word.flatMap { UTF8.encode($0).map(Array.init) ?? [] }).map(Int.init)
                }
            }
        }
        return Array(result.prefix(limit))
    }

    /// Appends the tokens of the markers in a text, and calls `body` for what lies between.
    private func split(
        _ text: ArraySlice<Unicode.Scalar>, at markers: Markers, _ limit: Int, _ result: inout [Int],
        _ body: (ArraySlice<Unicode.Scalar>, inout [Int]) -> Void
    ) {
        var start = text.startIndex
        var position = start
        while position < text.endIndex, result.count < limit {
            guard let marker = markers.longest(at: text[position...]) else {
                position += 1
                continue
            }
            if start < position { body(text[start..<position], &result) }
            result.append(marker.token)
            position += marker.scalars.count
            start = position
        }
        if start < text.endIndex { body(text[start...], &result) }
    }
}
