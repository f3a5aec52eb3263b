import DragonTensor

/// A linear map between square patches of pixels and latent cells: one convolution whose stride is its side, and its
/// transpose. Keys: `encoder`, `decoder`, each `weight` [latent, channels, side, side] and `bias`.
struct PatchAutoencoder: Sendable {
    private let side: Int
    private let channels: Int
    private let encoder: Weight
    private let encoderBias: Vector
    private let decoder: Weight
    private let decoderBias: [Float]

    init(_ scope: WeightScope, side: Int, configuration: AutoencoderConfiguration) throws {
        self.side = side
        channels = configuration.inChannels
        let shape = [configuration.latentChannels, configuration.inChannels, side, side]
        encoder = try scope["encoder"].weight("weight", shape: shape)
        encoderBias = Vector(try scope["encoder"].weight("bias", shape: [configuration.latentChannels]))
        decoder = try scope["decoder"].weight("weight", shape: shape)
        decoderBias = try scope["decoder"].weight("bias", shape: [configuration.inChannels]).floats()
    }

    func encode(_ picture: Tensor, in context: ComputeContext) throws -> Tensor {
        let patches = try picture.patches(side: side, in: context)
        return try patches.linear(encoder, bias: encoderBias, in: context)
    }

    /// A transposed convolution without overlap is the pullback of the patches' product.
    func decode(_ latent: Tensor, in context: ComputeContext) throws -> Tensor {
        let patches = try latent.linearInputGradient(decoder, in: context)
        return try patches.picture(side: side, channels: channels, bias: decoderBias, in: context)
    }
}
