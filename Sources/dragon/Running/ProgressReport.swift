import DragonTensor
import Glibc

/// Tells on stderr how far a computation is: a bar on a terminal, a line now and then elsewhere, nothing when quiet.
final class ProgressReport {
    private enum Style { case bar, lines, none }

    private let style: Style
    private let clock = ContinuousClock()
    private var phase = ""
    private var start: ContinuousClock.Instant
    private var lastLine: ContinuousClock.Instant
    private var isBarShown = false
    private var pace = Pace()

    init(isQuiet: Bool) {
        style = isQuiet ? .none : isatty(STDERR_FILENO) == 1 ? .bar : .lines
        start = clock.now
        lastLine = start
    }

    /// Starts a phase whose length is not known.
    func begin(_ phase: String) {
        endBar()
        self.phase = phase
        start = clock.now
        lastLine = start
        pace = Pace()
        switch style {
        case .bar: show(ProgressText.cut("\(phase) …", to: terminalColumns))
        case .lines: writeToStandardError("\(phase)\n")
        case .none: break
        }
    }

    /// Tells that `done` of `total` steps of the phase are done.
    func step(_ done: Int, of total: Int) {
        let elapsed = (clock.now - start).seconds
        show(done, of: total, secondsLeft: done > 0 ? elapsed / Double(done) * Double(total - done) : nil)
    }

    private func show(_ done: Int, of total: Int, secondsLeft left: Double?) {
        let text = ProgressText(phase: phase, done: done, total: total, secondsLeft: left)
        switch style {
        case .bar: show(text.bar(columns: terminalColumns))
        case .lines:
            guard done == total || (clock.now - lastLine).seconds >= 5 else { return }
            lastLine = clock.now
            writeToStandardError(text.line + "\n")
        case .none: break
        }
    }

    /// Tells that a share of the whole is done, being at step `done` of `total` of a part of it.
    func share(_ fraction: Double, phase: String, done: Int, total: Int) {
        self.phase = "\(phase) \(done)/\(total)"
        let percent = min(max(Int(fraction * 100), 1), 100)
        show(percent, of: 100, secondsLeft: pace.secondsLeft(fraction: fraction, at: (clock.now - start).seconds))
    }

    /// Leaves the cursor on an empty line.
    func end() { endBar() }

    private func show(_ text: String) {
        isBarShown = true
        writeToStandardError("\r\u{1B}[K\(text)")
    }

    private func endBar() {
        if isBarShown { writeToStandardError("\r\u{1B}[K") }
        isBarShown = false
    }

    private var terminalColumns: Int {
        var size = winsize()
        return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
    }
}

/// How progress is worded.
struct ProgressText {
    let phase: String
    let done: Int
    let total: Int
    let secondsLeft: Double?

    private var count: String { "\(done)/\(total)" }
    private var left: String { secondsLeft.map { done < total ? ", \(duration($0)) left" : "" } ?? "" }

    /// For a log.
    var line: String { "\(phase) \(count)\(left)" }

    /// For a terminal of that width.
    func bar(columns: Int) -> String {
        let room = columns - phase.count - count.count - left.count - 5
        guard room >= 8 else { return Self.cut(line, to: columns) }
        let width = min(room, 40)
        let filled = total > 0 ? width * min(max(done, 0), total) / total : 0
        return "\(phase) [\(String(repeating: "#", count: filled))\(String(repeating: "·", count: width - filled))] \(count)\(left)"
    }

    /// What of a text stands on one line, the last column left free: some terminals go on to the next line there.
    static func cut(_ text: String, to columns: Int) -> String {
        text.count < columns ? text : String(text.prefix(max(columns - 2, 0))) + (columns > 1 ? "…" : "")
    }

    private func duration(_ seconds: Double) -> String {
        let whole = Int(min(max(seconds.rounded(.up), 0), 360_000))
        return whole < 100 ? "\(whole) s" : whole < 6000 ? "\((whole + 30) / 60) min" : "\((whole + 1800) / 3600) h"
    }
}

extension Duration {
    /// The duration as a number of seconds.
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
