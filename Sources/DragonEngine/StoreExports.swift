public import CDragon
import DragonStore
import DragonTensor
import Synchronization

/// `dragon_model_add` of the header.
@_cdecl("dragon_model_add")
public func dragonModelAdd(
    _ source: UnsafePointer<CChar>?, _ progress: dragon_progress_callback?, _ userData: UnsafeMutableRawPointer?,
    _ path: UnsafeMutablePointer<CChar>?, _ pathSize: Int, _ message: UnsafeMutablePointer<CChar>?, _ messageSize: Int
) -> dragon_status {
    var place = ""
    let (status, words) = Status.of {
        guard let source = try text(source, "the source") else { throw Failure.badInput("the source is NULL") }
        let job = Fetching(ProgressReport(progress, userData)).job()
        place = try ModelStore().add(AddRequest(source: source), job: job).model.path
    }
    copy(place, to: path, pathSize)
    copy(words, to: message, messageSize)
    return status.rawValue
}

/// A model on its way into the user's, told in thousandths of the whole; where a file's size is unknown, at every megabyte too.
private final class Fetching: Sendable {
    private let last = Mutex((file: "", share: -1))
    private let report: ProgressReport

    init(_ report: ProgressReport) { self.report = report }

    func job() -> Job { report.isHeard ? Job { self.tell($0) } : Job() }

    private func tell(_ progress: Job.Progress) -> Bool {
        guard progress.phase == .fetch else { return report.tell(progress) }
        let share = progress.total > 0 ? Int(progress.fraction * 1000) : progress.step >> 20
        let isNew = last.withLock { last in
            defer { last = (progress.subject, share) }
            return last != (progress.subject, share)
        }
        guard isNew else { return true }
        return report.tell(
            Job.Progress(phase: .fetch, step: Int(progress.fraction * 1000), total: 1000, fraction: progress.fraction))
    }
}
