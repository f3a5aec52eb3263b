import DragonTensor

/// A block of the decoder. Keys: `resnets.N`, `attentions.N`, `upsamplers.0.conv`.
struct UpBlock: Sendable {
    private let layers: [UNetLayer]
    private let skipChannels: [Int]
    private let upsample: Convolution?

    /// - Parameters:
    ///   - skips: channels of the encoder's outputs that the layers take, in order.
    ///   - attentionLayers: self-attention layers of the decoder before this block.
    ///   - isLast: whether the prediction comes of it: it enlarges no further, and nothing after its convolutions' rounding would
    ///     even that out, so that they are not rounded.
    init(
        _ scope: WeightScope, in input: Int, skips: [Int], level: UNetLevel, attentionLayers: Int, isLast: Bool,
        configuration: UNetConfiguration
    ) throws {
        layers = try skips.enumerated().map { index, skip in
            let below = index == 0 ? input : level.channels
            return try UNetLayer(
                scope, index: index, in: below + skip, level: level, decoderLayer: attentionLayers + index * level.transformerDepth,
                isPrecise: isLast, configuration: configuration)
        }
        skipChannels = skips
        upsample = isLast ? nil : try Convolution(scope["upsamplers"][0]["conv"], in: level.channels, out: level.channels)
    }

    /// The result, and what the pullback needs of it where the pass saves. Takes one of `skips` for each layer, from the end.
    func callAsFunction(
        _ x: Tensor, _ conditions: UNetConditions, skips: inout [Tensor], in context: ComputeContext
    ) throws -> (Tensor, [UNetLayer.Saved]) {
        var (y, saved) = (x, [UNetLayer.Saved]())
        for layer in layers {
            let (next, part) = try layer(y.concatenatingChannels(skips.removeLast(), in: context), conditions, in: context)
            y = next
            if let part { saved.append(part) }
        }
        return (try upsample.map { try $0(y.upsampledNearest(in: context), in: context) } ?? y, saved)
    }

    /// dx; appends the gradients of the skips it took, in the encoder's order.
    func inputGradient(
        _ dy: Tensor, _ saved: [UNetLayer.Saved], skips: inout [SkipGradient], in context: ComputeContext
    ) throws -> Tensor {
        var d = dy
        if let upsample {
            d = try upsample.inputGradient(d, height: d.shape[2], width: d.shape[3], in: context)
                .upsampledNearestInputGradient(in: context)
        }
        for (index, layer) in layers.enumerated().reversed() {
            let both = try layer.inputGradient(d, saved[index], in: context)
            let below = both.channels - skipChannels[index]
            skips.append(SkipGradient(gradient: try both.channels(below..<both.channels, in: context)))
            d = try both.channels(0..<below, in: context)
        }
        return d
    }
}
