/// A safetensors file of something else than a checkpoint of Stable Diffusion 1 or 2, recognised by its keys.
struct Stranger {
    /// What it is and what to do; ends a sentence that starts with the file.
    let words: String

    /// nil where nothing tells that the file is something else.
    init?(_ file: SafetensorsFile) {
        let found = Self.signs.first { sign in file.entries.contains { $0.name.hasPrefix(sign.start) || $0.name.contains(sign.inside) } }
        guard let found else { return nil }
        words = found.words
    }

    private struct Sign {
        let start: String
        /// A string that no key of a sound checkpoint contains.
        let inside: String
        let words: String
    }

    private static let supported = "supported are Stable Diffusion 1 and 2"

    private static let signs = [
        Sign(start: "conditioner.embedders.", inside: "\u{0}", words: "is a Stable Diffusion XL checkpoint; \(supported)"),
        Sign(start: "add_embedding.", inside: "\u{0}", words: "is of Stable Diffusion XL; \(supported)"),
        Sign(start: "double_blocks.", inside: ".double_blocks.", words: "is a FLUX model; \(supported)"),
        Sign(start: "joint_blocks.", inside: ".joint_blocks.", words: "is a Stable Diffusion 3 model; \(supported)"),
        Sign(
            start: "control_model.", inside: "controlnet_cond_embedding",
            words: "is a ControlNet, which is not used here: give the model itself"),
        Sign(start: "input_hint_block.", inside: "zero_convs.", words: "is a ControlNet, which is not used here: give the model itself"),
        Sign(start: "ip_adapter.", inside: "image_proj.", words: "is an IP-Adapter, not a model"),
        Sign(start: "lora_unet_", inside: ".lora_A.", words: "is a LoRA: give it by --lora, and a model by --model"),
        Sign(start: "lora_te_", inside: "lora.down.", words: "is a LoRA: give it by --lora, and a model by --model"),
        Sign(start: "lora_te1_", inside: "_lora.down.", words: "is a LoRA: give it by --lora, and a model by --model"),
        Sign(
            start: "down_blocks.", inside: "\u{0}",
            words: "is a UNet alone in diffusers' layout: put it as unet/diffusion_pytorch_model.safetensors into a model's folder"),
        Sign(
            start: "encoder.down", inside: "\u{0}",
            words: "is an autoencoder alone: give it by --vae, and a model by --model"),
        Sign(
            start: "encoder.layers.", inside: "\u{0}",
            words: "is an autoencoder alone: give it by --vae, and a model by --model"),
        Sign(start: "text_model.", inside: "\u{0}", words: "is a text encoder alone: give a whole model"),
        Sign(start: "emb_params", inside: "string_to_param", words: "is a textual inversion, not a model"),
    ]
}
