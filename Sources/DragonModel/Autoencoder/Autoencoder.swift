import DragonTensor

/// Between pictures and latents: the variational autoencoder of latent diffusion, a tiny one distilled from it, or the embedded
/// model's linear one.
public struct Autoencoder: Sendable {
    private enum Kind {
        case variational(AutoencoderKL)
        case patches(PatchAutoencoder)
        case tiny(TinyAutoencoder)
    }

    /// What it was built from.
    public let configuration: AutoencoderConfiguration
    private let kind: Kind

    /// Binds every key that the configuration asks for.
    public init(_ scope: WeightScope, configuration: AutoencoderConfiguration) throws {
        self.configuration = configuration
        switch configuration.architecture {
        case .convolutional(let network):
            kind = .variational(try AutoencoderKL(scope, configuration: configuration, network: network))
        case .patch(let side, let hasContext):
            kind = .patches(try PatchAutoencoder(scope, side: side, hasContext: hasContext, configuration: configuration))
        case .tiny(let network):
            kind = .tiny(try TinyAutoencoder(scope, configuration: configuration, network: network))
        }
    }

    /// The mean of the posterior, times the scaling factor (ALGORITHM section 1: no sampling).
    ///
    /// - Parameter picture: `[batch, 3, height, width]` in −1 … 1, sides multiples of 8.
    /// - Returns: `[batch, latentChannels, height / 8, width / 8]`.
    public func encode(_ picture: Tensor, in context: ComputeContext) throws -> Tensor {
        let mean =
            switch kind {
            case .variational(let network): try network.encode(picture, in: context)
            case .patches(let network): try network.encode(picture, in: context)
            case .tiny(let network): try network.encode(picture, in: context)
            }
        return try mean.scaled(by: configuration.scalingFactor, in: context)
    }

    /// The picture of a latent, about −1 … 1, not clamped.
    public func decode(_ latent: Tensor, in context: ComputeContext) throws -> Tensor {
        let unscaled = try latent.scaled(by: 1 / configuration.scalingFactor, in: context)
        switch kind {
        case .variational(let network): return try network.decode(unscaled, in: context)
        case .patches(let network): return try network.decode(unscaled, in: context)
        case .tiny(let network): return try network.decode(unscaled, in: context)
        }
    }
}

/// diffusers' AutoencoderKL. Keys: `encoder`, `quant_conv`, `post_quant_conv`, `decoder`.
struct AutoencoderKL: Sendable {
    private let encoder: AutoencoderEncoder
    private let quantize: Convolution?
    private let unquantize: Convolution?
    private let decoder: AutoencoderDecoder
    private let latentChannels: Int

    init(_ scope: WeightScope, configuration: AutoencoderConfiguration, network: ConvolutionalAutoencoder) throws {
        latentChannels = configuration.latentChannels
        encoder = try AutoencoderEncoder(
            scope["encoder"], pictureChannels: configuration.inChannels, latentChannels: latentChannels, configuration: network)
        let both = 2 * latentChannels
        quantize = network.hasQuantConv ? try Convolution(scope["quant_conv"], in: both, out: both, side: 1) : nil
        unquantize =
            network.hasPostQuantConv
            ? try Convolution(scope["post_quant_conv"], in: latentChannels, out: latentChannels, side: 1) : nil
        decoder = try AutoencoderDecoder(
            scope["decoder"], pictureChannels: configuration.inChannels, latentChannels: latentChannels, configuration: network)
    }

    func encode(_ picture: Tensor, in context: ComputeContext) throws -> Tensor {
        let moments = try encoder(picture, in: context)
        let both = try quantize.map { try $0(moments, in: context) } ?? moments
        return try both.channels(0..<latentChannels, in: context)
    }

    func decode(_ latent: Tensor, in context: ComputeContext) throws -> Tensor {
        try decoder(unquantize.map { try $0(latent, in: context) } ?? latent, in: context)
    }
}
