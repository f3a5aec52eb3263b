import DragonTensor

/// A distilled autoencoder of small residual blocks, without norms, attention or posterior: diffusers' AutoencoderTiny (TAESD,
/// <https://github.com/madebyollin/taesd>). Keys: `encoder.layers.N`, `decoder.layers.N`.
struct TinyAutoencoder: Sendable {
    /// One entry of a list of layers; those without weights count too.
    private enum Layer: Sendable {
        case convolution(Convolution)
        case block(TinyBlock)
        case relu
        case upsample
    }

    private let encoder: [Layer]
    private let decoder: [Layer]

    init(_ scope: WeightScope, configuration: AutoencoderConfiguration, network: TinyNetwork) throws {
        encoder = try Self.encoder(scope["encoder"]["layers"], configuration, network)
        decoder = try Self.decoder(scope["decoder"]["layers"], configuration, network)
    }

    /// A convolution and blocks for each level; each but the first halves the sides.
    private static func encoder(_ scope: WeightScope, _ configuration: AutoencoderConfiguration, _ network: TinyNetwork) throws -> [Layer] {
        var layers: [Layer] = []
        let channels = network.channels
        for (level, blocks) in network.encoderBlocks.enumerated() {
            let input = level == 0 ? configuration.inChannels : channels
            layers.append(
                .convolution(
                    try Convolution(scope[layers.count], in: input, out: channels, stride: level == 0 ? 1 : 2, bias: level == 0)))
            for _ in 0..<blocks { layers.append(.block(try TinyBlock(scope[layers.count], channels: channels))) }
        }
        return layers + [.convolution(try Convolution(scope[layers.count], in: channels, out: configuration.latentChannels))]
    }

    /// A convolution, then blocks and a convolution for each level; each but the last doubles the sides between them.
    private static func decoder(_ scope: WeightScope, _ configuration: AutoencoderConfiguration, _ network: TinyNetwork) throws -> [Layer] {
        let channels = network.channels
        var layers: [Layer] = [.convolution(try Convolution(scope[0], in: configuration.latentChannels, out: channels)), .relu]
        for (level, blocks) in network.decoderBlocks.enumerated() {
            let isLast = level == network.decoderBlocks.count - 1
            for _ in 0..<blocks { layers.append(.block(try TinyBlock(scope[layers.count], channels: channels))) }
            if !isLast { layers.append(.upsample) }
            let out = isLast ? configuration.inChannels : channels
            layers.append(.convolution(try Convolution(scope[layers.count], in: channels, out: out, bias: isLast)))
        }
        return layers
    }

    /// - Parameter picture: −1 … 1; the layers take 0 … 1.
    func encode(_ picture: Tensor, in context: ComputeContext) throws -> Tensor {
        let half = try Tensor(repeating: 0.5, shape: picture.shape, in: context)
        return try run(encoder, picture.scaled(by: 0.5, adding: half, scaledBy: 1, in: context), in: context)
    }

    /// The layers take a latent softly limited to ±3, and give 0 … 1.
    func decode(_ latent: Tensor, in context: ComputeContext) throws -> Tensor {
        let picture = try run(decoder, latent.softlyLimited(to: 3, in: context), in: context)
        let one = try Tensor(repeating: 1, shape: picture.shape, in: context)
        return try picture.scaled(by: 2, adding: one, scaledBy: -1, in: context)
    }

    private func run(_ layers: [Layer], _ x: Tensor, in context: ComputeContext) throws -> Tensor {
        try layers.reduce(x) { x, layer in
            switch layer {
            case .convolution(let convolution): try convolution(x, in: context)
            case .block(let block): try block(x, in: context)
            case .relu: try x.relu(in: context)
            case .upsample: try x.upsampledNearest(in: context)
            }
        }
    }
}

/// Three convolutions with ReLU between and behind them, added to their input. Keys: `conv.0`, `conv.2`, `conv.4`.
struct TinyBlock: Sendable {
    private let convolutions: [Convolution]

    init(_ scope: WeightScope, channels: Int) throws {
        convolutions = try [0, 2, 4].map { try Convolution(scope["conv"][$0], in: channels, out: channels) }
    }

    func callAsFunction(_ x: Tensor, in context: ComputeContext) throws -> Tensor {
        var y = x
        for convolution in convolutions.dropLast() { y = try convolution(y, in: context).relu(in: context) }
        return try convolutions[2](y, adding: x, in: context).relu(in: context)
    }
}
