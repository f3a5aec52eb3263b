import DragonTensor

/// What an inpainting model takes beside the noisy latent: where it is to paint, and what stands around that.
public struct Surroundings: Sendable {
    /// The mask, 1 where it paints, and the latent of the picture without that: `[1, 1 + latentChannels, height, width]`.
    public let channels: Tensor

    /// - Parameters:
    ///   - mask: `[1, 1, height, width]`, 1 where the model paints.
    ///   - picture: the encoded picture, the pixels to be painted grey: `[1, latentChannels, height, width]`.
    public init(mask: Tensor, picture: Tensor, in context: ComputeContext) throws {
        channels = try mask.concatenatingChannels(picture, in: context)
    }

    /// Of no picture: all is to be painted.
    init(nothingOf request: GenerationRequest, _ model: DiffusionModel, in context: ComputeContext) throws {
        let grey = try Tensor(repeating: 0, shape: [1, 3, request.height, request.width], in: context)
        let picture = try model.autoencoder.encode(grey, in: context)
        let mask = try Tensor(repeating: 1, shape: [1, 1] + picture.shape[2...], in: context)
        try self.init(mask: mask, picture: picture, in: context)
    }
}
