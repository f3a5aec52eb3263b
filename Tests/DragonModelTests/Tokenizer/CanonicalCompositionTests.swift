import Testing

@testable import DragonModel

@Suite struct CanonicalComposition {
    private func composed(_ text: String) -> [UInt32] { DragonModel.composed(text.unicodeScalars).map(\.value) }

    @Test func marksJoinTheirLetter() {
        #expect(composed("e\u{301}") == [0xE9])
        #expect(composed("\u{E9}") == [0xE9])
        #expect(composed("a\u{323}\u{302}") == composed("a\u{302}\u{323}"))
        #expect(composed("a\u{302}\u{323}") == [0x1EAD])
    }

    @Test func aMarkBehindOneOfItsClassStaysApart() {
        #expect(composed("e\u{308}\u{301}") == [0xEB, 0x301])
        #expect(composed("e\u{30D}\u{301}") == [0x65, 0x30D, 0x301])
        #expect(composed("x\u{301}\u{316}") == [0x78, 0x316, 0x301])
    }

    @Test func excludedCharactersStayTakenApart() {
        #expect(composed("\u{958}") == [0x915, 0x93C])
        #expect(composed("\u{212B}\u{2126}\u{F900}") == [0xC5, 0x3A9, 0x8C48])
        #expect(composed("\u{1D15E}") == [0x1D157, 0x1D165])
    }

    @Test func hangulIsArithmetic() {
        #expect(composed("\u{1112}\u{1161}\u{11AB}") == [0xD55C])
        #expect(composed("\u{D55C}") == [0xD55C])
        #expect(composed("\u{D558}\u{11AB}") == [0xD55C])
        #expect(composed("\u{D55C}\u{11AB}") == [0xD55C, 0x11AB])
        #expect(composed("\u{1112}\u{1112}\u{1175}") == [0x1112, 0xD788])
    }

    @Test func whatUnicode9DoesNotKnowStaysAsItIs() {
        // A composition of Unicode 16, and a mark of Unicode 14 that would move behind the one below.
        #expect(composed("\u{105D2}\u{307}") == [0x105D2, 0x307])
        #expect(composed("a\u{898}\u{316}") == [0x61, 0x898, 0x316])
    }
}
