import DragonTensor

/// Tells on stderr how far a job is, and measures its phases.
final class JobReport: @unchecked Sendable {
    // Unchecked: used on the thread that does the job alone.
    private let report: ProgressReport
    private let clock = ContinuousClock()
    private var last: ContinuousClock.Instant
    /// Seconds of each phase of the sampler, in order, and of what followed.
    private var measured: [(name: String, seconds: Double)] = []

    init(isQuiet: Bool) {
        report = ProgressReport(isQuiet: isQuiet)
        last = clock.now
    }

    /// The work that is told of.
    var job: Job { Job { [self] in hear($0) } }

    func begin(_ phase: String) {
        report.begin(phase)
        last = clock.now
    }

    func end() { report.end() }

    /// The phases that were heard of; what followed the last one is the assembly.
    var phases: [(name: String, seconds: Double)] {
        var all = measured
        let rest = (clock.now - last).seconds
        if all.last?.name == Job.Phase.assemble.rawValue { all[all.count - 1].seconds += rest } else { all.append(("assemble", rest)) }
        return all
    }

    private func hear(_ progress: Job.Progress) -> Bool {
        switch progress.phase {
        case .fill, .load, .fetch, .check: return true
        default: break
        }
        let (now, name) = (clock.now, progress.phase.rawValue)
        if measured.last?.name != name { measured.append((name, 0)) }
        measured[measured.count - 1].seconds += (now - last).seconds
        last = now
        report.share(progress.fraction, phase: name, done: progress.step, total: progress.total)
        return true
    }
}
