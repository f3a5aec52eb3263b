import DragonModel
import Glibc

/// A staging folder, held by one program at a time.
final class StagingLock {
    private let folder: String
    private var descriptor: Int32
    private var sourceFile: String { "\(folder)/.source" }

    /// Makes the folder, or takes up an earlier try's at the same source.
    ///
    /// - Parameter isResumed: whether what an earlier try left there is of use.
    init(_ folder: String, source: String, isResumed: Bool) throws {
        self.folder = folder
        descriptor = -1
        repeat {
            try makeFolders(folder)
            descriptor = try Self.locked(folder)
            // Another program may have swept it away before it was locked.
        } while descriptor < 0
        if !isResumed || (try? readFile(sourceFile, limit: 100_000)) != Array(source.utf8) {
            for name in entries(of: folder) { _ = removeTree("\(folder)/\(name)") }
        }
        do {
            try writeFile(sourceFile, Array(source.utf8))
        } catch { throw StoreError.lacking("\(error)") }
    }

    /// Locks a folder.
    ///
    /// - Returns: the lock; -1 where the folder was removed meanwhile.
    private static func locked(_ folder: String) throws -> Int32 {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return -1 }
            throw StoreError.lacking("cannot write to \(folder): \(systemReason())")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw StoreError.badRequest("another program is adding this model: wait for it")
        }
        var (held, present) = (stat(), stat())
        guard fstat(descriptor, &held) == 0, stat(folder, &present) == 0, held.st_ino == present.st_ino else {
            close(descriptor)
            return -1
        }
        return descriptor
    }

    /// Removes a staging folder that nobody is at.
    ///
    /// - Throws: ``StoreError`` where somebody is, or where it cannot be removed.
    static func remove(_ folder: String) throws {
        let descriptor = try locked(folder)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        guard removeTree(folder) else { throw StoreError.lacking("cannot remove \(folder): \(systemReason())") }
    }

    /// How staging folders' names start.
    static let prefix = ".adding-"
    /// Seconds that a broken download is kept for its next try.
    private static let keptSeconds = 7 * 24 * 3600

    /// Removes what programs that were killed left in a folder of models: copies at once, downloads, which may go on, after a week.
    static func sweep(_ models: String, sparing own: String) {
        for name in entries(of: models) where name.hasPrefix(prefix) && name != own {
            let folder = "\(models)/\(name)"
            let source = (try? readFile("\(folder)/.source", limit: 100_000)).map { String(decoding: $0, as: UTF8.self) } ?? ""
            var status = stat()
            guard stat(folder, &status) == 0 else { continue }
            let isOld = time(nil) - status.st_mtim.tv_sec > keptSeconds
            if isOld || !source.contains("://") { try? remove(folder) }
        }
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
func makeFolders(_ path: String) throws {
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
