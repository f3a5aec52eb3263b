import DragonTensor

/// How latents go from one level of noise to the next, and back: a run over a schedule.
public protocol Sampler: Sendable {
    /// Timesteps of the run, noisiest first.
    var timesteps: [Int] { get }

    /// The noise in a latent at a step, given what the network predicted for it.
    func noise(_ predicted: Tensor, in latent: Tensor, at step: Int, _ context: ComputeContext) throws -> Tensor

    /// The latent after a step.
    ///
    /// - Parameters:
    ///   - noise: of the plain prediction: the direction back to the next level.
    ///   - guided: of the guided one, from which the final latent is guessed; the same where nothing guides.
    ///   - scatter: η, the share of a full ancestral step's noise that the step makes room for; 0 is deterministic.
    func step(
        _ latent: Tensor, noise: Tensor, guided: Tensor, scatter: Float, at step: Int, _ context: ComputeContext
    ) throws -> Tensor

    /// Deviation of the noise that a step with `scatter` makes room for.
    func deviation(scatter: Float, at step: Int) -> Float

    /// The latent before a step: the inverse of ``step(_:noise:guided:scatter:at:_:)``, taking the noise to be the same at both
    /// ends.
    func inverse(_ latent: Tensor, noise: Tensor, at step: Int, _ context: ComputeContext) throws -> Tensor

    /// The guess at the final latent that a step's noise stands for.
    func origin(_ latent: Tensor, noise: Tensor, at step: Int, _ context: ComputeContext) throws -> Tensor

    /// Factors of the final latent and of the noise in a latent before a step.
    func shares(at step: Int) -> (signal: Float, noise: Float)

    /// The timestep of the level that a step leads to, which a prediction there is made at.
    func timestep(after step: Int) -> Int

    /// Back up over a step, from a prediction made at ``timestep(after:)``.
    func rise(_ latent: Tensor, predicted: Tensor, over step: Int, _ context: ComputeContext) throws -> Tensor
}

/// DDIM (Song et al., 2021, arXiv 2010.02502, equations 12 and 16).
public struct DDIMSampler: Sampler {
    /// The run's levels of noise.
    public let schedule: Schedule

    /// A run of so many steps.
    public init(_ configuration: ScheduleConfiguration, steps: Int) throws { schedule = try Schedule(configuration, steps: steps) }

    /// Timesteps of the run, noisiest first.
    public var timesteps: [Int] { schedule.timesteps }

    /// ᾱ at a step, and at the one after it.
    private func levels(_ step: Int) -> (current: Double, next: Double) {
        let t = schedule.timesteps[step]
        return (max(schedule.alpha(t), Self.leastSignal), schedule.alpha(t - schedule.stride))
    }

    /// ᾱ of what is called pure noise: what is inverted must have something of the picture left.
    private static let leastSignal = 0x1p-24

    private func between(_ from: Double, _ to: Double) -> DDIMStep {
        DDIMStep(from: from, to: to, prediction: schedule.configuration.predictionType)
    }

    /// ε, from ε itself or from v.
    public func noise(_ predicted: Tensor, in latent: Tensor, at step: Int, _ context: ComputeContext) throws -> Tensor {
        let (current, next) = levels(step)
        return try between(current, next).noise(predicted, latent: latent, in: context)
    }

    /// √ᾱ'·x₀ + √(1−ᾱ'−σ²)·ε with x₀ from the guided noise.
    public func step(
        _ latent: Tensor, noise: Tensor, guided: Tensor, scatter: Float, at step: Int, _ context: ComputeContext
    ) throws -> Tensor {
        let (_, next) = levels(step)
        let sigma = exactDeviation(scatter, step)
        let direction = Float(max(0, 1 - next - sigma * sigma).squareRoot())
        return try scaledOrigin(latent, guided, step, context).scaled(by: 1, adding: noise, scaledBy: direction, in: context)
    }

    /// σ = η·√((1−ᾱ')/(1−ᾱ)·(1−ᾱ/ᾱ')).
    public func deviation(scatter: Float, at step: Int) -> Float { Float(exactDeviation(scatter, step)) }

    private func exactDeviation(_ scatter: Float, _ step: Int) -> Double {
        let (current, next) = levels(step)
        return Double(scatter) * max(0, (1 - next) / (1 - current) * (1 - current / next)).squareRoot()
    }

    /// √ᾱ·x₀ + √(1−ᾱ)·ε with x₀ at the less noisy end (ALGORITHM section 2).
    public func inverse(_ latent: Tensor, noise: Tensor, at step: Int, _ context: ComputeContext) throws -> Tensor {
        let (current, next) = levels(step)
        return try between(next, current).apply(latent, noise: noise, in: context)
    }

    /// x₀ = (z − √(1−ᾱ)·ε)/√ᾱ.
    public func origin(_ latent: Tensor, noise: Tensor, at step: Int, _ context: ComputeContext) throws -> Tensor {
        try scaledOrigin(latent, noise, step, context).scaled(by: Float(1 / levels(step).next.squareRoot()), in: context)
    }

    /// √ᾱ'·x₀ = √(ᾱ'/ᾱ)·(z − √(1−ᾱ)·ε).
    private func scaledOrigin(_ latent: Tensor, _ noise: Tensor, _ step: Int, _ context: ComputeContext) throws -> Tensor {
        let (current, next) = levels(step)
        let ratio = (next / current).squareRoot()
        return try latent.scaled(by: Float(ratio), adding: noise, scaledBy: Float(-ratio * (1 - current).squareRoot()), in: context)
    }

    /// √ᾱ and √(1−ᾱ).
    public func shares(at step: Int) -> (signal: Float, noise: Float) {
        let current = levels(step).current
        return (Float(current.squareRoot()), Float((1 - current).squareRoot()))
    }

    /// The next step's timestep; behind the last one, that of the least noise.
    public func timestep(after step: Int) -> Int {
        max(min(schedule.timesteps[step] - schedule.stride, schedule.configuration.trainTimesteps - 1), 0)
    }

    /// √ᾱ·x₀ + √(1−ᾱ)·ε with both from the prediction at the less noisy end (DiffEditor's time travel).
    public func rise(_ latent: Tensor, predicted: Tensor, over step: Int, _ context: ComputeContext) throws -> Tensor {
        let up = between(schedule.alpha(timestep(after: step)), levels(step).current)
        return try up.apply(latent, noise: up.noise(predicted, latent: latent, in: context), in: context)
    }
}
