import Glibc

/// Writes a file so that its path holds either all of the new bytes or what it held before.
///
/// The bytes go to a temporary file beside it, to the disk, and only then under the name. Devices and pipes are written as they are.
///
/// - Throws: ``ModelError/unwritable(file:reason:)``: no rights, no such folder; ``ModelError/diskFull(file:reason:)``.
public func writeFile(_ path: String, _ parts: [UnsafeRawBufferPointer]) throws(ModelError) {
    var status = stat()
    let isPresent = stat(path, &status) == 0
    if isPresent, status.st_mode & S_IFMT != S_IFREG {
        return try writeInPlace(path, parts)
    }
    let target = isPresent ? resolved(path) : path
    let mode = isPresent ? status.st_mode & 0o777 : 0o666
    let (temporary, descriptor) = try openBeside(target, mode: mode, shownAs: path)
    var failure = write(parts, to: descriptor)
    // A file's own rights stay; a new one's are those that the user gives to new files.
    if failure == 0, isPresent, fchmod(descriptor, mode) != 0 { failure = errno }
    if failure == 0, fsync(descriptor) != 0 { failure = errno }
    if close(descriptor) != 0, failure == 0 { failure = errno }
    if failure == 0, rename(temporary, target) != 0 { failure = errno }
    guard failure == 0 else {
        unlink(temporary)
        throw writeError(failure, path)
    }
}

/// Makes a file beside another, which no other program has. It is closed where a program is started: a file that one holds open to
/// write cannot be run.
private func openBeside(_ target: String, mode: mode_t, shownAs path: String) throws(ModelError) -> (path: String, descriptor: Int32) {
    while true {
        let temporary = "\(target).\(String(UInt32.random(in: 0 ... .max), radix: 36))"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        if descriptor >= 0 { return (temporary, descriptor) }
        guard errno == EEXIST else { throw writeError(errno, path) }
    }
}

/// Writes one run of bytes; see ``writeFile(_:_:)-(_,[UnsafeRawBufferPointer])``.
public func writeFile(_ path: String, _ bytes: [UInt8]) throws(ModelError) {
    let result = bytes.withUnsafeBytes { bytes in
        Result { () throws(ModelError) in try writeFile(path, [bytes]) }
    }
    try result.get()
}

private func writeInPlace(_ path: String, _ parts: [UnsafeRawBufferPointer]) throws(ModelError) {
    let descriptor = open(path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw writeError(errno, path) }
    var failure = write(parts, to: descriptor)
    if close(descriptor) != 0, failure == 0 { failure = errno }
    guard failure == 0 else { throw writeError(failure, path) }
}

/// Writes everything, and returns 0 or the system's error.
private func write(_ parts: [UnsafeRawBufferPointer], to descriptor: Int32) -> Int32 {
    for part in parts {
        var rest = part
        while !rest.isEmpty {
            let written = Glibc.write(descriptor, rest.baseAddress, rest.count)
            if written < 0, errno == EINTR { continue }
            guard written >= 0 else { return errno }
            rest = UnsafeRawBufferPointer(rebasing: rest[written...])
        }
    }
    return 0
}

private func writeError(_ code: Int32, _ path: String) -> ModelError {
    [ENOSPC, EDQUOT, EFBIG].contains(code)
        ? .diskFull(file: path, reason: systemReason(code)) : .unwritable(file: path, reason: systemReason(code))
}

/// Where a link leads, so that its target is replaced and not the link.
private func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
}
