import CDragon
import DragonTensor
import Synchronization

/// Tells a caller's callback how far a call is, and hears whether to go on.
final class ProgressReport: @unchecked Sendable {
    // Unchecked: the callback and its data are the caller's, used on the thread that runs the call.
    private let callback: dragon_progress_callback?
    private let userData: UnsafeMutableRawPointer?
    private let clock = ContinuousClock()
    private let begun: ContinuousClock.Instant
    /// Of the steps whose cost is known.
    private let pace = Mutex(Pace())

    init(_ callback: dragon_progress_callback?, _ userData: UnsafeMutableRawPointer?) {
        (self.callback, self.userData) = (callback, userData)
        begun = clock.now
    }

    /// A job that tells the callback, and ends where that says so.
    func job() -> Job {
        callback == nil ? Job() : Job { self.tell($0) }
    }

    /// Whether anybody listens.
    var isHeard: Bool { callback != nil }

    /// - Returns: whether to go on.
    func tell(_ state: Job.Progress) -> Bool {
        guard let callback else { return true }
        var progress = dragon_progress()
        progress.size = MemoryLayout<dragon_progress>.stride
        progress.phase = state.phase.number
        (progress.step, progress.total) = (Int32(clamping: state.step), Int32(clamping: state.total))
        progress.fraction = state.fraction
        progress.seconds_left = secondsLeft(state)
        return (state.preview?.bytes ?? []).withUnsafeBytes { bytes in
            if let preview = state.preview, !bytes.isEmpty {
                progress.preview.pixels = bytes.baseAddress
                (progress.preview.width, progress.preview.height) = (Int32(clamping: preview.width), Int32(clamping: preview.height))
            }
            return callback(&progress, userData) == 0
        }
    }

    private func secondsLeft(_ state: Job.Progress) -> Double {
        // The fill's cost is not known beforehand: what it took says nothing of the rest.
        guard state.phase != .fill else { return -1 }
        let seconds = (clock.now - begun) / .seconds(1)
        return pace.withLock { $0.secondsLeft(fraction: state.fraction, at: seconds) ?? -1 }
    }
}

extension Job.Phase {
    /// As the header numbers it.
    fileprivate var number: dragon_phase {
        switch self {
        case .generate, .encode: 0
        case .invert: 1
        case .sample: 2
        case .decode: 3
        case .assemble: 4
        case .fetch: 5
        case .check: 6
        case .fill: 7
        case .load: 8
        }
    }
}
