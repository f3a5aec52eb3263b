import DragonTensor

/// Outputs of decoder blocks, and what is needed to go back from them to the latent.
public struct FeaturePass: Sendable {
    /// One feature map for each block asked for, `[1, channels, height, width]`.
    public let features: [Tensor]
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

    private func featurePass(
        _ latent: Tensor, _ timestep: Int, _ text: Tensor, _ taps: [Int], saves: Bool, in context: ComputeContext
    ) throws -> FeaturePass {
        let conditions = UNetConditions(time: try timeEmbedding(timestep, in: context), text: text, saves: saves)
        var features: [Tensor] = []
        let (_, saved) = try run(latent, conditions, decoderBlocks: (taps.last ?? -1) + 1, in: context) { index, output in
            if taps.contains(index) { features.append(output) }
        }
        return FeaturePass(features: features, taps: taps, saved: saves ? saved : nil)
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
        var skips = Array(repeating: SkipGradient(gradient: nil), count: saved.untaken) + taken
        d = try mid.inputGradient(d, saved.mid, in: context)
        for index in saved.down.indices.reversed() {
            d = try down[index].inputGradient(d, saved.down[index], skips: &skips, in: context)
        }
        d = try skips.removeLast().added(to: d, in: context)
        return try convIn.inputGradient(d, height: saved.latentSides.height, width: saved.latentSides.width, in: context)
    }
}
