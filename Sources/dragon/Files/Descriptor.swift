import Glibc

/// The system's number of what went wrong.
struct SystemError: Error {
    let code: Int32
}

/// Whether an error says that there is no more room.
func isFullDisk(_ code: Int32) -> Bool { [ENOSPC, EDQUOT, EFBIG].contains(code) }

/// Throws the system's last error where its answer is one.
func check(_ answer: Int32) throws(SystemError) {
    if answer < 0 { throw SystemError(code: errno) }
}

/// What a path leads to.
struct FileStatus {
    private let status: stat

    /// Nil where it leads nowhere, and `errno` says why.
    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.status = status
    }

    var isRegular: Bool { status.st_mode & S_IFMT == S_IFREG }
    var isFolder: Bool { status.st_mode & S_IFMT == S_IFDIR }
    var mode: mode_t { status.st_mode & 0o777 }
}

/// An open file that closes itself.
final class Descriptor {
    private(set) var number: Int32

    init(_ number: Int32) { self.number = number }

    init(opening path: String, _ flags: Int32) throws(SystemError) {
        number = open(path, flags | O_CLOEXEC)
        try check(number)
    }

    /// Another number of a file that stays open.
    init(copying other: Int32) throws(SystemError) {
        number = fcntl(other, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)
        try check(number)
    }

    /// The next bytes as they come; none at the end.
    func read(atMost limit: Int) throws(SystemError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: limit)
        while true {
            let count = bytes.withUnsafeMutableBytes { Glibc.read(number, $0.baseAddress, limit) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw SystemError(code: errno) }
            bytes.removeLast(limit - count)
            return bytes
        }
    }

    func write(_ bytes: [UInt8]) throws(SystemError) {
        var done = 0
        while done < bytes.count {
            let written = bytes.withUnsafeBytes { Glibc.write(number, $0.baseAddress.map { $0 + done }, bytes.count - done) }
            if written < 0, errno == EINTR { continue }
            guard written >= 0 else { throw SystemError(code: errno) }
            done += written
        }
    }

    /// Closes the file, and hears what a disk far away says only then.
    func close() throws(SystemError) {
        let closed = number
        number = -1
        try check(Glibc.close(closed))
    }

    /// Leaves the file open, to whom it belongs.
    func release() { number = -1 }

    deinit { if number >= 0 { Glibc.close(number) } }
}
