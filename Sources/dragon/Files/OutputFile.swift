import DragonModel
import Glibc

/// A file to be written after a long computation. What can keep it from that is found before.
struct OutputFile {
    let path: String

    /// - Throws: ``ModelError/unwritable(file:reason:)``, ``ModelError/diskFull(file:reason:)``.
    init(_ path: String) throws(ModelError) {
        self.path = path
        if path.hasSuffix("/") { throw .unwritable(file: path, reason: "it names a folder") }
        if let status = FileStatus(path) {
            if status.isFolder { throw .unwritable(file: path, reason: "it is a folder") }
            guard access(path, W_OK) == 0 else { throw failure(errno) }
        } else {
            guard errno == ENOENT else { throw failure(errno) }
            // Tried out: rights alone do not tell of a full or a foreign disk.
            do { try Temporary(beside: resolved(path)).remove() } catch { throw failure(error.code) }
        }
    }

    /// Writes the file, whole or not at all: to a file beside it, to the disk, and only then under the name. Where a file may be
    /// written and not replaced, its own bytes are; so are devices and pipes.
    ///
    /// - Throws: ``ModelError/unwritable(file:reason:)``, ``ModelError/diskFull(file:reason:)``.
    func write(_ bytes: [UInt8]) throws(ModelError) {
        let status = FileStatus(path)
        do {
            if let status, !status.isRegular { return try writeInPlace(bytes, at: path) }
            let target = resolved(path)
            do {
                try replace(target, with: bytes, mode: status?.mode)
            } catch let error where status != nil && [EACCES, EPERM, EROFS, EBUSY, EXDEV, ENAMETOOLONG].contains(error.code) {
                try writeInPlace(bytes, at: target)
            }
        } catch { throw failure(error.code) }
    }

    private func replace(_ target: String, with bytes: [UInt8], mode: mode_t?) throws(SystemError) {
        let temporary = try Temporary(beside: target)
        defer { temporary.remove() }
        try temporary.descriptor.write(bytes)
        let mask = umask(0)
        umask(mask)
        try check(fchmod(temporary.descriptor.number, mode ?? 0o666 & ~mask))
        try check(fsync(temporary.descriptor.number))
        try check(rename(temporary.path, target))
    }

    private func writeInPlace(_ bytes: [UInt8], at target: String) throws(SystemError) {
        let descriptor = try Descriptor(opening: target, O_WRONLY)
        var status = stat()
        try check(fstat(descriptor.number, &status))
        let isRegular = status.st_mode & S_IFMT == S_IFREG
        if isRegular, bytes.count > Int(status.st_size) {
            // Room is found before the old bytes go.
            let code = posix_fallocate(descriptor.number, 0, bytes.count)
            if isFullDisk(code) {
                ftruncate(descriptor.number, status.st_size)
                throw SystemError(code: code)
            }
        }
        try descriptor.write(bytes)
        if isRegular {
            try check(ftruncate(descriptor.number, bytes.count))
            try check(fsync(descriptor.number))
        }
        try descriptor.close()
    }

    private func failure(_ code: Int32) -> ModelError {
        let reason = String(cString: strerror(code))
        return isFullDisk(code) ? .diskFull(file: path, reason: reason) : .unwritable(file: path, reason: reason)
    }
}

/// Checks, before a long computation, that a file can be replaced by one beside it.
///
/// - Throws: ``ModelError/unwritable(file:reason:)``, ``ModelError/diskFull(file:reason:)``.
func checkReplaceable(_ path: String) throws(ModelError) {
    _ = try OutputFile(path)
    // The writer of tensors sets its own mark behind the name.
    if let name = path.split(separator: "/").last, name.utf8.count > Int(NAME_MAX) - 7 {
        throw .unwritable(file: path, reason: "its name is too long")
    }
    guard FileStatus(path)?.isRegular == true else { return }
    do {
        try Temporary(beside: path).remove()
    } catch { throw .unwritable(file: path, reason: "its folder takes no new files") }
}

/// Where a link leads, so that its target is replaced and not the link; that need not be there yet.
private func resolved(_ path: String) -> String {
    var (place, links) = (path, 0)
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    while links < 40 {
        let length = readlink(place, &buffer, buffer.count)
        guard length > 0, let target = String(validating: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self) else { break }
        let folder = place.lastIndex(of: "/").map { place[...$0] } ?? ""
        (place, links) = (target.hasPrefix("/") ? target : folder + target, links + 1)
    }
    return place
}
