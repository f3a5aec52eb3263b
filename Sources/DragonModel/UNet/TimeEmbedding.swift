import DragonTensor

#if canImport(Glibc)
    import Glibc
#endif

/// The sinusoidal embedding of a timestep (Vaswani et al., 2017), and of a guidance scale where the model takes one, through two linear
/// layers. Keys: `linear_1`, `linear_2`; of the scale `cond_proj`, without bias.
struct TimeEmbedding: Sendable {
    private let channels: Int
    private let flipsSinToCos: Bool
    private let frequencyShift: Int
    private let linear1: Linear
    private let linear2: Linear
    private let guidance: (projection: Linear, channels: Int)?

    init(_ scope: WeightScope, channels: Int, out: Int, configuration: UNetConfiguration) throws {
        self.channels = channels
        flipsSinToCos = configuration.flipsSinToCos
        frequencyShift = configuration.frequencyShift
        linear1 = try Linear(scope["linear_1"], in: channels, out: out)
        linear2 = try Linear(scope["linear_2"], in: out, out: out)
        guidance = try configuration.guidanceEmbeddingDim.map {
            (try Linear(scope["cond_proj"], in: $0, out: channels, bias: false), $0)
        }
    }

    /// SiLU of the embedding, `[1, out, 1]`: every user of it applies SiLU first.
    func callAsFunction(_ timestep: Int, guidanceScale: Float = 1, in context: ComputeContext) throws -> Tensor {
        let context = context.unrounded
        var waves = try Tensor(sinusoids(timestep), shape: [1, channels, 1], in: context)
        if let (projection, channels) = guidance {
            let scale = try Tensor(Self.sinusoids(guidanceScale: guidanceScale, channels), shape: [1, channels, 1], in: context)
            waves = try projection(scale, adding: waves, in: context)
        }
        let hidden = try linear1(waves, in: context).silu(in: context)
        return try linear2(hidden, in: context).silu(in: context)
    }

    /// sin and cos of 1000·(scale − 1) · 10000^(−i / (channels/2 − 1)); a last odd channel is 0.
    static func sinusoids(guidanceScale: Float, _ channels: Int) -> [Float] {
        let half = channels / 2
        let step = -log(10000.0) / Double(half - 1)
        let angles = (0..<half).map { Double(guidanceScale - 1) * 1000 * Double(Float(exp(step * Double($0)))) }
        return angles.map { Float(sin($0)) } + angles.map { Float(cos($0)) } + [Float](repeating: 0, count: channels % 2)
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
