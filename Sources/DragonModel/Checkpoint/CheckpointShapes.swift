/// The configuration of a single-file checkpoint, recognised from which keys are there and how they are shaped.
struct CheckpointShapes {
    static let unetPrefix = "model.diffusion_model."
    static let autoencoderPrefix = "first_stage_model."
    static let clipPrefix = "cond_stage_model.transformer."
    static let openCLIPPrefix = "cond_stage_model.model."

    let file: SafetensorsFile
    /// What stands before the autoencoder's keys.
    var autoencoderPrefix = Self.autoencoderPrefix

    /// Levels and layers that a checkpoint may have; ends every search.
    private static let searchLimit = 128

    private func shape(_ key: String, rank: Int) throws(ModelError) -> [Int] {
        guard let entry = file.entry(key) else { throw .missing(key: key, file: file.path) }
        guard entry.shape.count == rank, entry.shape.allSatisfy({ $0 > 0 && $0 <= 1_000_000 }) else {
            throw .incompleteModel(path: file.path, reason: "\(key) has shape \(entry.shape), not the \(rank) sides expected")
        }
        return entry.shape
    }

    private func has(_ key: String) -> Bool { file.entry(key) != nil }

    /// Counts the numbers from 0 whose key is there.
    private func count(_ key: (Int) -> String) -> Int { file.count(upTo: Self.searchLimit, key) }

    // MARK: UNet

    /// Walks down the list of blocks: a downsampler starts the next level.
    func unet() throws(ModelError) -> UNetConfiguration {
        let root = Self.unetPrefix
        var result = UNetConfiguration()
        let first = try shape("\(root)input_blocks.0.0.weight", rank: 4)
        result.inChannels = first[1]
        result.outChannels = try shape("\(root)out.2.weight", rank: 4)[0]
        result.timeEmbeddingDim = try shape("\(root)time_embed.0.weight", rank: 2)[0]
        (result.blockOutChannels, result.layersPerBlock, result.downBlocks) = ([], [0], [.residual])
        for block in 1..<Self.searchLimit {
            let key = "\(root)input_blocks.\(block)"
            if has("\(key).0.op.weight") {
                result.layersPerBlock.append(0)
                result.downBlocks.append(.residual)
            } else if has("\(key).0.in_layers.2.weight") {
                let level = result.layersPerBlock.count - 1
                if result.layersPerBlock[level] == 0 {
                    result.blockOutChannels.append(try shape("\(key).0.in_layers.2.weight", rank: 4)[0])
                }
                result.layersPerBlock[level] += 1
                if has("\(key).1.norm.weight") { result.downBlocks[level] = .crossAttention }
            } else {
                break
            }
        }
        guard result.blockOutChannels.count == result.layersPerBlock.count, first[0] == result.blockOutChannels[0] else {
            throw .incompleteModel(path: file.path, reason: "its UNet's blocks do not follow Stable Diffusion's order")
        }
        result.upBlocks = upBlocks(result.layersPerBlock)
        try recogniseAttention(&result)
        try result.check(file: file.path)
        return result
    }

    private func upBlocks(_ layersPerBlock: [Int]) -> [UNetConfiguration.Block] {
        var block = 0
        return layersPerBlock.reversed().map { layers in
            defer { block += layers + 1 }
            return has("\(Self.unetPrefix)output_blocks.\(block).1.norm.weight") ? .crossAttention : .residual
        }
    }

    /// The middle block's transformer tells how all of them are made. Shapes do not tell the number of heads: Stable Diffusion 1 has
    /// 8 everywhere, Stable Diffusion 2, which alone projects by linear layers, has heads of width 64.
    private func recogniseAttention(_ result: inout UNetConfiguration) throws(ModelError) {
        let transformer = "\(Self.unetPrefix)middle_block.1"
        result.crossAttentionDim = try shape("\(transformer).transformer_blocks.0.attn2.to_k.weight", rank: 2)[1]
        result.usesLinearProjection = file.entry("\(transformer).proj_in.weight")?.shape.count == 2
        result.attentionHeads = result.blockOutChannels.map { result.usesLinearProjection ? max(1, $0 / 64) : 8 }
    }

    // MARK: Autoencoder

    func autoencoder() throws(ModelError) -> AutoencoderConfiguration {
        let root = autoencoderPrefix
        var result = AutoencoderConfiguration()
        var network = ConvolutionalAutoencoder()
        let levels = count { "\(root)encoder.down.\($0).block.0.conv1.weight" }
        guard (1...8).contains(levels) else { throw .missing(key: "\(root)encoder.down.0.block.0.conv1.weight", file: file.path) }
        network.blockOutChannels = try (0..<levels).map { level throws(ModelError) in
            try shape("\(root)encoder.down.\(level).block.0.conv1.weight", rank: 4)[0]
        }
        network.layersPerBlock = count { "\(root)encoder.down.0.block.\($0).conv1.weight" }
        network.hasMidAttention = has("\(root)encoder.mid.attn_1.norm.weight")
        network.hasQuantConv = has("\(root)quant_conv.weight")
        network.hasPostQuantConv = has("\(root)post_quant_conv.weight")
        result.inChannels = try shape("\(root)encoder.conv_in.weight", rank: 4)[1]
        result.latentChannels = try shape("\(root)decoder.conv_in.weight", rank: 4)[1]
        result.architecture = .convolutional(network)
        try network.check(file: file.path)
        return result
    }

    /// A tiny autoencoder in diffusers' layout: a convolution starts each level, and blocks follow it.
    ///
    /// - Parameter decoder: the file of its decoder, where that is another.
    func tinyAutoencoder(decoder: CheckpointShapes? = nil) throws(ModelError) -> AutoencoderConfiguration {
        let decoder = decoder ?? self
        var (result, network) = (AutoencoderConfiguration(), TinyNetwork())
        let first = try shape("encoder.layers.0.weight", rank: 4)
        (result.inChannels, network.channels, result.scalingFactor) = (first[1], first[0], 1)
        result.latentChannels = try decoder.shape("decoder.layers.0.weight", rank: 4)[1]
        network.encoderBlocks = tinyBlocks("encoder.layers", from: 1)
        // Behind the first convolution and its activation; each level ends in an upsampling and a convolution.
        network.decoderBlocks = decoder.tinyBlocks("decoder.layers", from: 2)
        result.architecture = .tiny(network)
        return result
    }

    /// Blocks of each level, which convolutions and layers without weights part.
    private func tinyBlocks(_ root: String, from first: Int) -> [Int] {
        var levels = [0]
        for layer in first..<Self.searchLimit {
            if has("\(root).\(layer).conv.0.weight") {
                levels[levels.count - 1] += 1
            } else if has("\(root).\(layer).weight"), has("\(root).\(layer + 1).conv.0.weight") {
                levels.append(0)
            }
        }
        return levels
    }

    // MARK: Text encoder

    /// Whether the text encoder is OpenCLIP's, in other words whether this is Stable Diffusion 2.
    var hasOpenCLIP: Bool { has("\(Self.openCLIPPrefix)token_embedding.weight") }

    /// What stands before the names of transformers' CLIPTextModel.
    var clipNamePrefix: String { has("\(Self.clipPrefix)text_model.embeddings.token_embedding.weight") ? "text_model." : "" }

    func textEncoder() throws(ModelError) -> TextEncoderConfiguration {
        var result = TextEncoderConfiguration()
        let layers: Int
        let (tokens, positions, linear): ([Int], [Int], [Int])
        if hasOpenCLIP {
            let root = Self.openCLIPPrefix
            tokens = try shape("\(root)token_embedding.weight", rank: 2)
            positions = try shape("\(root)positional_embedding", rank: 2)
            linear = try shape("\(root)transformer.resblocks.0.mlp.c_fc.weight", rank: 2)
            // The UNet is conditioned on what comes out of the last block but one.
            layers = count { "\(root)transformer.resblocks.\($0).ln_1.weight" } - 1
            result.activation = .gelu
        } else {
            let root = Self.clipPrefix + clipNamePrefix
            tokens = try shape("\(root)embeddings.token_embedding.weight", rank: 2)
            positions = try shape("\(root)embeddings.position_embedding.weight", rank: 2)
            linear = try shape("\(root)encoder.layers.0.mlp.fc1.weight", rank: 2)
            layers = count { "\(root)encoder.layers.\($0).layer_norm1.weight" }
        }
        guard layers > 0, positions[0] >= 2 else { throw .incompleteModel(path: file.path, reason: "its text encoder has no blocks") }
        (result.vocabularySize, result.hiddenSize) = (tokens[0], tokens[1])
        (result.maxPositions, result.intermediateSize, result.layers) = (positions[0], linear[0], layers)
        result.heads = result.hiddenSize.isMultiple(of: 64) ? result.hiddenSize / 64 : 1
        return result
    }
}
