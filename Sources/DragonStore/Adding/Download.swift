import CFetch
import DragonTensor
import Glibc

/// Brings one file from a server, over as many connections as it takes.
struct Download {
    let url: String
    let job: Job
    var place = FetchPart.single
    /// Failures in a row, with next to nothing between them, that end it.
    var attempts = 4
    /// Pause after the first of them, in microseconds; each further one doubles it.
    var pause: UInt32 = 500_000
    /// Seconds that less than a kilobyte may come in each of.
    var patience = 30

    /// Bytes that make a connection worth having had.
    private static let leastProgress = 40_000
    /// The address in messages.
    private var shown: String { shownAddress(url) }

    /// - Returns: the file's hash; nil where the server has no such file.
    func run(to target: String) throws -> String? {
        let part = try PartFile(target, job: job)
        var failures = 0
        while true {
            let before = part.count
            let transfer = Transfer(part, self, tag: part.count > 0 ? PartTag(of: part).value : nil)
            let outcome = transfer.run()
            if let error = transfer.error { throw error }
            switch verdict(outcome, transfer) {
            case .whole: return try part.finish()
            case .absent:
                unlink(part.path)
                return nil
            case .hopeless(let error): throw error
            case .startOver: part.restart()
            case .goOn: break
            }
            failures = part.count >= before + Self.leastProgress ? 1 : failures + 1
            guard failures < attempts else {
                throw StoreError.lacking("\(shown): \(words(outcome)); run the same again to go on from there")
            }
            try wait(pause << UInt32(failures - 1))
        }
    }

    private enum Verdict {
        case whole
        case absent
        case goOn
        case startOver
        case hopeless(any Error)
    }

    private func verdict(_ outcome: fetch_outcome, _ transfer: Transfer) -> Verdict {
        switch outcome.end {
        case FETCH_DONE:
            // The connection ended well, but the sizes are what counts.
            guard let total = transfer.total, total != transfer.part.count else { return .whole }
            return transfer.part.count < total ? .goOn : .startOver
        case FETCH_STOPPED: return .hopeless(CancellationError())
        case FETCH_IMPOSSIBLE: return .hopeless(StoreError.badRequest("\(shown): \(words(outcome))"))
        case FETCH_REFUSED: return refusal(outcome, transfer)
        default: return .goOn
        }
    }

    private func refusal(_ outcome: fetch_outcome, _ transfer: Transfer) -> Verdict {
        switch outcome.status {
        // The rest is not to be had; the whole may be.
        case 206, 416: .startOver
        case 404, 410: .absent
        case 408, 429, 500...599: .goOn
        case 401, 403:
            .hopeless(
                StoreError.badRequest(
                    "\(shown): the server refuses access (\(outcome.status)): download it with a browser, and add the file")
            )
        default: .hopeless(StoreError.badRequest("\(shown): the server answers \(outcome.status)"))
        }
    }

    private func words(_ outcome: fetch_outcome) -> String {
        if outcome.end == FETCH_REFUSED { return "the server answers \(outcome.status)" }
        return withUnsafeBytes(of: outcome.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    /// Waits in short pieces, so that cancelling is heard.
    private func wait(_ microseconds: UInt32) throws {
        for _ in 0..<(microseconds / 50_000) {
            try job.check()
            usleep(50_000)
        }
    }
}

/// One connection's part in a download: what C calls back.
private final class Transfer {
    let part: PartFile
    private let download: Download
    private let tag: String?
    private(set) var total: Int?
    /// What a callback could not throw through C.
    private(set) var error: (any Error)?

    init(_ part: PartFile, _ download: Download, tag: String?) { (self.part, self.download, self.tag) = (part, download, tag) }

    func run() -> fetch_outcome {
        withExtendedLifetime(self) {
            download.url.withCString { url in
                tag.withOptionalCString { tag in
                    var request = fetch_request()
                    (request.url, request.offset, request.tag) = (url, Int64(part.count), tag)
                    request.patience = Int32(clamping: download.patience)
                    request.data = Unmanaged.passUnretained(self).toOpaque()
                    request.begin = { resumes, total, tag, data in
                        Transfer.from(data).attempt { try $0.begin(resumes != 0, Int(total), tag.map { String(cString: $0) }) }
                    }
                    request.receive = { bytes, count, data in
                        Transfer.from(data).attempt { try $0.receive(UnsafeRawBufferPointer(start: bytes, count: count)) }
                    }
                    request.tick = { data in Transfer.from(data).attempt { try $0.download.job.check() } }
                    return dragon_fetch(&request)
                }
            }
        }
    }

    private static func from(_ data: UnsafeMutableRawPointer?) -> Transfer? {
        data.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
    }

    func attempt(_ body: (Transfer) throws -> Void) -> Int32 {
        do {
            try body(self)
            return 0
        } catch {
            self.error = error
            return 1
        }
    }

    private func begin(_ resumes: Bool, _ total: Int, _ tag: String?) throws {
        // The server sends the whole: it ignores ranges, or has another file by now.
        if !resumes { part.restart() }
        self.total = total >= 0 ? total : nil
        PartTag(of: part).store(tag)
        guard let total = self.total else { return }
        guard total <= download.place.limit else { throw tooLong("announces \(download.place.refusal)") }
        try part.checkRoom(for: total)
    }

    private func receive(_ bytes: UnsafeRawBufferPointer) throws {
        if let total, bytes.count > total - part.count { throw tooLong("sends more than the \(total) bytes that it announced") }
        guard bytes.count <= download.place.limit - part.count else { throw tooLong("sends \(download.place.refusal)") }
        try part.append(bytes)
        download.job.tellFetched(part, of: total, download.place)
    }

    private func tooLong(_ words: String) -> StoreError { .badModel("\(shownAddress(download.url)): the server \(words)") }
}

extension Transfer? {
    fileprivate func attempt(_ body: (Transfer) throws -> Void) -> Int32 { self?.attempt(body) ?? 1 }
}

extension String? {
    /// Calls `body` with the text's bytes, or with nil.
    fileprivate func withOptionalCString<Result>(_ body: (UnsafePointer<CChar>?) -> Result) -> Result {
        self?.withCString { body($0) } ?? body(nil)
    }
}
