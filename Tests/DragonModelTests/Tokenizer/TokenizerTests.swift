import TestSupport
import Testing

@testable import DragonModel

/// CLIP's own vocabulary, which its merges imply: the 256 bytes, the same at a word's end, the merges in order, start and end.
enum ClipVocabulary {
    static func write(to folder: TemporaryFolder) throws {
        let merges = try readFile(fixture("tokenizer/merges.txt"), limit: 1_000_000)
        let lines = String(decoding: merges, as: UTF8.self).split(separator: "\n").dropFirst()
        let printable = Array(0x21...0x7E) + Array(0xA1...0xAC) + Array(0xAE...0xFF)
        let letters = (printable + (0..<256 - printable.count).map { 0x100 + $0 }).compactMap {
            Unicode.Scalar($0).map { String(Character($0)) }
        }
        let tokens =
            letters + letters.map { $0 + "</w>" } + lines.map { $0.split(separator: " ").joined() } + ["<|startoftext|>", "<|endoftext|>"]
        let members = tokens.enumerated().map { number, token in
            "\"\(token.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\":\(number)"
        }
        try folder.write("merges.txt", merges)
        try folder.write("vocab.json", "{\(members.joined(separator: ","))}")
    }
}

@Suite struct ClipTokens {
    let folder: TemporaryFolder
    let tokenizer: Tokenizer

    init() throws {
        folder = try TemporaryFolder()
        try ClipVocabulary.write(to: folder)
        tokenizer = try Tokenizer(folder: folder.path)
    }

    @Test func everyStringHasTheTokensOfTransformers() throws {
        // Written by Tests/Peers/tokenizer.py: ordinary prompts, every plane of Unicode, empty, very long.
        let cases = try #require(try readJSON(fixture("tokenizer/cases.json")).array)
        #expect(cases.count >= 2000)
        for item in cases {
            let parts = try #require(item.array)
            let text = String(repeating: try #require(parts[0].string), count: try #require(parts[1].integer))
            let expected = try #require(parts[2].array).compactMap(\.integer)
            let padded = expected + Array(repeating: 49407, count: 77 - expected.count)
            #expect(tokenizer.encode(text) == padded, "\(text.unicodeScalars.prefix(40).map { String($0.value, radix: 16) })")
        }
    }

    @Test func lengthsAreExactAndTheEndIsKept() {
        let long = String(repeating: "cat ", count: 100)
        #expect(tokenizer.encode(long).count == 77 && tokenizer.encode(long).last == 49407 && tokenizer.encode(long)[75] == 2368)
        #expect(tokenizer.encode("", length: 2) == [49406, 49407])
        #expect(tokenizer.encode("cat", length: 4) == [49406, 2368, 49407, 49407])
        #expect(tokenizer.fits(String(repeating: "cat ", count: 75)) && !tokenizer.fits(String(repeating: "cat ", count: 76)))
    }

    @Test func hundredThousandCharactersTakeNoTime() {
        for text in ["ab", "!?", "a ", "猫", "<|", "\u{301}\u{316}"] {
            let time = ContinuousClock().measure { _ = tokenizer.encode(String(repeating: text, count: 50_000)) }
            #expect(time < .seconds(5), "\(text)")  // release builds: under 0.1 s
        }
    }

    @Test func theFilesDecideThePaddingAndTheMarkers() throws {
        // Stable Diffusion 2 pads by "!", which then is a token of its own wherever it stands.
        try folder.write(
            "special_tokens_map.json", #"{"pad_token":"!","eos_token":{"content":"<|endoftext|>","lstrip":false,"normalized":true}}"#)
        let second = try Tokenizer(folder: folder.path)
        #expect(second.encode("hi!! you", length: 8) == [49406, 1883, 0, 0, 592, 49407, 0, 0])
        try folder.write(
            "tokenizer_config.json",
            #"{"added_tokens_decoder":{"49406":{"content":"<|startoftext|>"},"49407":{"content":"<|endoftext|>"}}}"#)
        let newer = try Tokenizer(folder: folder.path)
        #expect(newer.encode("<|StartOfText|> hi!", length: 6) == [49406, 49406, 1883, 256, 49407, 49407])
    }
}

@Suite struct TokenizerFilesReading {
    let folder: TemporaryFolder
    init() throws {
        folder = try TemporaryFolder()
        try ClipVocabulary.write(to: folder)
    }

    private var error: ModelError? { modelError { _ = try Tokenizer(folder: folder.path) } }

    @Test(arguments: [
        "i n\nt h e\n", "i\n", "i  n\n", "i zzzz\n", "zzzz i\n", "ꬰ ꬱ\n",
    ])
    func mergesThatMakeNoSenseAreRefused(text: String) throws {
        try folder.write("merges.txt", text)
        guard case .malformedTokenizer(folder.file("merges.txt"), _)? = error else {
            Issue.record("accepted")
            return
        }
    }

    @Test func mergesThatAreNotTextAreRefused() throws {
        try folder.write("merges.txt", [0x69, 0x20, 0xFF, 0x0A])
        #expect(error == .malformedTokenizer(file: folder.file("merges.txt"), reason: "it is not UTF-8"))
    }

    @Test(arguments: [
        "[]", #"{"a":-1}"#, #"{"a":1.5}"#, #"{"a":"1"}"#, #"{"a":99999999999}"#, "{}", #"{"a":1}"#, #"{"<|startoftext|>":0}"#,
    ])
    func vocabulariesThatMakeNoSenseAreRefused(text: String) throws {
        try folder.write("vocab.json", text)
        guard case .malformedTokenizer(folder.file("vocab.json"), _)? = error else {
            Issue.record("accepted")
            return
        }
    }

    @Test(arguments: [
        #"{"pad_token":""}"#, #"{"pad_token":7}"#, #"{"pad_token":{"content":"!","lstrip":true}}"#, #"{"pad_token":"not a token"}"#, "{",
    ])
    func specialTokensThatMakeNoSenseAreRefused(text: String) throws {
        try folder.write("tokenizer_config.json", text)
        #expect(error != nil)
    }

    @Test func absentFilesAreNamed() throws {
        try folder.write("merges.txt", "")
        #expect(error == nil)  // bytes alone
        let empty = try TemporaryFolder()
        #expect(
            modelError { _ = try Tokenizer(folder: empty.path) }
                == .unreadable(file: empty.file("vocab.json"), reason: "No such file or directory"))
    }
}
