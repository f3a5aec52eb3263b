import Glibc
import Synchronization

/// A file beside another one, to be renamed to it. None stays: not when this process is interrupted, and what a killed one left
/// goes with the next that writes there.
struct Temporary {
    let path: String
    /// Locked, as long as somebody writes there.
    let descriptor: Descriptor

    private static let (prefix, suffix) = (".dragon-", ".part")
    /// Those that exist now.
    private static let present = Mutex<Set<String>>([])

    /// A new file in the folder of `file`, its name as short as any.
    init(beside file: String) throws(SystemError) {
        let slash = file.lastIndex(of: "/")
        let folder = slash.map { file[...$0] } ?? ""
        Self.removeLeft(in: folder.isEmpty ? "." : String(folder))
        var made: (path: String, descriptor: Descriptor)
        var status = stat()
        repeat {
            made = try Self.make(in: folder)
            flock(made.descriptor.number, LOCK_EX)
            try check(fstat(made.descriptor.number, &status))
            // Another process may have come between, and taken it for one that was left.
        } while status.st_nlink == 0
        (path, descriptor) = made
    }

    private static func make(in folder: Substring) throws(SystemError) -> (String, Descriptor) {
        var template = Array("\(folder)\(prefix)XXXXXX\(suffix)".utf8CString)
        // Known before it exists.
        return try present.withLock { (present) throws(SystemError) in
            let number = mkstemps(&template, Int32(suffix.utf8.count))
            try check(number)
            // Not for programs that another thread starts meanwhile: a file that they hold open to write cannot be run.
            _ = fcntl(number, F_SETFD, FD_CLOEXEC)
            let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
            present.insert(path)
            return (path, Descriptor(number))
        }
    }

    /// Removes the file, if it still has that name.
    func remove() {
        unlink(path)
        Self.present.withLock { _ = $0.remove(path) }
    }

    /// Removes those that exist, and calls `body`, during which no other comes.
    static func removeAll(_ body: () -> Never) -> Never {
        present.withLock { present in
            for path in present { unlink(path) }
            body()
        }
    }

    private static func removeLeft(in folder: String) {
        guard let entries = opendir(folder) else { return }
        defer { closedir(entries) }
        while let entry = readdir(entries) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            guard name.hasPrefix(prefix), name.hasSuffix(suffix) else { continue }
            let path = "\(folder)/\(name)"
            guard let left = try? Descriptor(opening: path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK) else { continue }
            if flock(left.number, LOCK_EX | LOCK_NB) == 0 { unlink(path) }
        }
    }
}
