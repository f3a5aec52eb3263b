public import CDragon
import DragonStore

/// `dragon_model_add` of the header.
@_cdecl("dragon_model_add")
public func dragonModelAdd(
    _ source: UnsafePointer<CChar>?, _ progress: dragon_progress_callback?, _ userData: UnsafeMutableRawPointer?,
    _ path: UnsafeMutablePointer<CChar>?, _ pathSize: Int, _ message: UnsafeMutablePointer<CChar>?, _ messageSize: Int
) -> dragon_status {
    var place = ""
    let (status, words) = Status.of {
        guard let source = try text(source, "the source") else { throw Failure.badInput("the source is NULL") }
        place = try Addition(progress, userData).run(source)
    }
    copy(place, to: path, pathSize)
    copy(words, to: message, messageSize)
    return status.rawValue
}

/// One model on its way into the user's, and whoever listens.
private final class Addition {
    private var isCancelled = false
    private var file = ""
    private var share = -1
    private let callback: dragon_progress_callback?
    private let userData: UnsafeMutableRawPointer?
    private lazy var report = ProgressReport(callback, userData) { [unowned self] in isCancelled = true }

    init(_ callback: dragon_progress_callback?, _ userData: UnsafeMutableRawPointer?) {
        (self.callback, self.userData) = (callback, userData)
    }

    /// - Returns: where the model came to lie.
    func run(_ source: String) throws -> String {
        try ModelStore().add(AddRequest(source: source), isCancelled: { self.isCancelled }, progress: { self.tell($0) }).model.path
    }

    /// A file's megabytes are its steps; of the whole nothing is known but the file at work.
    private func tell(_ progress: AddProgress) {
        guard progress.phase == .fetch else { return report.tell(phase: .check, step: 0, total: 1, fraction: 1) }
        let total = progress.total ?? 0
        let fraction = total > 0 ? Double(progress.done) / Double(total) : 0
        // A thousand times a file is often enough.
        let share = total > 0 ? Int(fraction * 1000) : progress.done >> 20
        guard progress.file != file || share != self.share else { return }
        (file, self.share) = (progress.file, share)
        report.tell(phase: .fetch, step: progress.done / 1_000_000, total: max(total, progress.done) / 1_000_000, fraction: fraction)
    }
}
