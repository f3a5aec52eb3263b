import DragonTensor

import Glibc

/// The system's words for its last error.
func systemReason(_ code: Int32 = errno) -> String { String(cString: strerror(code)) }

/// An open file that closes itself.
final class FileDescriptor {
    let number: Int32
    /// Bytes of the file as it was opened.
    let size: Int

    /// Opens a regular file to read. (Without `O_NONBLOCK` a named pipe would wait for its writer.)
    init(reading path: String) throws(ModelError) {
        number = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard number >= 0 else { throw .unreadable(file: path, reason: systemReason()) }
        var status = stat()
        guard fstat(number, &status) == 0 else {
            let reason = systemReason()
            close(number)
            throw .unreadable(file: path, reason: reason)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(number)
            throw .unreadable(file: path, reason: status.st_mode & S_IFMT == S_IFDIR ? "it is a folder" : "it is not a regular file")
        }
        size = Int(status.st_size)
    }

    deinit { close(number) }
}

/// The bytes of a file, mapped to memory: read from disk only where touched, and shared with other readers.
///
/// A file that another program shortens while it is mapped ends this one with SIGBUS; files replaced by renaming are safe.
final class MappedFile: @unchecked Sendable {
    // Unchecked because of the pointer: the bytes are never written.
    let bytes: UnsafeRawBufferPointer

    init(_ path: String) throws(ModelError) {
        let file = try FileDescriptor(reading: path)
        guard file.size > 0 else {
            bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        guard let start = mmap(nil, file.size, PROT_READ, MAP_PRIVATE, file.number, 0), start != MAP_FAILED else {
            throw .unreadable(file: path, reason: systemReason())
        }
        bytes = UnsafeRawBufferPointer(start: start, count: file.size)
    }

    /// Gives the memory of a part back to the system; when it is touched again it is read again.
    ///
    /// - Parameter range: whole pages inside it are given back.
    func release(_ range: Range<UInt>) {
        let page = UInt(sysconf(Int32(_SC_PAGESIZE)))
        let (first, end) = ((range.lowerBound + page - 1) / page * page, range.upperBound / page * page)
        guard first < end, let start = UnsafeMutableRawPointer(bitPattern: first) else { return }
        madvise(start, Int(end - first), MADV_DONTNEED)
    }

    deinit {
        if let start = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: start), bytes.count) }
    }
}

/// Zeros that take no memory: pages that are mapped, never written, and so all the same one.
final class BlankPages: @unchecked Sendable {
    // Unchecked because of the pointer: the bytes are never written.
    private let start: UnsafeRawPointer
    private let count: Int

    /// - Parameter count: bytes, at least 1.
    init(count: Int, for file: String) throws(ModelError) {
        guard let pages = mmap(nil, count, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0), pages != MAP_FAILED else {
            throw .unreadable(file: file, reason: systemReason())
        }
        (start, self.count) = (UnsafeRawPointer(pages), count)
    }

    /// Zeros in the place of a weight of at most `count` bytes.
    func weight(like weight: Weight) -> Weight {
        Weight(shape: weight.shape, elementType: weight.elementType, pointer: start, owner: self)
    }

    deinit { munmap(UnsafeMutableRawPointer(mutating: start), count) }
}

extension Weight {
    /// Gives the memory of a weight that lies in a file back to the system: it will be read from there again when needed.
    func releasePages() {
        guard let file = owner as? MappedFile else { return }
        withBytes { bytes in
            let start = UInt(bitPattern: bytes.baseAddress)
            file.release(start..<start + UInt(bytes.count))
        }
    }
}

/// The bytes of a file.
///
/// - Parameter limit: the most bytes it may have.
/// - Throws: ``ModelError/unreadable(file:reason:)``.
public func readFile(_ path: String, limit: Int) throws(ModelError) -> [UInt8] {
    let file = try FileDescriptor(reading: path)
    guard file.size <= limit else {
        throw .unreadable(file: path, reason: "it has \(file.size) bytes, more than the \(limit) that such a file may have")
    }
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: file.size) { buffer, count in
        while count < file.size {
            let got = read(file.number, buffer.baseAddress.map { $0 + count }, file.size - count)
            if got < 0, errno == EINTR { continue }
            if got < 0 { failure = errno }
            guard got > 0 else { return }
            count += got
        }
    }
    guard failure == 0 else { throw .unreadable(file: path, reason: systemReason(failure)) }
    return bytes
}

/// Names in a folder, sorted; none where it cannot be read.
public func entries(of folder: String) -> [String] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
        let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
}

/// Whether a path leads to a file or folder.
func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

/// Whether a path leads to a folder.
func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}

/// Reads a JSON file of at most `limit` bytes, in UTF-8 or UTF-16.
///
/// - Throws: ``ModelError/unreadable(file:reason:)``, ``ModelError/malformedJSON(file:offset:reason:)``,
///   ``ModelError/notThatFile(file:what:)``.
public func readJSON(_ path: String, limit: Int = 16_000_000) throws(ModelError) -> JSONValue {
    try parsedJSON(try readFile(path, limit: limit), file: path)
}

/// The value of a JSON file's bytes.
func parsedJSON(_ bytes: [UInt8], file: String) throws(ModelError) -> JSONValue {
    do {
        return try JSONValue(parsing: plainUTF8(bytes))
    } catch {
        if let impostor = bytes.withUnsafeBytes({ Impostor($0) }), impostor != .json { throw impostor.error(file: file) }
        throw .malformedJSON(file: file, offset: error.offset, reason: error.reason)
    }
}
