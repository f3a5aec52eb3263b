import Glibc

@testable import DragonModel

/// A folder that is removed with everything in it when the last reference goes.
final class TemporaryFolder {
    let path: String

    init() throws {
        var template = Array("/tmp/dragon-test.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw ModelError.unwritable(file: "/tmp", reason: systemReason()) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { removeTree(path) }

    func file(_ name: String) -> String { joined(path, name) }

    /// Writes a file, with the folders that lead to it, and returns its path.
    @discardableResult
    func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        var made = path
        for part in name.split(separator: "/").dropLast() {
            made += "/\(part)"
            mkdir(made, 0o755)
        }
        try writeFile(file(name), bytes)
        return file(name)
    }

    @discardableResult
    func write(_ name: String, _ text: String) throws -> String { try write(name, Array(text.utf8)) }
}

private func removeTree(_ path: String) {
    var status = stat()
    // A link goes, not what it leads to.
    if lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, let folder = opendir(path) {
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if name != ".", name != ".." { removeTree(joined(path, name)) }
        }
        closedir(folder)
    }
    remove(path)
}

/// The bytes of a safetensors file with that header, whatever it says.
func safetensors(_ header: String, data: Int = 0) -> [UInt8] {
    withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { [UInt8]($0) } + Array(header.utf8) + Array(repeating: 0, count: data)
}

/// The error that `body` throws.
func modelError(_ body: () throws -> Void) -> ModelError? {
    do {
        try body()
        return nil
    } catch {
        return error as? ModelError
    }
}
