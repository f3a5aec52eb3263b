/// How long work will take that has come some way, by the pace since its first report: what lay before that, a photo's fill or a
/// model's loading, has costs of other kinds.
public struct Pace: Sendable {
    private var first: (fraction: Double, seconds: Double)?

    /// Below that share a guess would be one of the first steps' luck.
    private static let leastShare = 0.02

    /// Nothing reported yet.
    public init() {}

    /// - Parameters:
    ///   - fraction: of the whole that is done, 0 … 1.
    ///   - seconds: of any clock.
    /// - Returns: nil while nothing can be said.
    public mutating func secondsLeft(fraction: Double, at seconds: Double) -> Double? {
        let begun = first ?? (fraction, seconds)
        first = begun
        let share = fraction - begun.fraction
        guard share >= Self.leastShare else { return nil }
        return max(0, seconds - begun.seconds) / share * (1 - fraction)
    }
}
