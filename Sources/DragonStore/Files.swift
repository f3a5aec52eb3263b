import Glibc

/// Whether a path leads to anything, be it a broken link.
func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

/// Whether a path leads to a folder.
func isFolder(_ path: String) -> Bool { kind(of: path) == S_IFDIR }

/// Whether a path leads to a regular file.
func isFile(_ path: String) -> Bool { kind(of: path) == S_IFREG }

private func kind(of path: String) -> mode_t? {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
}

/// Bytes of a file; nil where there is none.
func size(of path: String) -> Int? {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : nil
}

/// Where links lead; the path itself where they lead nowhere.
func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
}

/// The system's words for its last error.
func systemReason(_ code: Int32 = errno) -> String { String(cString: strerror(code)) }
