import DragonModel
import Glibc

/// How long the phases of a command took.
struct Measurements {
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private var phases: [JSONValue] = []

    init() { start = clock.now }

    /// Runs `body` as a phase.
    mutating func measure<Result>(_ phase: String, _ body: () throws -> Result) rethrows -> Result {
        let before = clock.now
        let result = try body()
        phases.append(.object(JSONObject(["name": .string(phase), "seconds": .number((clock.now - before).seconds.rounded(toDigits: 4))])))
        return result
    }

    /// Adds a phase that was timed elsewhere.
    mutating func add(_ phase: String, seconds: Double) {
        phases.append(.object(JSONObject(["name": .string(phase), "seconds": .number(seconds.rounded(toDigits: 4))])))
    }

    /// Seconds since the start.
    var seconds: Double { (clock.now - start).seconds }

    /// The members that every report has.
    var report: JSONObject {
        JSONObject([
            "phases": .array(phases), "seconds": .number(seconds.rounded(toDigits: 4)), "peak_bytes": .integer(peakMemory),
        ])
    }
}

/// The most memory that the process has had at once, mapped files included as far as they were read.
var peakMemory: Int {
    var usage = rusage()
    return getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 ? Int(usage.ru_maxrss) * 1024 : 0
}

extension Double {
    /// The nearest number with that many decimal places.
    func rounded(toDigits digits: Int) -> Double {
        let scale = (0..<digits).reduce(1.0) { scale, _ in scale * 10 }
        return (self * scale).rounded() / scale
    }
}
