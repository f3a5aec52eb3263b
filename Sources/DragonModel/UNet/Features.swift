import DragonTensor

/// Outputs of decoder blocks, and what is needed to go back from them to the latent.
public struct FeaturePass: Sendable {
    /// One feature map for each block asked for, `[1, channels, height, width]`.
    public let features: [Tensor]
    /// The encoder's part of the pass.
    public let encoded: EncodedLatent
    fileprivate let taps: [Int]
    fileprivate let saved: UNet.Saved?
}

extension UNet {
    /// Outputs of decoder blocks; later blocks are not run.
    ///
    /// - Parameters:
    ///   - latent: `[batch, inChannels, height, width]`.
    ///   - text: `[batch, crossAttentionDim, tokens]`.
    ///   - taps: the blocks, ascending; nil takes the configuration's.
    public func features(
        of latent: Tensor, timestep: Int, text: Tensor, taps: [Int]? = nil, in context: ComputeContext
    ) throws -> FeaturePass {
        try featurePass(latent, timestep, text, taps ?? configuration.featureBlocks, saves: false, in: context)
    }

    /// The same for one latent, ready for ``latentGradient(_:through:in:)``.
    public func differentiableFeatures(
        of latent: Tensor, timestep: Int, text: Tensor, taps: [Int]? = nil, in context: ComputeContext
    ) throws -> FeaturePass {
        try featurePass(latent, timestep, text, taps ?? configuration.featureBlocks, saves: true, in: context)
    }

    /// A prediction, and the outputs of the decoder's blocks that are compared: parameters and result as for each alone.
    public func predictionAndFeatures(
        _ latent: Tensor, timestep: Int, text: Tensor, exchange: (any SelfAttentionExchange)? = nil, in context: ComputeContext
    ) throws -> (predicted: Tensor, features: [Tensor]) {
        let conditions = UNetConditions(time: try timeEmbedding(timestep, in: context), text: text, exchange: exchange)
        var features: [Tensor] = []
        let predicted = try predict(encode(latent, conditions, in: context).encoded, conditions, in: context) { index, output in
            if configuration.featureBlocks.contains(index) { features.append(output) }
        }
        return (predicted, features)
    }

    private func featurePass(
        _ latent: Tensor, _ timestep: Int, _ text: Tensor, _ taps: [Int], saves: Bool, in context: ComputeContext
    ) throws -> FeaturePass {
        let conditions = UNetConditions(time: try timeEmbedding(timestep, in: context), text: text, saves: saves)
        var features: [Tensor] = []
        var (encoded, saved) = try encode(latent, conditions, in: context)
        (_, saved.up) = try decode(encoded, conditions, blocks: (taps.last ?? -1) + 1, in: context) { index, output in
            if taps.contains(index) { features.append(output) }
        }
        return FeaturePass(features: features, encoded: encoded, taps: taps, saved: saves ? saved : nil)
    }

    /// The gradient with respect to the latent of functions of the features.
    ///
    /// - Parameter cotangents: for each feature map the functions' gradients with respect to it, one function an item.
    /// - Returns: `[functions, inChannels, height, width]`; all go back side by side.
    public func latentGradient(_ cotangents: [Tensor], through pass: FeaturePass, in context: ComputeContext) throws -> Tensor {
        guard let saved = pass.saved, cotangents.count == pass.taps.count, let last = cotangents.last else {
            throw TensorError.shapeMismatch(operation: "latent gradient", expected: [pass.features.count], found: [cotangents.count])
        }
        var d = last
        var taken: [SkipGradient] = []
        for index in saved.up.indices.reversed() {
            if index != saved.up.count - 1, let position = pass.taps.firstIndex(of: index) {
                d = try d.adding(cotangents[position], in: context)
            }
            d = try up[index].inputGradient(d, saved.up[index], skips: &taken, in: context)
        }
        // The decoder took the encoder's outputs from the end, and going back meets them in order again.
        var skips = Array(repeating: SkipGradient(gradient: nil), count: pass.encoded.skips.count - taken.count) + taken
        d = try mid.inputGradient(d, saved.mid, in: context)
        for index in saved.down.indices.reversed() {
            d = try down[index].inputGradient(d, saved.down[index], skips: &skips, in: context)
        }
        d = try skips.removeLast().added(to: d, in: context)
        return try convIn.inputGradient(d, height: saved.latentSides.height, width: saved.latentSides.width, in: context)
    }
}
