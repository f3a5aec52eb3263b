import Synchronization

/// A piece of work that somebody waits for: whether it is to go on, and how far it is. One token goes through all its parts,
/// from the loading of a model to the last pixel.
public final class Job: Sendable {
    /// What the work is at.
    public enum Phase: String, Sendable, CaseIterable {
        /// Files copied or downloaded.
        case fetch
        /// Files checked.
        case check
        /// A model's weights mapped and checked.
        case load
        /// An old place filled with texture, a photo's part brought to the network's grid.
        case fill
        /// The picture's making, where it is generated.
        case generate
        /// Pictures to latents.
        case encode
        /// Latents to noise, filling the memory bank.
        case invert
        /// Noise to the edited latent.
        case sample
        /// The latent to a picture.
        case decode
        /// The result laid over the photo's own pixels.
        case assemble
    }

    /// A small picture, RGBA of 8 bits, row by row.
    public struct Preview: Sendable {
        /// Columns.
        public let width: Int
        /// Rows.
        public let height: Int
        /// Four bytes a pixel.
        public let bytes: [UInt8]

        /// A picture of `4 · width · height` bytes.
        public init(width: Int, height: Int, bytes: [UInt8]) { (self.width, self.height, self.bytes) = (width, height, bytes) }
    }

    /// Where the work stands.
    public struct Progress: Sendable {
        /// The part at work.
        public let phase: Phase
        /// Steps of it that are done.
        public let step: Int
        /// Steps that it has.
        public let total: Int
        /// Share of the whole that is done, by the cost of its steps; 0 … 1.
        public let fraction: Double
        /// What the part is at, such as a file.
        public var subject = ""
        /// The result as it stands, where it is asked for.
        public var preview: Preview?

        /// A step among `total` of a phase.
        public init(phase: Phase, step: Int, total: Int, fraction: Double, subject: String = "", preview: Preview? = nil) {
            (self.phase, self.step, self.total, self.fraction) = (phase, step, total, fraction)
            (self.subject, self.preview) = (subject, preview)
        }
    }

    /// A part of the work ahead: a cost for each of its steps, in any unit that the parts share.
    public struct Part: Sendable {
        let phase: Phase
        let costs: [Double]

        /// Of all its steps.
        public var cost: Double { costs.reduce(0, +) }

        /// - Parameter costs: 0 or more each.
        public init(_ phase: Phase, costs: [Double]) { (self.phase, self.costs) = (phase, costs) }

        /// Steps that cost the same.
        public init(_ phase: Phase, steps: Int = 1, cost: Double) { self.init(phase, costs: Array(repeating: cost, count: max(0, steps))) }
    }

    private struct State {
        var parts: [Part] = []
        var done = 0.0
        var whole = 0.0
        /// Where what is expected stands among all that is to be done, as shares.
        var (start, share) = (0.0, 1.0)
    }

    private let cancelled = Atomic<Bool>(false)
    private let state = Mutex(State())
    private let listener: (@Sendable (Progress) -> Bool)?

    /// Work that tells `listener` of its steps, on the thread that does them, and is cancelled where that answers false.
    public init(listener: (@Sendable (Progress) -> Bool)? = nil) { self.listener = listener }

    /// Asks the work to stop; any thread may call, and it cannot be taken back.
    public func cancel() { cancelled.store(true, ordering: .releasing) }

    /// Whether ``cancel()`` was called.
    public var isCancelled: Bool { cancelled.load(ordering: .acquiring) }

    /// Throws ``CancellationError`` once ``cancel()`` was called.
    public func check() throws { if isCancelled { throw CancellationError() } }

    /// Whether anybody is told.
    public var isHeard: Bool { listener != nil }

    /// Says what is ahead: replaces what was expected before, and begins at nothing done.
    public func expect(_ parts: [Part]) {
        state.withLock { state in
            state.parts = parts
            state.done = 0
            state.whole = parts.reduce(0) { $0 + $1.costs.reduce(0, +) }
        }
    }

    /// Says that what is expected from here on is one of `count` like it, of which `round` are done.
    public func begin(round: Int, of count: Int) {
        state.withLock { ($0.parts, $0.done, $0.whole, $0.start, $0.share) = ([], 0, 0, Double(round) / Double(count), 1 / Double(count)) }
    }

    /// Tells that a phase is at work, having done nothing yet.
    public func begin(_ phase: Phase) { tell(phase, step: 0, preview: nil) }

    /// Tells that a phase has done `step` steps, the last of them just now.
    public func finish(_ phase: Phase, step: Int = 1, preview: Preview? = nil) { tell(phase, step: step, preview: preview) }

    /// Tells of work that is not among what was expected: `fraction` of it is done.
    public func tell(_ phase: Phase, step: Int, total: Int, fraction: Double, subject: String = "") {
        hear(Progress(phase: phase, step: step, total: total, fraction: min(max(fraction, 0), 1), subject: subject))
    }

    private func tell(_ phase: Phase, step: Int, preview: Preview?) {
        let progress = state.withLock { state -> Progress in
            let costs = state.parts.first { $0.phase == phase }?.costs ?? []
            if costs.indices.contains(step - 1) { state.done += costs[step - 1] }
            let done = state.whole > 0 ? min(1, state.done / state.whole) : 0
            return Progress(
                phase: phase, step: step, total: max(costs.count, 1), fraction: state.start + state.share * done, preview: preview)
        }
        hear(progress)
    }

    private func hear(_ progress: Progress) {
        if let listener, !listener(progress) { cancel() }
    }
}
