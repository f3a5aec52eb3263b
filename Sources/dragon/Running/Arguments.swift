/// An argument whose bytes are no text.
struct ForeignArgument: Error, CustomStringConvertible {
    let shown: String
    var description: String { "the argument \(shown) is not UTF-8, so its file would get another name: rename it" }
}

/// Throws where an argument is not UTF-8: Swift would read other bytes, and a file of another name would be read or written.
func checkArguments() throws(ForeignArgument) {
    for index in 0..<Int(CommandLine.argc) {
        guard let bytes = CommandLine.unsafeArgv[index], String(validatingCString: bytes) == nil else { continue }
        throw ForeignArgument(shown: String(cString: bytes))
    }
}
