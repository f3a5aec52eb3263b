import Testing

@testable import DragonModel

@Test func messagesAreOneLineWhateverTheFileSays() {
    let nasty = "a\nb\u{1B}[31m\u{202E}\u{2028}" + String(repeating: "x", count: 10_000)
    let errors: [ModelError] = [
        .unreadable(file: nasty, reason: nasty), .unwritable(file: nasty, reason: nasty),
        .malformedJSON(file: nasty, offset: 1, reason: nasty),
        .malformedSafetensors(file: nasty, reason: nasty), .pickle(file: nasty), .incompleteModel(path: nasty, reason: nasty),
        .invalidOption(file: nasty, option: nasty, reason: nasty),
        .unsupportedOption(file: nasty, option: nasty, value: nasty, supported: "x"),
        .missing(key: nasty, file: nasty), .shapeMismatch(key: nasty, expected: [1], found: [2], file: nasty),
        .elementTypeMismatch(key: nasty, expected: "F32", found: "I64", file: nasty), .boundTwice(key: nasty, file: nasty),
        .surplus(keys: [nasty], count: 1, file: nasty), .nonFinite(key: nasty, file: nasty),
        .malformedTokenizer(file: nasty, reason: nasty),
        .outOfMemory(bytes: .max, purpose: nasty), .diskFull(file: nasty, reason: nasty),
    ]
    for error in errors {
        let text = error.description
        #expect(!text.isEmpty && text.utf8.count < 2000)
        #expect(!text.unicodeScalars.contains { $0.value < 0x20 || $0 == "\u{2028}" || $0 == "\u{202E}" })
    }
}
