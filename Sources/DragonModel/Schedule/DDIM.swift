import DragonTensor

/// One deterministic step of DDIM (Song et al., 2021, equation 12 with σ = 0).
public struct DDIMStep: Sendable {
    /// ᾱ where the latent is, and where it goes.
    public let from: Double
    /// ᾱ where the latent goes.
    public let to: Double
    let prediction: ScheduleConfiguration.PredictionType

    /// The step between two levels of noise, either way: down when sampling, up when inverting.
    public init(from: Double, to: Double, prediction: ScheduleConfiguration.PredictionType) {
        self.from = from
        self.to = to
        self.prediction = prediction
    }

    /// The noise in `latent`, given what the network predicted for it.
    public func noise(_ predicted: Tensor, latent: Tensor, in context: ComputeContext) throws -> Tensor {
        switch prediction {
        case .epsilon: predicted
        // v = √ᾱ ε − √(1−ᾱ) x₀, z = √ᾱ x₀ + √(1−ᾱ) ε  ⇒  ε = √ᾱ v + √(1−ᾱ) z (Salimans and Ho, 2022)
        case .velocity:
            try predicted.scaled(
                by: Float(from.squareRoot()), adding: latent, scaledBy: Float((1 - from).squareRoot()), in: context)
        }
    }

    /// z' = √ᾱ' x₀ + √(1−ᾱ') ε with x₀ = (z − √(1−ᾱ) ε) / √ᾱ.
    public func apply(_ latent: Tensor, noise: Tensor, in context: ComputeContext) throws -> Tensor {
        let ratio = (to / from).squareRoot()
        let weight = (1 - to).squareRoot() - ratio * (1 - from).squareRoot()
        return try latent.scaled(by: Float(ratio), adding: noise, scaledBy: Float(weight), in: context)
    }
}
