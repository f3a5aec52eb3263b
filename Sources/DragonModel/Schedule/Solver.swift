import DragonTensor

/// A run from noise to a picture, which is never inverted: each step takes what the network predicted for it.
public protocol Solver: Sendable {
    /// Timesteps of the run, noisiest first.
    var timesteps: [Int] { get }
    /// The schedule's levels of noise.
    var schedule: Schedule { get }

    /// The latent after a step, of the shape of `latent`.
    ///
    /// - Parameters:
    ///   - predicted: the network's output at `timesteps[step]`.
    ///   - noise: fresh normal noise of the latent's shape; asked for only where the step adds some.
    func step(
        _ latent: Tensor, predicted: Tensor, at step: Int, noise: () throws -> Tensor, _ context: ComputeContext
    ) throws -> Tensor

    /// ᾱ of the latent after a step.
    func signal(after step: Int) -> Double
}

extension Solver {
    /// ᾱ of the latent before a step.
    public func signal(before step: Int) -> Double { schedule.alpha(timesteps[step]) }

    /// A picture's latent with noise: √ᾱ·x₀ + √(1−ᾱ)·ε.
    public func noised(_ origin: Tensor, _ noise: Tensor, signal: Double, _ context: ComputeContext) throws -> Tensor {
        try origin.scaled(by: Float(signal.squareRoot()), adding: noise, scaledBy: Float((1 - signal).squareRoot()), in: context)
    }

    /// x₀ as the prediction for a latent has it: (z − √(1−ᾱ)·ε)/√ᾱ, or √ᾱ·z − √(1−ᾱ)·v, which pure noise has too.
    public func origin(_ latent: Tensor, _ predicted: Tensor, signal: Double, _ context: ComputeContext) throws -> Tensor {
        let (root, rest) = (signal.squareRoot(), (1 - signal).squareRoot())
        return switch schedule.configuration.predictionType {
        case .epsilon: try latent.scaled(by: Float(1 / root), adding: predicted, scaledBy: Float(-rest / root), in: context)
        case .velocity: try latent.scaled(by: Float(root), adding: predicted, scaledBy: Float(-rest), in: context)
        }
    }
}

/// DDIM without noise (Song et al., 2021, equation 12 with σ = 0), of any number of steps and any spacing.
public struct DDIMSolver: Solver {
    /// The schedule's levels of noise.
    public let schedule: Schedule

    /// A run of so many steps.
    public init(_ configuration: ScheduleConfiguration, steps: Int) throws { schedule = try Schedule(configuration, steps: steps) }

    /// Timesteps of the run, noisiest first.
    public var timesteps: [Int] { schedule.timesteps }

    /// ᾱ of the latent after a step.
    public func signal(after step: Int) -> Double { schedule.alpha(timesteps[step] - schedule.stride) }

    /// √ᾱ'·x₀ + √(1−ᾱ')·ε.
    public func step(
        _ latent: Tensor, predicted: Tensor, at step: Int, noise: () throws -> Tensor, _ context: ComputeContext
    ) throws -> Tensor {
        let (from, to) = (signal(before: step), signal(after: step))
        let origin = try origin(latent, predicted, signal: from, context)
        let direction = try DDIMStep(from: from, to: to, prediction: schedule.configuration.predictionType)
            .noise(predicted, latent: latent, in: context)
        return try noised(origin, direction, signal: to, context)
    }
}

/// Multistep latent consistency sampling (Luo et al., 2023, arXiv 2310.04378, algorithm 3): at each step a guess at the picture, and
/// fresh noise on it for the next.
public struct LCMSolver: Solver {
    /// The schedule's levels of noise.
    public let schedule: Schedule
    /// Timesteps of the run, noisiest first: some of those that the model was distilled on.
    public let timesteps: [Int]

    /// A run of so many steps.
    ///
    /// - Throws: ``ScheduleError/steps(_:most:)`` for more steps than the model was distilled on.
    public init(_ configuration: ScheduleConfiguration, steps: Int) throws {
        let distilled = configuration.distilledSteps
        guard (1...distilled).contains(steps) else { throw ScheduleError.steps(steps, most: distilled) }
        schedule = try Schedule(configuration, steps: distilled)
        let stride = configuration.trainTimesteps / distilled
        // One after the other from the noisiest on, as evenly as whole numbers allow.
        timesteps = (0..<steps).map { (distilled - $0 * distilled / steps) * stride - 1 }
    }

    /// ᾱ of the latent after a step.
    public func signal(after step: Int) -> Double {
        // The last one leads to the picture itself.
        step + 1 < timesteps.count ? schedule.alpha(timesteps[step + 1]) : 1
    }

    /// σ of the data in the boundary condition (Song et al., 2023, arXiv 2303.01469).
    private static let dataDeviation = 0.5

    /// c_skip·z + c_out·x₀, with fresh noise on it but at the last step.
    public func step(
        _ latent: Tensor, predicted: Tensor, at step: Int, noise: () throws -> Tensor, _ context: ComputeContext
    ) throws -> Tensor {
        let scaled = Double(timesteps[step]) * schedule.configuration.timestepScaling
        let (variance, square) = (Self.dataDeviation * Self.dataDeviation, scaled * scaled)
        let (skip, out) = (variance / (square + variance), scaled / (square + variance).squareRoot())
        let origin = try origin(latent, predicted, signal: signal(before: step), context)
        let guess = try latent.scaled(by: Float(skip), adding: origin, scaledBy: Float(out), in: context)
        guard step + 1 < timesteps.count else { return guess }
        return try noised(guess, noise(), signal: signal(after: step), context)
    }
}

extension ScheduleConfiguration {
    /// The same with trailing timesteps.
    private var trailing: ScheduleConfiguration {
        var result = self
        result.timestepSpacing = .trailing
        return result
    }

    /// The model's way from noise to a picture.
    ///
    /// - Throws: ``ScheduleError/steps(_:most:)`` for a number of steps that the model has not.
    public func run(steps: Int) throws -> any Solver {
        switch solver {
        case .ddim: try DDIMSolver(self, steps: steps)
        case .trailing: try DDIMSolver(trailing, steps: steps)
        case .lcm: try LCMSolver(self, steps: steps)
        }
    }
}
