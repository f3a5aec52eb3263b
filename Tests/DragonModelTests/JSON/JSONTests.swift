import Testing

@testable import DragonModel

@Test func placeholder() throws {
    #expect(try JSONValue(parsing: Array("[1]".utf8)) == .array([.integer(1)]))
}
