/// The shape of an autoencoder, as `vae/config.json` tells it.
public struct AutoencoderConfiguration: Sendable, Equatable {
    /// How pictures become latents and back.
    public enum Architecture: Sendable, Equatable {
        /// Residual convolutions with a normal posterior: diffusers' AutoencoderKL.
        case convolutional(ConvolutionalAutoencoder)
        /// One linear map from each square patch of that side to a latent cell, and one back; with context, a cell's
        /// neighbours too have their say in its patch.
        case patch(side: Int, hasContext: Bool)
        /// Small residual blocks without a posterior: diffusers' AutoencoderTiny.
        case tiny(TinyNetwork)
    }

    /// Channels of a picture.
    public var inChannels = 3
    /// Channels of a latent.
    public var latentChannels = 4
    /// What latents are multiplied by, so that their spread is about 1.
    public var scalingFactor: Float = 0.18215
    /// How pictures become latents and back.
    public var architecture = Architecture.convolutional(ConvolutionalAutoencoder())

    /// Pixels of a picture's side for each cell of a latent's side.
    public var downsampling: Int {
        switch architecture {
        case .convolutional(let network): 1 << (network.blockOutChannels.count - 1)
        case .patch(let side, _): side
        case .tiny(let network): 1 << (network.encoderBlocks.count - 1)
        }
    }

    /// Stable Diffusion's shape.
    public init() {}

    /// Reads `vae/config.json`.
    ///
    /// - Throws: ``ModelError``; an option that asks for what is not computed here is named.
    public init(file: String) throws(ModelError) { try self.init(OptionReader(file)) }

    init(_ options: OptionReader) throws(ModelError) {
        inChannels = try options.integer("in_channels", default: 3, in: 1...16)
        latentChannels = try options.integer("latent_channels", default: 4, in: 1...64)
        let name = try options.choice("_class_name", default: ClassName.convolutional)
        // A tiny autoencoder was trained on latents that were scaled already.
        scalingFactor = Float(try options.positive("scaling_factor", default: name == .tiny ? 1 : 0.18215))
        switch name {
        case .convolutional:
            try options.refuse("out_channels", unless: .integer(inChannels))
            architecture = .convolutional(try ConvolutionalAutoencoder(options))
        case .patch:
            architecture = .patch(
                side: try options.integer("patch_size", default: 8, in: 1...64),
                hasContext: try options.bool("decoder_context", default: false))
        case .tiny:
            try options.refuse("out_channels", unless: .integer(inChannels))
            architecture = .tiny(try TinyNetwork(options))
        }
    }

    private enum ClassName: String, CaseIterable {
        case convolutional = "AutoencoderKL"
        case patch = "PatchAutoencoder"
        case tiny = "AutoencoderTiny"
    }
}

/// The shape of diffusers' AutoencoderKL.
public struct ConvolutionalAutoencoder: Sendable, Equatable {
    /// Channels of each level, finest first.
    public var blockOutChannels = [128, 256, 512, 512]
    /// Residual blocks of each level of the encoder; one more in the decoder.
    public var layersPerBlock = 2
    /// Groups of every group norm.
    public var normGroups = 32
    /// Whether a single-headed attention stands at the coarsest level.
    public var hasMidAttention = true
    /// Whether a 1×1 convolution follows the encoder.
    public var hasQuantConv = true
    /// Whether a 1×1 convolution precedes the decoder.
    public var hasPostQuantConv = true

    /// Stable Diffusion's shape.
    public init() {}

    init(_ options: OptionReader) throws(ModelError) {
        try options.refuse("act_fn", unless: .string("silu"))
        try options.refuse("latents_mean")
        try options.refuse("latents_std")
        try options.refuse("shift_factor", unless: .integer(0))
        blockOutChannels = try options.integers("block_out_channels", default: [64], in: 1...16384)
        layersPerBlock = try options.integer("layers_per_block", default: 1, in: 1...16)
        normGroups = try options.integer("norm_num_groups", default: 32, in: 1...1024)
        hasMidAttention = try options.bool("mid_block_add_attention", default: true)
        hasQuantConv = try options.bool("use_quant_conv", default: true)
        hasPostQuantConv = try options.bool("use_post_quant_conv", default: true)
        try check(file: options.file)
        let down = try options.choices("down_block_types", default: [DownBlockType.convolutional])
        let up = try options.choices("up_block_types", default: [UpBlockType.convolutional])
        for (option, count) in [("down_block_types", down.count), ("up_block_types", up.count)] where count != blockOutChannels.count {
            throw options.invalid(option, "has \(count) levels, block_out_channels \(blockOutChannels.count)")
        }
    }

    /// Checks that the numbers fit each other.
    func check(file: String) throws(ModelError) {
        for channels in blockOutChannels where channels % normGroups != 0 {
            throw .invalidOption(
                file: file, option: "norm_num_groups", reason: "is \(normGroups), which does not divide the \(channels) channels of a level"
            )
        }
    }

    private enum DownBlockType: String, CaseIterable { case convolutional = "DownEncoderBlock2D" }
    private enum UpBlockType: String, CaseIterable { case convolutional = "UpDecoderBlock2D" }
}

/// The shape of diffusers' AutoencoderTiny.
public struct TinyNetwork: Sendable, Equatable {
    /// Channels of every layer.
    public var channels = 64
    /// Residual blocks of each level of the encoder, finest first.
    public var encoderBlocks = [1, 3, 3, 3]
    /// Residual blocks of each level of the decoder, coarsest first.
    public var decoderBlocks = [3, 3, 3, 1]

    /// TAESD's shape.
    public init() {}

    /// Operations of the decoder's convolutions.
    ///
    /// - Parameters:
    ///   - height: of the latent.
    ///   - width: of the latent.
    func decoderOperations(height: Int, width: Int) -> Double {
        decoderBlocks.enumerated().reduce(0) { sum, level in
            sum + Double(3 * level.element + 1) * convolution(channels, channels, Double((height * width) << (2 * level.offset)))
        }
    }

    init(_ options: OptionReader) throws(ModelError) {
        try options.refuse("act_fn", unless: .string("relu"))
        try options.refuse("upsampling_scaling_factor", unless: .integer(2))
        try options.refuse("latent_magnitude", unless: .integer(3))
        try options.refuse("upsample_fn", unless: .string("nearest"))
        encoderBlocks = try options.integers("num_encoder_blocks", default: encoderBlocks, in: 1...16)
        decoderBlocks = try options.integers("num_decoder_blocks", default: decoderBlocks, in: 1...16)
        channels = try options.integers("encoder_block_out_channels", default: [channels], in: 1...1024)[0]
        for option in ["encoder_block_out_channels", "decoder_block_out_channels"] {
            let levels = try options.integers(option, default: Array(repeating: channels, count: encoderBlocks.count), in: 1...1024)
            guard levels == Array(repeating: channels, count: encoderBlocks.count), decoderBlocks.count == encoderBlocks.count else {
                throw options.invalid(option, "should have \(channels) channels at each of \(encoderBlocks.count) levels")
            }
        }
    }
}
