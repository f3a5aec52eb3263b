import DragonModel
import Glibc

/// A staging folder, held by one program at a time.
final class StagingLock {
    private let folder: String
    private var descriptor: Int32
    private var sourceFile: String { "\(folder)/.source" }

    /// Makes the folder, or takes up an earlier try's at the same source.
    init(_ folder: String, source: String) throws {
        self.folder = folder
        try makeFolders(folder)
        descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw StoreError.lacking("cannot write to \(folder): \(systemReason())") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw StoreError.badRequest("another program is adding this model: wait for it")
        }
        if (try? readFile(sourceFile, limit: 100_000)) != Array(source.utf8) {
            for name in entries(of: folder) { _ = removeTree("\(folder)/\(name)") }
        }
        do {
            try writeFile(sourceFile, Array(source.utf8))
        } catch { throw StoreError.lacking("\(error)") }
    }

    /// Takes away what a model's folder should not have.
    func forgetSource() { unlink(sourceFile) }

    func release() {
        guard descriptor >= 0 else { return }
        close(descriptor)
        descriptor = -1
    }

    deinit { release() }
}

/// Makes a folder and those around it.
private func makeFolders(_ path: String) throws {
    guard !isFolder(path) else { return }
    if let outer = parent(of: path) { try makeFolders(outer) }
    guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw StoreError.lacking("cannot make \(path): \(systemReason())") }
}

/// Removes a file, or a folder with everything in it; links are removed, never followed.
func removeTree(_ path: String) -> Bool {
    var status = stat()
    guard lstat(path, &status) == 0 else { return false }
    if status.st_mode & S_IFMT == S_IFDIR {
        for name in entries(of: path) where !removeTree("\(path)/\(name)") { return false }
        return rmdir(path) == 0
    }
    return unlink(path) == 0
}
