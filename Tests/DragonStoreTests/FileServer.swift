import DragonModel
import Glibc

@testable import DragonStore

/// `server.py` at work on a folder; it ends with the last reference.
final class FileServer {
    /// Where its files are, and its log.
    let folder: TemporaryPlace
    private let process: pid_t
    private let port: String

    struct NotStarted: Error {}

    init() throws {
        folder = try TemporaryPlace()
        mkdir(folder.path("files"), 0o755)
        let script = String(#filePath.dropLast("FileServer.swift".count)) + "server.py"
        let portFile = folder.path("port")
        let arguments = ["python3", script, folder.path("files"), portFile]
        var words = arguments.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var started = pid_t()
        guard posix_spawnp(&started, "python3", nil, nil, &words, environ) == 0 else { throw NotStarted() }
        process = started
        for _ in 0..<1000 where !exists(portFile) { usleep(10_000) }
        port = String(decoding: try readFile(portFile, limit: 10), as: UTF8.self)
    }

    deinit {
        kill(process, SIGKILL)
        waitpid(process, nil, 0)
    }

    /// Writes a file to serve, with the folders that lead to it.
    func put(_ name: String, _ bytes: [UInt8]) throws {
        var made = folder.path("files")
        for part in name.split(separator: "/").dropLast() {
            made += "/\(part)"
            mkdir(made, 0o755)
        }
        try writeFile(folder.path("files/\(name)"), bytes)
    }

    func url(_ path: String) -> String { "http://127.0.0.1:\(port)/\(path)" }

    /// What was asked for, in order: path and range.
    func requests() -> [String] {
        let bytes = (try? readFile(folder.path("port.log"), limit: 1_000_000)) ?? []
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map { String($0.drop { $0 == " " }) }
    }
}

/// A folder of the test's own.
final class TemporaryPlace {
    let root: String

    init() throws {
        var template = Array("/tmp/dragon-store.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw StoreError.lacking(systemReason()) }
        root = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { _ = removeTree(root) }

    func path(_ name: String) -> String { "\(root)/\(name)" }

    /// A store whose user folder is here, and nothing else anywhere.
    var store: ModelStore { ModelStore(places: ModelPlaces(user: path("models"))) }
}

/// Bytes without a pattern that a mistake could keep.
func noise(_ count: Int) -> [UInt8] {
    var state: UInt32 = 7
    return (0..<count).map { _ in
        state = state &* 1_664_525 &+ 1_013_904_223
        return UInt8(truncatingIfNeeded: state >> 24)
    }
}

func sha256(_ bytes: [UInt8]) -> String {
    var hash = SHA256()
    bytes.withUnsafeBytes { hash.update($0) }
    return hash.finished()
}

/// The error that `body` throws.
func storeError(_ body: () throws -> Void) -> StoreError? {
    do {
        try body()
        return nil
    } catch { return error as? StoreError }
}
