/// The bytes of a text as UTF-8 without a mark at its start: editors of Windows write such marks, and UTF-16.
///
/// Bytes that are no UTF-16 after all come back as they are, for their reader to say what is wrong.
func plainUTF8(_ bytes: [UInt8]) -> [UInt8] {
    switch (bytes.first, bytes.dropFirst().first) {
    case (0xEF, 0xBB) where bytes.dropFirst(2).first == 0xBF: Array(bytes.dropFirst(3))
    case (0xFF, 0xFE): utf8(bytes.dropFirst(2), isBigEndian: false) ?? bytes
    case (0xFE, 0xFF): utf8(bytes.dropFirst(2), isBigEndian: true) ?? bytes
    // Without a mark: every text of these files starts with a character of ASCII.
    case (.some(1...), 0): utf8(bytes[...], isBigEndian: false) ?? bytes
    case (0, .some(1...)): utf8(bytes[...], isBigEndian: true) ?? bytes
    default: bytes
    }
}

private func utf8(_ bytes: ArraySlice<UInt8>, isBigEndian: Bool) -> [UInt8]? {
    guard bytes.count.isMultiple(of: 2) else { return nil }
    let units = stride(from: bytes.startIndex, to: bytes.endIndex, by: 2).map { at in
        let (first, second) = (UInt16(bytes[at]), UInt16(bytes[at + 1]))
        return isBigEndian ? first << 8 | second : second << 8 | first
    }
    return String(validating: units, as: UTF16.self).map { Array($0.utf8) }
}
