import DragonTensor
import Glibc

/// Where a model's files come from.
protocol ModelSource {
    /// What messages call it.
    var name: String { get }
    /// Whether half precision is preferred where there is a choice.
    var prefersHalf: Bool { get }
    /// Brings a file, named relative to the model.
    ///
    /// - Returns: its hash; nil where there is no such file.
    func fetch(_ file: String, to target: String, _ part: FetchPart) throws -> String?
}

/// One file's part in an addition.
struct FetchPart {
    /// Of the whole addition, from the file's first byte to its last.
    let share: ClosedRange<Double>
    /// Bytes that it may have.
    let limit: Int

    /// All of the fetching; what is left is the check.
    static let all = 0...0.98
    /// Of a file of weights; Stable Diffusion's largest have a fifth of it.
    static let mostWeightBytes = 40_000_000_000
    /// Of a file of text, which is read whole.
    static let mostTextBytes = 16_000_000

    /// A model in a file of its own.
    static let single = FetchPart(share: all, limit: mostWeightBytes)

    /// Why a file of more bytes is not brought.
    var refusal: String { "more than the \(limit / 1_000_000) MB that such a file may have" }
}

/// A folder of this machine, or the folder that a single file lies in.
struct LocalSource: ModelSource {
    let folder: String
    let job: Job
    var name: String { folder }
    /// A copy is of what the folder's own use would open.
    var prefersHalf: Bool { false }

    private static let bufferSize = 1 << 22

    func fetch(_ file: String, to target: String, _ place: FetchPart) throws -> String? {
        let path = "\(folder)/\(file)"
        guard isFile(path) else { return nil }
        guard let source = fopen(path, "r") else { throw StoreError.badRequest("cannot read \(path): \(systemReason())") }
        defer { fclose(source) }
        let part = try PartFile(target, job: job)
        part.restart()
        let total = size(of: path)
        try part.checkRoom(for: total ?? 0)
        var buffer = [UInt8](repeating: 0, count: Self.bufferSize)
        while true {
            try job.check()
            let got = fread(&buffer, 1, buffer.count, source)
            guard got > 0 else { break }
            try buffer.withUnsafeBytes { try part.append(UnsafeRawBufferPointer(rebasing: $0.prefix(got))) }
            guard part.count <= place.limit else { throw StoreError.badModel("\(path) has \(place.refusal)") }
            job.tellFetched(part, of: total, place)
        }
        guard ferror(source) == 0 else { throw StoreError.badRequest("cannot read \(path): \(systemReason())") }
        return try part.finish()
    }
}

/// A folder of a server.
struct RemoteSource: ModelSource {
    /// Without a slash at its end.
    let address: String
    let job: Job
    var name: String { shownAddress(address) }
    /// Half the time to download.
    var prefersHalf: Bool { true }

    func fetch(_ file: String, to target: String, _ place: FetchPart) throws -> String? {
        // What an earlier try has finished stays.
        if let hash = try Self.hash(of: target, job) { return hash }
        return try Download(url: "\(address)/\(file)", job: job, place: place).run(to: target)
    }

    private static func hash(of path: String, _ job: Job) throws -> String? {
        guard isFile(path), let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var (hash, buffer) = (SHA256(), [UInt8](repeating: 0, count: 1 << 20))
        while true {
            try job.check()
            let got = fread(&buffer, 1, buffer.count, file)
            guard got > 0 else { return hash.finished() }
            buffer.withUnsafeBytes { hash.update(UnsafeRawBufferPointer(rebasing: $0.prefix(got))) }
        }
    }
}
