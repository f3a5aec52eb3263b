import DragonTensor

/// Two normalised convolutions beside a shortcut, the first shifted by the time embedding.
/// Keys: `norm1`, `conv1`, `time_emb_proj`, `norm2`, `conv2`, and `conv_shortcut` where the channels change.
struct ResnetBlock: Sendable {
    private let norm1: GroupNorm
    private let conv1: Convolution
    private let timeProjection: Linear?
    private let norm2: GroupNorm
    private let conv2: Convolution
    private let shortcut: Convolution?

    /// - Parameter timeChannels: of the time embedding; nil in the autoencoder, which has none.
    init(_ scope: WeightScope, in input: Int, out output: Int, timeChannels: Int?, groups: Int, epsilon: Float) throws {
        norm1 = try GroupNorm(scope["norm1"], channels: input, groups: groups, epsilon: epsilon)
        conv1 = try Convolution(scope["conv1"], in: input, out: output)
        timeProjection = try timeChannels.map { try Linear(scope["time_emb_proj"], in: $0, out: output) }
        norm2 = try GroupNorm(scope["norm2"], channels: output, groups: groups, epsilon: epsilon)
        conv2 = try Convolution(scope["conv2"], in: output, out: output)
        shortcut = input == output ? nil : try Convolution(scope["conv_shortcut"], in: input, out: output, side: 1)
    }

    /// - Parameters:
    ///   - x: `[batch, in, height, width]`.
    ///   - time: SiLU of the time embedding, `[1, timeChannels, 1]`.
    func callAsFunction(_ x: Tensor, time: Tensor? = nil, in context: ComputeContext) throws -> Tensor {
        try forward(x, time: time, saves: false, in: context).0
    }

    /// What the pullback needs.
    struct Saved: Sendable {
        let input: Tensor
        /// The first convolution's output.
        let middle: Tensor
    }

    /// The same, and what the pullback needs of it where the pass saves.
    func forward(_ x: Tensor, time: Tensor?, saves: Bool, in context: ComputeContext) throws -> (Tensor, Saved?) {
        var shift: [Float]?
        if let timeProjection, let time { shift = try timeProjection(time, in: context).values }
        let middle = try conv1(norm1(x, silu: true, in: context), shift: shift, in: context)
        let skipped = try shortcut.map { try $0(x, in: context) } ?? x
        let y = try conv2(norm2(middle, silu: true, in: context), adding: skipped, in: context)
        return (y, saves ? Saved(input: x, middle: middle) : nil)
    }

    /// dx = norm1ᵀ conv1ᵀ norm2ᵀ conv2ᵀ dy + shortcutᵀ dy.
    func inputGradient(_ dy: Tensor, _ saved: Saved, in context: ComputeContext) throws -> Tensor {
        let (height, width) = (dy.shape[2], dy.shape[3])
        let d2 = try conv2.inputGradient(dy, height: height, width: width, in: context)
        let dMiddle = try norm2.inputGradient(d2, of: saved.middle, silu: true, in: context)
        let d1 = try conv1.inputGradient(dMiddle, height: height, width: width, in: context)
        let dSkip = try shortcut.map { try $0.inputGradient(dy, height: height, width: width, in: context) } ?? dy
        return try norm1.inputGradient(d1, of: saved.input, silu: true, adding: dSkip, in: context)
    }
}
