import DragonTensor

/// A linear map between square patches of pixels and latent cells: one convolution whose stride is its side, and its
/// transpose. Keys: `encoder`, `decoder`, each `weight` [latent, channels, side, side] and `bias`; and, where neighbours have
/// their say, `context`: a 3 × 3 convolution from the latent to each patch's pixels, which is added.
struct PatchAutoencoder: Sendable {
    private let side: Int
    private let channels: Int
    private let encoder: Weight
    private let encoderBias: Vector
    private let decoder: Weight
    private let decoderBias: [Float]
    private let context: Convolution?

    init(_ scope: WeightScope, side: Int, hasContext: Bool, configuration: AutoencoderConfiguration) throws {
        self.side = side
        channels = configuration.inChannels
        let shape = [configuration.latentChannels, configuration.inChannels, side, side]
        encoder = try scope["encoder"].weight("weight", shape: shape)
        encoderBias = Vector(try scope["encoder"].weight("bias", shape: [configuration.latentChannels]))
        decoder = try scope["decoder"].weight("weight", shape: shape)
        decoderBias = try scope["decoder"].weight("bias", shape: [configuration.inChannels]).floats()
        context =
            hasContext
            ? try Convolution(scope["context"], in: configuration.latentChannels, out: configuration.inChannels * side * side) : nil
    }

    func encode(_ picture: Tensor, in context: ComputeContext) throws -> Tensor {
        let patches = try picture.patches(side: side, in: context)
        return try patches.linear(encoder, bias: encoderBias, in: context)
    }

    /// A transposed convolution without overlap is the pullback of the patches' product.
    func decode(_ latent: Tensor, in context: ComputeContext) throws -> Tensor {
        var patches = try latent.linearInputGradient(decoder, in: context)
        if let neighbours = self.context { patches = try neighbours(latent, adding: patches, in: context) }
        return try patches.picture(side: side, channels: channels, bias: decoderBias, in: context)
    }
}
