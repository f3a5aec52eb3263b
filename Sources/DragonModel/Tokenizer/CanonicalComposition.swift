@_spi(_Unicode) import Swift

/// Normalisation form C, as far as Unicode 9 defines it.
///
/// The reference tokenizer composes by the tables of Unicode 9, and leaves every character assigned since then as it is. Forms of
/// assigned characters never change, so the standard library's own form is right for the runs between newer characters.
func composed(_ text: String.UnicodeScalarView) -> String.UnicodeScalarView {
    var result = String.UnicodeScalarView()
    var run = String.UnicodeScalarView()
    func flush() {
        for character in String(run)._nfc { result.append(character) }
        run = String.UnicodeScalarView()
    }
    for scalar in text {
        if scalar.isASCII || scalar.isAssigned(by: 9) {
            run.append(scalar)
        } else {
            flush()
            result.append(scalar)
        }
    }
    flush()
    return result
}

extension Unicode.Scalar {
    /// Whether a version of Unicode, or one before it, assigned this scalar.
    func isAssigned(by version: Int) -> Bool {
        guard let age = properties.age else { return false }
        return age.major < version || (age.major == version && age.minor == 0)
    }
}
