extension KeyTable {
    /// The keys behind `first_stage_model.` in the original layout, which counts the decoder's levels from the finest,
    /// and keeps the attention's linear layers as 1×1 convolutions.
    static func originalAutoencoder(_ network: ConvolutionalAutoencoder) -> KeyTable {
        var table = KeyTable()
        let levels = network.blockOutChannels.count
        table.bind(module: "quant_conv", "quant_conv")
        table.bind(module: "post_quant_conv", "post_quant_conv")
        for half in ["encoder", "decoder"] {
            for (from, to) in [("conv_in", "conv_in"), ("norm_out", "conv_norm_out"), ("conv_out", "conv_out")] {
                table.bind(module: "\(half).\(from)", "\(half).\(to)")
            }
            table.bindMiddle("\(half).mid", "\(half).mid_block")
        }
        for level in 0..<levels {
            for layer in 0..<network.layersPerBlock {
                table.bind(block: "encoder.down.\(level).block.\(layer)", "encoder.down_blocks.\(level).resnets.\(layer)", residualModules)
            }
            for layer in 0...network.layersPerBlock {
                let target = "decoder.up_blocks.\(levels - 1 - level).resnets.\(layer)"
                table.bind(block: "decoder.up.\(level).block.\(layer)", target, residualModules)
            }
            // The coarsest level has no downsampler, the finest no upsampler.
            if level < levels - 1 {
                table.bind(module: "encoder.down.\(level).downsample.conv", "encoder.down_blocks.\(level).downsamplers.0.conv")
            }
            if level > 0 {
                table.bind(module: "decoder.up.\(level).upsample.conv", "decoder.up_blocks.\(levels - 1 - level).upsamplers.0.conv")
            }
        }
        return table
    }

    private mutating func bindMiddle(_ from: String, _ to: String) {
        bind(block: "\(from).block_1", "\(to).resnets.0", Self.residualModules)
        bind(block: "\(from).block_2", "\(to).resnets.1", Self.residualModules)
        bind(module: "\(from).attn_1.norm", "\(to).attentions.0.group_norm")
        for (old, new) in [("q", "to_q"), ("k", "to_k"), ("v", "to_v"), ("proj_out", "to_out.0")] {
            bind(pointwise: "\(from).attn_1.\(old)", "\(to).attentions.0.\(new)")
        }
    }

    private static let residualModules = [
        ("norm1", "norm1"), ("conv1", "conv1"), ("norm2", "norm2"), ("conv2", "conv2"), ("nin_shortcut", "conv_shortcut"),
    ]

    /// The names that diffusers gave the autoencoder's attention before its 0.15, with today's.
    static let oldAutoencoderAttention: KeyTable = {
        var table = KeyTable()
        for half in ["encoder", "decoder"] {
            for (old, new) in [("query", "to_q"), ("key", "to_k"), ("value", "to_v"), ("proj_attn", "to_out.0")] {
                table.bind(module: "\(half).mid_block.attentions.0.\(old)", "\(half).mid_block.attentions.0.\(new)")
            }
        }
        return table
    }()
}
