extension KeyTable {
    /// The keys behind `model.diffusion_model.` in the original layout, where levels are one long list of blocks.
    ///
    /// Going down, block 0 is the first convolution; then come each level's residual blocks (`.0`) with their
    /// transformers (`.1`), and a block for the level's downsampler. Going up, a level's upsampler shares its last block.
    static func originalUNet(_ configuration: UNetConfiguration) -> KeyTable {
        var table = KeyTable()
        for (from, to) in [
            ("time_embed.0", "time_embedding.linear_1"), ("time_embed.2", "time_embedding.linear_2"),
            ("input_blocks.0.0", "conv_in"), ("out.0", "conv_norm_out"), ("out.2", "conv_out"),
        ] { table.bind(module: from, to) }
        table.bindDown(configuration)
        table.bind(block: "middle_block.0", "mid_block.resnets.0", residualModules)
        table.bind(block: "middle_block.1", "mid_block.attentions.0", transformerModules)
        table.bind(block: "middle_block.2", "mid_block.resnets.1", residualModules)
        table.bindUp(configuration)
        return table
    }

    private mutating func bindDown(_ configuration: UNetConfiguration) {
        var block = 1
        for level in 0..<configuration.levels {
            for layer in 0..<configuration.layersPerBlock[level] {
                bind(block: "input_blocks.\(block).0", "down_blocks.\(level).resnets.\(layer)", Self.residualModules)
                if configuration.downBlocks[level] == .crossAttention {
                    bind(block: "input_blocks.\(block).1", "down_blocks.\(level).attentions.\(layer)", Self.transformerModules)
                }
                block += 1
            }
            guard level < configuration.levels - 1 else { return }
            bind(module: "input_blocks.\(block).0.op", "down_blocks.\(level).downsamplers.0.conv")
            block += 1
        }
    }

    private mutating func bindUp(_ configuration: UNetConfiguration) {
        var block = 0
        for level in 0..<configuration.levels {
            let hasAttention = configuration.upBlocks[level] == .crossAttention
            for layer in 0...configuration.layersPerBlock[configuration.levels - 1 - level] {
                bind(block: "output_blocks.\(block).0", "up_blocks.\(level).resnets.\(layer)", Self.residualModules)
                if hasAttention {
                    bind(block: "output_blocks.\(block).1", "up_blocks.\(level).attentions.\(layer)", Self.transformerModules)
                }
                block += 1
            }
            guard level < configuration.levels - 1 else { return }
            bind(module: "output_blocks.\(block - 1).\(hasAttention ? 2 : 1).conv", "up_blocks.\(level).upsamplers.0.conv")
        }
    }

    private static let residualModules = [
        ("in_layers.0", "norm1"), ("in_layers.2", "conv1"), ("emb_layers.1", "time_emb_proj"),
        ("out_layers.0", "norm2"), ("out_layers.3", "conv2"), ("skip_connection", "conv_shortcut"),
    ]

    /// A transformer's modules have the same names in both layouts.
    private static let transformerModules: [(String, String)] = {
        let attentions = ["attn1", "attn2"].flatMap { attention in ["to_q", "to_k", "to_v", "to_out.0"].map { "\(attention).\($0)" } }
        let inner = ["norm1", "norm2", "norm3", "ff.net.0.proj", "ff.net.2"] + attentions
        return (["norm", "proj_in", "proj_out"] + inner.map { "transformer_blocks.0.\($0)" }).map { ($0, $0) }
    }()
}
