import DragonTensor

/// A block of the encoder. Keys: `resnets.N`, `attentions.N`, `downsamplers.0.conv`.
struct DownBlock: Sendable {
    private let layers: [UNetLayer]
    private let downsample: Convolution?

    init(_ scope: WeightScope, in input: Int, level: UNetLevel, layers count: Int, isLast: Bool, configuration: UNetConfiguration) throws {
        layers = try (0..<count).map {
            try UNetLayer(scope, index: $0, in: $0 == 0 ? input : level.channels, level: level, configuration: configuration)
        }
        downsample =
            isLast ? nil : try Convolution(scope["downsamplers"][0]["conv"], in: level.channels, out: level.channels, stride: 2)
    }

    /// What the pullback needs.
    struct Saved: Sendable {
        var layers: [UNetLayer.Saved] = []
        /// Sides of the layers' grid.
        var sides = (height: 0, width: 0)
    }

    /// The result, and what the pullback needs of it where the pass saves. Appends every layer's output, and the downsampled
    /// one, to `skips`.
    func callAsFunction(
        _ x: Tensor, _ conditions: UNetConditions, skips: inout [Tensor], in context: ComputeContext
    ) throws -> (Tensor, Saved) {
        var (y, saved) = (x, Saved())
        for layer in layers {
            let (next, part) = try layer(y, conditions, in: context)
            y = next
            if let part { saved.layers.append(part) }
            skips.append(y)
        }
        saved.sides = (y.shape[2], y.shape[3])
        if let downsample {
            y = try downsample(y, in: context)
            skips.append(y)
        }
        return (y, saved)
    }

    /// dx, given dy of the block's output and those of its skips, which it takes from the end.
    func inputGradient(
        _ dy: Tensor, _ saved: Saved, skips: inout [SkipGradient], in context: ComputeContext
    ) throws -> Tensor {
        var d = dy
        if let downsample {
            d = try skips.removeLast().added(to: d, in: context)
            d = try downsample.inputGradient(d, height: saved.sides.height, width: saved.sides.width, in: context)
        }
        for (layer, part) in zip(layers, saved.layers).reversed() {
            d = try layer.inputGradient(skips.removeLast().added(to: d, in: context), part, in: context)
        }
        return d
    }
}

/// The gradient that reaches an encoder's output through the decoder; none where the decoder stopped before it.
struct SkipGradient: Sendable {
    let gradient: Tensor?

    func added(to other: Tensor, in context: ComputeContext) throws -> Tensor {
        try gradient.map { try $0.adding(other, in: context) } ?? other
    }
}
