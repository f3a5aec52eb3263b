#if canImport(Glibc)
    import Glibc
#endif

/// The noise schedule of a model, and the timesteps of a run over it (Song et al., DDIM, 2021, arXiv 2010.02502).
public struct Schedule: Sendable {
    /// What it was built from.
    public let configuration: ScheduleConfiguration
    /// ᾱ(t) for t = 0 ..< trainTimesteps; the last one is 0 where the schedule ends in pure noise.
    public let alphasCumulative: [Double]
    /// Timesteps of the run, noisiest first.
    public let timesteps: [Int]
    /// trainTimesteps / steps.
    public let stride: Int

    /// - Parameter steps: 1 ... trainTimesteps.
    public init(_ configuration: ScheduleConfiguration, steps: Int) throws {
        guard (1...configuration.trainTimesteps).contains(steps) else {
            throw ScheduleError.steps(steps, most: configuration.trainTimesteps)
        }
        self.configuration = configuration
        var product = 1.0
        let alphas = Self.betas(configuration).map { beta in
            product *= 1 - beta
            return product
        }
        alphasCumulative = configuration.rescalesToZeroSNR ? Self.rescaledToZeroSNR(alphas) : alphas
        let stride = configuration.trainTimesteps / steps
        self.stride = stride
        timesteps = Self.timesteps(configuration, steps: steps, stride: stride)
    }

    /// ᾱ(t); before the first timestep the schedule's final value.
    public func alpha(_ t: Int) -> Double {
        if t < 0 { return configuration.setsAlphaToOne ? 1 : alphasCumulative[0] }
        return alphasCumulative[min(t, alphasCumulative.count - 1)]
    }

    /// As diffusers spreads them.
    private static func timesteps(_ configuration: ScheduleConfiguration, steps: Int, stride: Int) -> [Int] {
        let total = configuration.trainTimesteps
        switch configuration.timestepSpacing {
        case .leading: return (0..<steps).reversed().map { min($0 * stride + configuration.stepsOffset, total - 1) }
        case .trailing:
            let exact = Double(total) / Double(steps)
            return (0..<steps).map { Int((Double(total) - Double($0) * exact).rounded(.toNearestOrEven)) - 1 }
        case .linspace:
            guard steps > 1 else { return [0] }
            let exact = Double(total - 1) / Double(steps - 1)
            return (0..<steps).reversed().map { Int((Double($0) * exact).rounded(.toNearestOrEven)) }
        }
    }

    /// √ᾱ, shifted so that its last is 0 and scaled so that its first stays (Lin et al. 2023, algorithm 1).
    private static func rescaledToZeroSNR(_ alphas: [Double]) -> [Double] {
        let roots = alphas.map { $0.squareRoot() }
        guard let first = roots.first, let last = roots.last, first > last else { return alphas }
        return roots.map { root in
            let scaled = (root - last) * first / (first - last)
            return scaled * scaled
        }
    }

    private static func betas(_ configuration: ScheduleConfiguration) -> [Double] {
        let count = configuration.trainTimesteps
        let (start, end) = (configuration.betaStart, configuration.betaEnd)
        let share = { (i: Int) in count > 1 ? Double(i) / Double(count - 1) : 0 }
        switch configuration.betaSchedule {
        case .linear:
            return (0..<count).map { start + (end - start) * share($0) }
        case .scaledLinear:
            let (low, high) = (start.squareRoot(), end.squareRoot())
            return (0..<count).map { i in
                let root = low + (high - low) * share(i)
                return root * root
            }
        case .squaredCosine:
            let bar = { (t: Double) in pow(cos((t + 0.008) / 1.008 * Double.pi / 2), 2) }
            return (0..<count).map { i in
                min(1 - bar(Double(i + 1) / Double(count)) / bar(Double(i) / Double(count)), 0.999)
            }
        }
    }
}

/// What can be wrong about a run.
public enum ScheduleError: Error, Equatable, CustomStringConvertible {
    /// A number of steps that the schedule cannot be divided into.
    case steps(Int, most: Int)

    /// One line that says what to do.
    public var description: String {
        switch self {
        case .steps(let steps, let most): "\(steps) steps are not possible: choose 1 to \(most)"
        }
    }
}
