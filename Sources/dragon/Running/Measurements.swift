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

/// Bytes that the system could give to a new program; without a number, no limit.
var availableMemory: Int {
    guard let file = fopen("/proc/meminfo", "r") else { return .max }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, Int32(line.count), file) != nil {
        let words = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).split(separator: " ")
        if words.first == "MemAvailable:", words.count > 1 { return Int(words[1]).map { $0 * 1024 } ?? .max }
    }
    return .max
}

extension Double {
    /// The nearest number with that many decimal places.
    func rounded(toDigits digits: Int) -> Double {
        let scale = (0..<digits).reduce(1.0) { scale, _ in scale * 10 }
        return (self * scale).rounded() / scale
    }
}
