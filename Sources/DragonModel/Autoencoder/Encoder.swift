import DragonTensor

/// Picture to latent distribution. Keys: `conv_in`, `down_blocks.N`, `mid_block`, `conv_norm_out`, `conv_out`.
struct AutoencoderEncoder: Sendable {
    private let convIn: Convolution
    private let down: [AutoencoderBlock]
    private let mid: AutoencoderMidBlock
    private let normOut: GroupNorm
    private let convOut: Convolution

    init(_ scope: WeightScope, pictureChannels: Int, latentChannels: Int, configuration: ConvolutionalAutoencoder) throws {
        let channels = configuration.blockOutChannels
        let last = channels.count - 1
        convIn = try Convolution(scope["conv_in"], in: pictureChannels, out: channels[0])
        down = try channels.indices.map { index in
            let block = scope["down_blocks"]["\(index)"]
            return AutoencoderBlock(
                resnets: try AutoencoderBlock.resnets(
                    block, in: channels[max(0, index - 1)], out: channels[index], count: configuration.layersPerBlock,
                    configuration: configuration),
                resample: index == last
                    ? nil
                    : try Convolution(
                        block["downsamplers"]["0"]["conv"], in: channels[index], out: channels[index], stride: 2, padding: (0, 1)))
        }
        mid = try AutoencoderMidBlock(scope["mid_block"], channels: channels[last], configuration: configuration)
        normOut = try GroupNorm(
            scope["conv_norm_out"], channels: channels[last], groups: configuration.normGroups, epsilon: AutoencoderBlock.epsilon)
        convOut = try Convolution(scope["conv_out"], in: channels[last], out: 2 * latentChannels)
    }

    func callAsFunction(_ x: Tensor, in context: ComputeContext) throws -> Tensor {
        var y = try convIn(x, in: context)
        for block in down {
            y = try block.resnets(y, in: context)
            if let downsample = block.resample { y = try downsample(y, in: context) }
        }
        return try convOut(normOut(mid(y, in: context), silu: true, in: context), in: context)
    }
}

/// Latent to picture. Keys: `conv_in`, `mid_block`, `up_blocks.N`, `conv_norm_out`, `conv_out`.
struct AutoencoderDecoder: Sendable {
    private let convIn: Convolution
    private let mid: AutoencoderMidBlock
    private let up: [AutoencoderBlock]
    private let normOut: GroupNorm
    private let convOut: Convolution

    init(_ scope: WeightScope, pictureChannels: Int, latentChannels: Int, configuration: ConvolutionalAutoencoder) throws {
        let channels = Array(configuration.blockOutChannels.reversed())
        let last = channels.count - 1
        convIn = try Convolution(scope["conv_in"], in: latentChannels, out: channels[0])
        mid = try AutoencoderMidBlock(scope["mid_block"], channels: channels[0], configuration: configuration)
        up = try channels.indices.map { index in
            let block = scope["up_blocks"]["\(index)"]
            return AutoencoderBlock(
                resnets: try AutoencoderBlock.resnets(
                    block, in: channels[max(0, index - 1)], out: channels[index], count: configuration.layersPerBlock + 1,
                    configuration: configuration),
                resample: index == last
                    ? nil : try Convolution(block["upsamplers"]["0"]["conv"], in: channels[index], out: channels[index]))
        }
        normOut = try GroupNorm(
            scope["conv_norm_out"], channels: channels[last], groups: configuration.normGroups, epsilon: AutoencoderBlock.epsilon)
        convOut = try Convolution(scope["conv_out"], in: channels[last], out: pictureChannels)
    }

    func callAsFunction(_ x: Tensor, in context: ComputeContext) throws -> Tensor {
        var y = try mid(convIn(x, in: context), in: context)
        for block in up {
            y = try block.resnets(y, in: context)
            if let upsample = block.resample { y = try upsample(y.upsampledNearest(in: context), in: context) }
        }
        return try convOut(normOut(y, silu: true, in: context), in: context)
    }
}

/// Resnets of one resolution, and the convolution that leads to the next. Keys: `resnets.N`.
struct AutoencoderBlock: Sendable {
    static let epsilon: Float = 1e-6
    private let layers: [ResnetBlock]
    let resample: Convolution?

    init(resnets: [ResnetBlock], resample: Convolution?) {
        layers = resnets
        self.resample = resample
    }

    static func resnets(
        _ scope: WeightScope, in input: Int, out output: Int, count: Int, configuration: ConvolutionalAutoencoder
    ) throws -> [ResnetBlock] {
        try (0..<count).map {
            try ResnetBlock(
                scope["resnets"]["\($0)"], in: $0 == 0 ? input : output, out: output, timeChannels: nil,
                groups: configuration.normGroups, epsilon: epsilon)
        }
    }

    func resnets(_ x: Tensor, in context: ComputeContext) throws -> Tensor {
        try layers.reduce(x) { try $1($0, in: context) }
    }
}

/// Keys: `resnets.0`, `attentions.0` (with `group_norm`), `resnets.1`.
struct AutoencoderMidBlock: Sendable {
    private let first: ResnetBlock
    private let attention: (norm: GroupNorm, attend: Attention)?
    private let second: ResnetBlock

    init(_ scope: WeightScope, channels: Int, configuration: ConvolutionalAutoencoder) throws {
        let resnets = try (0..<2).map {
            try ResnetBlock(
                scope["resnets"]["\($0)"], in: channels, out: channels, timeChannels: nil, groups: configuration.normGroups,
                epsilon: AutoencoderBlock.epsilon)
        }
        first = resnets[0]
        second = resnets[1]
        let scope = scope["attentions"]["0"]
        attention =
            configuration.hasMidAttention
            ? (
                try GroupNorm(
                    scope["group_norm"], channels: channels, groups: configuration.normGroups, epsilon: AutoencoderBlock.epsilon),
                try Attention(scope, channels: channels, heads: 1, bias: true)
            ) : nil
    }

    func callAsFunction(_ x: Tensor, in context: ComputeContext) throws -> Tensor {
        var y = try first(x, in: context)
        if let (norm, attend) = attention {
            let tokens = [y.batch, y.channels, y.columns]
            y = try attend(norm(y, in: context).reshaped(tokens), adding: y.reshaped(tokens), in: context).reshaped(y.shape)
        }
        return try second(y, in: context)
    }
}
