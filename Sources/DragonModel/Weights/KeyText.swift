import Glibc

// Keys are compared by their bytes: a file has thousands of them.
extension String {
    /// What follows a start of the key; nil where it starts otherwise.
    func without(start: String) -> String? { hasPrefix(start) ? String(Substring(utf8.dropFirst(start.utf8.count))) : nil }

    /// What stands before an ending of the key; nil where it ends otherwise.
    func without(ending: String) -> String? { hasSuffix(ending) ? String(Substring(utf8.dropLast(ending.utf8.count))) : nil }

    /// Whether a part stands anywhere in the key.
    func has(_ part: String) -> Bool { strstr(self, part) != nil }
}

/// The keys of a file, one after the other, to look for a part in all of them at once.
struct KeyList {
    /// Each key between line ends, and a zero.
    private let text: [UInt8]

    init(_ entries: [TensorEntry]) {
        var text: [UInt8] = [Self.end]
        for entry in entries {
            text += entry.name.utf8
            text.append(Self.end)
        }
        // A zero within a key would hide the rest.
        for index in text.indices where text[index] == 0 { text[index] = Self.end }
        self.text = text + [0]
    }

    private static let end = UInt8(ascii: "\n")

    /// Whether any key starts so.
    func hasStart(_ start: String) -> Bool { has("\n\(start)") }

    /// Whether a part stands anywhere in any key.
    func has(_ part: String) -> Bool {
        text.withUnsafeBytes { text in
            text.baseAddress.map { strstr($0.assumingMemoryBound(to: CChar.self), part) != nil } ?? false
        }
    }
}
