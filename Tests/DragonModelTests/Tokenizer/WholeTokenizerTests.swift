import TestSupport
import Testing

@testable import DragonModel

@Suite struct WholeTokenizers {
    let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    @Test func tokenizerJSONAloneIsTheSameTokenizer() throws {
        let (whole, split) = (try Tokenizer(folder: fixture("faults/whole-tokenizer")), try Tokenizer(folder: fixture("model/tokenizer")))
        #expect([whole.startToken, whole.endToken, whole.padToken, whole.vocabularySize] == [523, 524, 524, 525])
        for text in ["a photo of a cat", "", "<|endoftext|>x", "phantom at THAT cat's", "é猫 12"] {
            #expect(whole.encode(text) == split.encode(text), "\(text)")
        }
    }

    @Test func mergesMayBeTextAndAddedTokensNew() throws {
        let text = String(decoding: try readFile(fixture("faults/whole-tokenizer/tokenizer.json"), limit: 1_000_000), as: UTF8.self)
        var root = try #require(try JSONValue(parsing: Array(text.utf8)).object)
        var model = try #require(root["model"]?.object)
        model["merges"] = .array(
            try #require(model["merges"]?.array).map { .string(try #require($0.array).compactMap(\.string).joined(separator: " ")) })
        root["model"] = .object(model)
        let added = JSONObject(["content": .string("<mark>"), "id": .integer(700), "normalized": .bool(false)])
        root["added_tokens"] = .array(try #require(root["added_tokens"]?.array) + [.object(added)])
        try folder.write("tokenizer.json", JSONValue.object(root).text)
        let tokenizer = try Tokenizer(folder: folder.path)
        #expect(tokenizer.tokens("cat<mark>").last == 700 && tokenizer.tokens("cat").count == 1)
    }

    @Test(arguments: [
        "{}", #"{"model":{"type":"WordPiece"}}"#, #"{"model":{"type":"BPE","vocab":{},"merges":[]}}"#,
        #"{"model":{"end_of_word_suffix":"</w>","vocab":{},"merges":7}}"#,
    ])
    func otherTokenizersAreRefusedInWords(text: String) throws {
        try folder.write("tokenizer.json", text)
        #expect(modelError { _ = try Tokenizer(folder: folder.path) } != nil)
    }

    @Test func fiftyThousandAddedTokensTakeNoTime() throws {
        try ClipVocabulary.write(to: folder)
        let vocabulary = try #require(try readJSON(folder.file("vocab.json")).object)
        var decoder = JSONObject()
        for (number, name) in vocabulary.names.enumerated() {
            decoder[String(number)] = .object(JSONObject(["content": .string(name), "normalized": .bool(number % 2 == 0)]))
        }
        #expect(decoder.count > 49_000)
        try folder.write("tokenizer_config.json", JSONValue.object(JSONObject(["added_tokens_decoder": .object(decoder)])).text)
        let time = ContinuousClock().measure {
            #expect(modelError { _ = try Tokenizer(folder: folder.path).encode(String(repeating: "a cat ", count: 10_000)) } == nil)
        }
        #expect(time < .seconds(2), "\(time)")
    }

    @Test func theLongestMarkerIsTaken() {
        let markers = Markers(
            ["<a>", "<a>b", "<", "x", "", "<a>"].enumerated().map { .init(scalars: Array($1.unicodeScalars), token: $0) })
        func longest(_ text: String) -> Int? { markers.longest(at: Array(text.unicodeScalars)[...])?.token }
        #expect(longest("<a>bc") == 1 && longest("<a>c") == 0 && longest("<ab") == 2 && longest("x") == 3)
        #expect(longest("") == nil && longest("a<") == nil)
    }
}
