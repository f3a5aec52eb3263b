/// The key of an adapter's file, taken apart: which layer of which network it changes, and which factor of the change it is.
struct LoRAKey: Equatable {
    enum Network: Sendable, Equatable {
        case unet
        case textEncoder
    }

    /// What a tensor is in `alpha / rank · up · (middle ·) down`.
    enum Role: Equatable {
        case down, up, middle, alpha
    }

    let network: Network
    /// The layer as the file names it, without its network.
    let layer: String
    /// Whether the layer's name has underscores where the network's keys have dots.
    let isFlat: Bool
    let role: Role

    /// nil for a key of no style that is known.
    init?(_ key: String) {
        guard let (ending, role) = Self.endings.first(where: { key.hasSuffix($0.0) }), var layer = key.without(ending: ending) else {
            return nil
        }
        self.role = role
        if let start = Self.flatStarts.first(where: { layer.hasPrefix($0.0) }) {
            (network, isFlat) = (start.1, true)
            layer = layer.without(start: start.0) ?? layer
            if network == .textEncoder { layer = layer.without(start: "text_model_") ?? layer }
        } else {
            isFlat = false
            for start in ["base_model.model.", "diffusion_model."] { layer = layer.without(start: start) ?? layer }
            let named = Self.dottedStarts.first { layer.hasPrefix($0.0) }
            if let named { layer = layer.without(start: named.0) ?? layer }
            let isText = layer.hasPrefix("text_model.") || layer.hasPrefix("encoder.layers.")
            network = named?.1 ?? (isText ? .textEncoder : .unet)
            layer = layer.without(start: "text_model.") ?? layer
            if layer.has(".processor.") { layer = layer.replacing(".processor.", with: ".") }
            // In processors the list of one that a layer stands in has no number.
            if layer.hasSuffix(".to_out") { layer += ".0" }
        }
        self.layer = layer
    }

    /// kohya's (`lora_down`), peft's (`lora_A`), diffusers' of several ages; longer ones before their own ends.
    private static let endings: [(String, Role)] = [
        (".lora_down.weight", .down), (".lora_up.weight", .up), (".lora_mid.weight", .middle), (".alpha", .alpha),
        (".lora_A.weight", .down), (".lora_B.weight", .up), (".lora_A.default.weight", .down), (".lora_B.default.weight", .up),
        (".lora_A.default_0.weight", .down), (".lora_B.default_0.weight", .up),
        (".lora_linear_layer.down.weight", .down), (".lora_linear_layer.up.weight", .up), (".lora.down.weight", .down),
        (".lora.up.weight", .up), ("_lora.down.weight", .down), ("_lora.up.weight", .up),
    ]

    private static let flatStarts: [(String, Network)] = [("lora_unet_", .unet), ("lora_te_", .textEncoder), ("lora_te1_", .textEncoder)]
    private static let dottedStarts: [(String, Network)] = [("unet.", .unet), ("text_encoder.", .textEncoder)]

    /// What a LoRA for another family of models is.
    static func words(of family: String) -> String { "is a LoRA for \(family); supported are those for Stable Diffusion 1 and 2" }

    /// What a file of such keys is, where that is nothing that can be read; the words end a sentence that starts with the file.
    static func stranger(in keys: KeyList) -> String? {
        if let known = strangers.first(where: { keys.has($0.0) }) { return known.1 }
        let isModel = ["model.diffusion_model.", "first_stage_model.", "cond_stage_model."].contains { keys.hasStart($0) }
        return isModel ? "is a whole model, not a LoRA: give it by --model" : nil
    }

    private static let strangers: [(String, String)] = [
        ("hada_w1", "is a LoHa adapter, which is not read here: LoRA and LoCon are"),
        ("lokr_w", "is a LoKr adapter, which is not read here: LoRA and LoCon are"),
        ("dora_scale", "is a DoRA adapter, which is not read here: LoRA and LoCon are"),
        ("lora_magnitude_vector", "is a DoRA adapter, which is not read here: LoRA and LoCon are"),
        ("lora_te2_", words(of: "Stable Diffusion XL")),
        ("text_encoder_2.", words(of: "Stable Diffusion XL")),
        ("single_transformer_blocks", words(of: "FLUX")),
        ("double_blocks", words(of: "FLUX")),
        ("transformer.transformer_blocks", words(of: "Stable Diffusion 3")),
        ("joint_blocks", words(of: "Stable Diffusion 3")),
    ]
}
