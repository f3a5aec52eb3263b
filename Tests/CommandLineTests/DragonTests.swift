import Testing

@testable import dragon

@Test func theCommandIsCalledDragon() {
    #expect(Dragon._commandName == "dragon")
}
