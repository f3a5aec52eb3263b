import DragonTensor

#if canImport(Glibc)
    import Glibc
#endif

/// The sinusoidal embedding of a timestep (Vaswani et al., 2017), through two linear layers.
/// Keys: `linear_1`, `linear_2`.
struct TimeEmbedding: Sendable {
    private let channels: Int
    private let flipsSinToCos: Bool
    private let frequencyShift: Int
    private let linear1: Linear
    private let linear2: Linear

    init(_ scope: WeightScope, channels: Int, out: Int, configuration: UNetConfiguration) throws {
        self.channels = channels
        flipsSinToCos = configuration.flipsSinToCos
        frequencyShift = configuration.frequencyShift
        linear1 = try Linear(scope["linear_1"], in: channels, out: out)
        linear2 = try Linear(scope["linear_2"], in: out, out: out)
    }

    /// SiLU of the embedding, `[1, out, 1]`: every user of it applies SiLU first.
    func callAsFunction(_ timestep: Int, in context: ComputeContext) throws -> Tensor {
        let waves = try Tensor(sinusoids(timestep), shape: [1, channels, 1], in: context)
        let hidden = try linear1(waves, in: context).silu(in: context)
        return try linear2(hidden, in: context).silu(in: context)
    }

    /// sin and cos of timestep · 10000^(−i / (channels/2 − shift)).
    func sinusoids(_ timestep: Int) -> [Float] {
        let half = channels / 2
        let step = -log(10000.0) / (Double(half) - Double(frequencyShift))
        let angles = (0..<half).map { Double(timestep) * Double(Float(exp(step * Double($0)))) }
        let (sines, cosines) = (angles.map { Float(sin($0)) }, angles.map { Float(cos($0)) })
        return flipsSinToCos ? cosines + sines : sines + cosines
    }
}
