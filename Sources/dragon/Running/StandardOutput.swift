import Glibc

/// What cannot be printed.
struct PrintError: Error, CustomStringConvertible {
    let code: Int32
    var description: String { "cannot print what was found: \(String(cString: strerror(code)))" }
}

/// Prints a line to stdout, and hears whether anybody takes it.
func printLine(_ text: String) throws(PrintError) {
    let output = Descriptor(STDOUT_FILENO)
    defer { output.release() }
    do { try output.write(Array("\(text)\n".utf8)) } catch { throw PrintError(code: error.code) }
}

/// Fills the places of stdin, stdout and stderr that are closed: a file that is opened later must not get what is printed.
func holdStandardDescriptors() {
    for number in STDIN_FILENO...STDERR_FILENO where fcntl(number, F_GETFD) < 0 {
        _ = open("/dev/null", number == STDIN_FILENO ? O_WRONLY : O_RDONLY)
    }
}
