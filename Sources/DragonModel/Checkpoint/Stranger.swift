/// A safetensors file of something else than a checkpoint of Stable Diffusion 1 or 2, recognised by its keys.
struct Stranger {
    /// What it is and what to do; ends a sentence that starts with the file.
    let words: String

    /// nil where nothing tells that the file is something else.
    init?(_ file: SafetensorsFile) {
        let keys = KeyList(file.entries)
        let found = Self.signs.first { $0.isIn(keys) }
        guard let found else { return nil }
        words = found.words
    }

    private struct Sign {
        let start: String
        /// A string that no key of a sound checkpoint contains.
        var inside: String?
        let words: String

        func isIn(_ keys: KeyList) -> Bool { keys.hasStart(start) || inside.map { keys.has($0) } ?? false }
    }

    private static let supported = "supported are Stable Diffusion 1 and 2"
    private static let controlNet = "is a ControlNet, which is not used here: give the model itself"
    private static let lora = "is a LoRA: give it by --lora, and a model by --model"
    private static let transformer = "is a transformer of Stable Diffusion 3, FLUX or their kin; \(supported)"
    /// Of a part of a checkpoint that stands alone.
    static let autoencoderWords = "is an autoencoder alone: give it by --vae, and a model by --model"
    static let unetWords = "is a UNet alone: give the whole model that it is a part of"
    static let textEncoderWords = "is a text encoder alone: give a whole model"

    private static let signs = [
        Sign(start: "conditioner.embedders.", words: "is a Stable Diffusion XL checkpoint; \(supported)"),
        Sign(start: "add_embedding.", words: "is of Stable Diffusion XL; \(supported)"),
        Sign(start: "label_emb.", inside: ".label_emb.", words: "is of Stable Diffusion XL or of an unCLIP model; \(supported)"),
        Sign(start: "double_blocks.", inside: ".double_blocks.", words: "is a FLUX model; \(supported)"),
        Sign(start: "single_transformer_blocks.", words: "is a FLUX model; \(supported)"),
        Sign(start: "joint_blocks.", inside: ".joint_blocks.", words: "is a Stable Diffusion 3 model; \(supported)"),
        Sign(start: "transformer_blocks.", words: transformer),
        Sign(
            start: "scaled_fp8", inside: ".scale_weight",
            words: "has weights of 8 bits with scales of their own, which are not read here: take it in half precision"),
        Sign(start: "control_model.", inside: "controlnet_cond_embedding", words: controlNet),
        Sign(start: "input_hint_block.", inside: "zero_convs.", words: controlNet),
        Sign(start: "adapter.", words: "is a T2I-Adapter, which is not used here: give the model itself"),
        Sign(start: "ip_adapter.", inside: "image_proj.", words: "is an IP-Adapter, not a model"),
        Sign(start: "lora_unet_", inside: ".lora_A.", words: lora), Sign(start: "lora_te_", inside: "lora.down.", words: lora),
        Sign(start: "lora_te1_", inside: "_lora.down.", words: lora),
        Sign(start: "down_blocks.0.motion_modules.", inside: ".motion_modules.", words: "is AnimateDiff's motion module, not a model"),
        Sign(
            start: "down_blocks.",
            words: "is a UNet alone in diffusers' layout: put it as unet/diffusion_pytorch_model.safetensors into a model's folder"),
        Sign(start: "input_blocks.", words: unetWords), Sign(start: "encoder.down", words: autoencoderWords),
        Sign(start: "encoder.layers.", words: autoencoderWords), Sign(start: "text_model.", words: textEncoderWords),
        Sign(start: "vision_model.", words: "is an encoder of pictures, not a model"),
        Sign(start: "emb_params", inside: "string_to_param", words: "is a textual inversion, not a model"),
        Sign(start: "conv_first.", words: "makes pictures larger, which is not done here: give a model"),
    ]
}
