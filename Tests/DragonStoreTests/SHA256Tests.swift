import Testing

@testable import DragonStore

@Suite("SHA-256 is that of FIPS 180-4")
struct SHA256Tests {
    private func hash(_ bytes: [UInt8], piece: Int = .max) -> String {
        var hash = SHA256()
        var rest = bytes[...]
        while !rest.isEmpty {
            rest.prefix(piece).withUnsafeBytes { hash.update($0) }
            rest = rest.dropFirst(piece)
        }
        return hash.finished()
    }

    // NIST's examples, and its long one of a million letters.
    @Test(
        "NIST's vectors",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
            (
                "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
                "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
            ),
        ])
    func vectors(_ text: String, _ expected: String) { #expect(hash(Array(text.utf8)) == expected) }

    @Test("a million letters, in pieces of any size")
    func long() {
        let letters = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
        for piece in [Int.max, 1000, 64, 63, 7] {
            #expect(hash(letters, piece: piece) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0", "\(piece)")
        }
    }

    @Test("every length around a block's end gives what pieces of one byte give")
    func lengths() {
        for count in 0...200 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 7) }
            #expect(hash(bytes) == hash(bytes, piece: 1), "\(count)")
        }
    }
}
