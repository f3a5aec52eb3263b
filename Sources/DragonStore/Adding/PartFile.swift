import DragonTensor
import Glibc

/// A file on its way: it grows under another name, is hashed as it grows, and gets its own name when it is whole.
final class PartFile {
    let target: String
    private(set) var count = 0
    private var hash = SHA256()
    private let descriptor: Int32

    var path: String { target + Self.suffix }
    static let suffix = ".part"
    /// Room to leave free on the disk.
    private static let spare = 32_000_000
    /// Bytes between two looks at the room.
    private static let stretch = 64_000_000
    private var roomChecked = 0
    private static let bufferSize = 1 << 20

    /// Opens the file, and takes up what an earlier try left of it.
    init(_ target: String, job: Job) throws {
        self.target = target
        descriptor = open(target + Self.suffix, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw StoreError.lacking("cannot write \(target): \(systemReason())") }
        try hashPresent(job)
    }

    deinit { close(descriptor) }

    private func hashPresent(_ job: Job) throws {
        var buffer = [UInt8](repeating: 0, count: Self.bufferSize)
        while true {
            try job.check()
            let got = read(descriptor, &buffer, buffer.count)
            guard got > 0 else { break }
            buffer.withUnsafeBytes { hash.update(UnsafeRawBufferPointer(rebasing: $0.prefix(got))) }
            count += got
        }
    }

    /// Forgets what is there.
    func restart() {
        _ = ftruncate(descriptor, 0)
        lseek(descriptor, 0, SEEK_SET)
        (count, hash) = (0, SHA256())
    }

    /// Throws where the disk has no room for a file of that size.
    func checkRoom(for total: Int) throws {
        var status = statvfs()
        guard fstatvfs(descriptor, &status) == 0 else { return }
        let free = Int(clamping: UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize)).partialValue)
        // Both are at least 0, so that their difference is a number, whatever a server announces.
        let needed = max(0, total) - count
        guard needed <= free - Self.spare else {
            throw StoreError.lacking("\(name) needs \(needed / 1_000_000 + 1) MB, the disk has \(free / 1_000_000) MB free: make room")
        }
    }

    /// What to call the file in messages.
    var name: String { target.split(separator: "/").last.map(String.init) ?? target }

    /// Writes the next bytes; however many come, the disk keeps some room.
    func append(_ bytes: UnsafeRawBufferPointer) throws {
        if count >= roomChecked {
            try checkRoom(for: count + bytes.count)
            roomChecked = count + Self.stretch
        }
        hash.update(bytes)
        var rest = bytes
        while !rest.isEmpty {
            let written = write(descriptor, rest.baseAddress, rest.count)
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw StoreError.lacking("cannot write \(target): \(systemReason())") }
            rest = UnsafeRawBufferPointer(rebasing: rest[written...])
            count += written
        }
    }

    /// Gives the file its name, and returns its hash.
    func finish() throws -> String {
        guard fsync(descriptor) == 0, rename(path, target) == 0 else {
            throw StoreError.lacking("cannot write \(target): \(systemReason())")
        }
        unlink(path + PartTag.suffix)
        return hash.finished()
    }
}

/// The entity tag of a part's file, kept beside it: a server that has another file by now is found out.
struct PartTag {
    static let suffix = ".tag"
    let path: String

    init(of part: PartFile) { path = part.path + Self.suffix }

    /// Weak tags promise nothing about bytes.
    static func isUsable(_ tag: String) -> Bool { tag.hasPrefix("\"") && tag.utf8.count < 200 }

    var value: String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        guard fgets(&line, Int32(line.count), file) != nil else { return nil }
        let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return Self.isUsable(text) ? text : nil
    }

    func store(_ tag: String?) {
        unlink(path)
        guard let tag, Self.isUsable(tag), let file = fopen(path, "w") else { return }
        fputs(tag, file)
        fclose(file)
    }
}

extension Job {
    /// Tells how much of a file is there, in bytes, with its part in the whole; `total` where it is known.
    func tellFetched(_ part: PartFile, of total: Int?, _ place: FetchPart) {
        let (whole, share) = (total ?? 0, place.share)
        let fraction = whole > 0 ? min(1, Double(part.count) / Double(whole)) : 0
        tell(
            .fetch, step: part.count, total: whole, fraction: share.lowerBound + (share.upperBound - share.lowerBound) * fraction,
            subject: part.name)
    }
}
