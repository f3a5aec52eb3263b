import DragonModel
import Glibc

/// Reads a text line by line as it comes, from a file or a pipe.
struct LineReader {
    /// Bytes that a line may have.
    static let limit = 1 << 20

    private let path: String
    private let descriptor: Descriptor
    private var buffer: [UInt8] = []
    /// What of the buffer is still to be given out.
    private var start = 0
    private var isAtEnd = false

    /// - Parameter path: of a file; "-" is stdin.
    /// - Throws: ``ModelError/unreadable(file:reason:)``.
    init(_ path: String) throws(ModelError) {
        self.path = path
        do {
            descriptor = try path == "-" ? Descriptor(copying: STDIN_FILENO) : Descriptor(opening: path, O_RDONLY)
        } catch { throw Self.failure(path, error.code) }
    }

    /// The next line without its end; nil after the last one.
    ///
    /// - Throws: ``ModelError/unreadable(file:reason:)``, also for a line of more than ``limit`` bytes.
    mutating func next() throws(ModelError) -> [UInt8]? {
        var looked = start
        while true {
            if let end = buffer[looked...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { start = end + 1 }
                return Array(buffer[start..<end])
            }
            if isAtEnd {
                defer { start = buffer.count }
                return start < buffer.count ? Array(buffer[start...]) : nil
            }
            buffer.removeFirst(start)
            (start, looked) = (0, buffer.count)
            guard buffer.count <= Self.limit else {
                throw .unreadable(file: path, reason: "it has a line of more than \(Self.limit) bytes; is it one job a line?")
            }
            try readMore()
        }
    }

    private mutating func readMore() throws(ModelError) {
        do {
            let bytes = try descriptor.read(atMost: 1 << 16)
            isAtEnd = bytes.isEmpty
            buffer += bytes
        } catch { throw Self.failure(path, error.code) }
    }

    private static func failure(_ path: String, _ code: Int32) -> ModelError {
        .unreadable(file: path == "-" ? "stdin" : path, reason: String(cString: strerror(code)))
    }
}
