import Testing

@testable import DragonModel

private func parse(_ text: String) throws -> JSONValue { try JSONValue(parsing: Array(text.utf8)) }

@Suite struct JSONReading {
    @Test func everyKindOfValueIsRead() throws {
        let value = try parse(#" {"a": [null, true, false, -12, 1.5e2, "x"], "b": {}} "#)
        #expect(value.object?.names == ["a", "b"])
        #expect(value.object?["a"] == .array([.null, .bool(true), .bool(false), .integer(-12), .number(150), .string("x")]))
        #expect(value.object?["b"]?.object?.count == 0)
    }

    @Test func escapesAndSurrogatePairsBecomeText() throws {
        #expect(try parse(#""\" \\ \/ \b\f\n\r\t \u00e9 \ud83d\ude00 é😀""#) == .string("\" \\ / \u{8}\u{c}\n\r\t é 😀 é😀"))
    }

    @Test func wholeNumbersStayExact() throws {
        #expect(try parse("9223372036854775807").integer == .max)
        #expect(try parse("-9223372036854775808").integer == .min)
        #expect(try parse("9223372036854775808") == .number(9_223_372_036_854_775_808))
        #expect(try parse("8.0").integer == 8)
        #expect(try parse("8.5").integer == nil)
    }

    @Test(arguments: [
        "", " ", "{", "[", "\"", "[1,]", "[,1]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{'a':1}", "[1 2]", "1 1", "[1]x", "tru",
        "nul", "True", "NaN",
        "Infinity", "-", "+1", "01", "1.", ".5", "1e", "1e+", "0x10", "1e999", "\"\u{1}\"", "\"\\x\"", "\"\\u12g4\"", "\"\\u12",
        "\"\\ud800\"",
        "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"\\ud800\\ud800\"", "\"a\nb\"", "\u{FEFF}1", "// c\n1", "\"\\", "\"\\u",
    ])
    func whatTheGrammarExcludesIsRefused(text: String) {
        #expect(throws: JSONError.self) { try parse(text) }
    }

    @Test(
        arguments: [[0x22, 0xFF, 0x22], [0x22, 0xC0, 0xAF, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xE9, 0x5C, 0x6E, 0x22]]
            as [[UInt8]])
    func stringsThatAreNotUTF8AreRefused(bytes: [UInt8]) {
        #expect(throws: JSONError.self) { try JSONValue(parsing: bytes) }
    }

    @Test func aNameTwiceIsRefusedWhereItStands() {
        #expect(throws: JSONError(offset: 8, reason: "the name \"a\" stands twice in an object")) { try parse(#"{"a":1, "a":2}"#) }
        #expect(throws: JSONError.self) { try parse(#"{"a":1,"\u0061":2}"#) }
    }

    @Test func depthIsLimited() throws {
        func nested(_ depth: Int) -> String { String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
        #expect(try parse(nested(64)).array?.count == 1)
        #expect(throws: JSONError(offset: 64, reason: "nested more than 64 deep")) { try parse(nested(65)) }
        #expect(throws: JSONError.self) { try parse(String(repeating: "[", count: 1_000_000)) }
        #expect(throws: JSONError.self) { try parse(String(repeating: #"{"a":"#, count: 1_000_000)) }
    }

    @Test func theNumberOfValuesIsLimited() throws {
        var limits = JSONLimits()
        limits.values = 4
        #expect(try JSONValue(parsing: Array("[1,2,3]".utf8), limits: limits).array?.count == 3)
        #expect(throws: JSONError.self) { try JSONValue(parsing: Array("[1,2,3,4]".utf8), limits: limits) }
    }

    @Test func aLargeVocabularyIsReadQuickly() throws {
        let text = "{" + (0..<50_000).map { "\"token\($0)é</w>\": \($0)" }.joined(separator: ", ") + "}"
        var value = JSONValue.null
        let time = try ContinuousClock().measure { value = try parse(text) }
        #expect(value.object?["token49999é</w>"] == .integer(49_999))
        // 30 ms in a release build; debug builds are some ten times slower.
        #expect(time < .seconds(2))
    }
}
