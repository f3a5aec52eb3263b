extension KeyTable {
    /// The keys of transformers' CLIPTextModel, all of them, under the names that it has had since its version 5.
    ///
    /// - Parameter prefix: what stood before each name until then: `text_model.`, or nothing.
    static func textEncoder(layers: Int, prefix: String) -> KeyTable {
        var table = KeyTable()
        func bind(module: String) { table.bind(module: prefix + module, module) }
        for embedding in ["token_embedding", "position_embedding"] {
            table.bind("\(prefix)embeddings.\(embedding).weight", "embeddings.\(embedding).weight")
        }
        for layer in 0..<layers {
            for module in [
                "layer_norm1", "layer_norm2", "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.out_proj",
                "mlp.fc1", "mlp.fc2",
            ] { bind(module: "encoder.layers.\(layer).\(module)") }
        }
        bind(module: "final_layer_norm")
        table.ignore(["\(prefix)embeddings.position_ids"], because: "the numbers 0 to 76, a buffer of transformers before 4.31")
        table.ignore(
            ["text_projection.weight", "logit_scale"], because: "leads to the space shared with pictures, which conditions nothing")
        return table
    }

    /// The keys behind `cond_stage_model.model.` in Stable Diffusion 2's original layout, which is OpenCLIP's: queries, keys and
    /// values fused, and one block more than conditions the UNet.
    ///
    /// - Parameter layers: blocks used; the file has one more.
    static func openCLIP(layers: Int) -> KeyTable {
        var table = KeyTable()
        table.bind("token_embedding.weight", "embeddings.token_embedding.weight")
        table.bind("positional_embedding", "embeddings.position_embedding.weight")
        for layer in 0..<layers {
            let (from, to) = ("transformer.resblocks.\(layer)", "encoder.layers.\(layer)")
            table.bind(block: from, to, openCLIPModules)
            for kind in ["weight", "bias"] {
                table.bind(fused: "\(from).attn.in_proj_\(kind)", ["q", "k", "v"].map { "\(to).self_attn.\($0)_proj.\(kind)" })
            }
        }
        table.bind(module: "ln_final", "final_layer_norm")
        let last = "transformer.resblocks.\(layers)"
        let modules = openCLIPModules.flatMap { ["\(last).\($0.0).weight", "\(last).\($0.0).bias"] }
        table.ignore(modules + ["\(last).attn.in_proj_weight", "\(last).attn.in_proj_bias"], because: "the last block conditions nothing")
        table.ignore(["text_projection", "logit_scale"], because: "lead to the space shared with pictures, which conditions nothing")
        table.ignore(["attn_mask"], because: "the causal mask, a buffer")
        return table
    }

    private static let openCLIPModules = [
        ("ln_1", "layer_norm1"), ("ln_2", "layer_norm2"), ("attn.out_proj", "self_attn.out_proj"),
        ("mlp.c_fc", "mlp.fc1"), ("mlp.c_proj", "mlp.fc2"),
    ]
}
