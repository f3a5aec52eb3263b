/// A model in diffusers' layout: a folder with `model_index.json` and one folder for each part.
struct ModelFolder {
    let path: String

    init(_ path: String) throws(ModelError) {
        self.path = path
        let index = joined(path, "model_index.json")
        guard exists(index) else {
            if let words = Self.words(ofClassIn: joined(path, "config.json")) { throw .notThatFile(file: path, what: words) }
            throw .incompleteModel(path: path, reason: "there is no model_index.json; give a diffusers folder or a .safetensors checkpoint")
        }
        if let words = Self.words(ofClassIn: index) { throw .notThatFile(file: path, what: words) }
        let options = try OptionReader(index)
        for part in ["text_encoder_2", "text_encoder_3", "transformer", "prior"] where options.value(part) != nil {
            throw .unsupportedOption(file: index, option: part, value: "present", supported: "Stable Diffusion 1 and 2, which have none")
        }
    }

    /// What a folder of another kind is, by the class that its configuration names; nil where that tells nothing.
    private static func words(ofClassIn file: String) -> String? {
        guard exists(file), let name = (try? OptionReader(file))?.value("_class_name")?.string else { return nil }
        let supported = "supported are Stable Diffusion 1 and 2"
        let kinds = [
            ("StableDiffusionXL", "is a Stable Diffusion XL model; \(supported)"),
            ("StableDiffusion3", "is a Stable Diffusion 3 model; \(supported)"), ("Flux", "is a FLUX model; \(supported)"),
            ("ControlNet", "is a ControlNet, which is not used here: give the model itself"),
            ("UNet2DConditionModel", Stranger.unetWords), ("AutoencoderKL", Stranger.autoencoderWords),
            ("AutoencoderTiny", Stranger.autoencoderWords), ("Transformer2DModel", "is a diffusion transformer; \(supported)"),
        ]
        // A pipeline with a ControlNet brings the whole model too.
        let isPipeline = name.hasSuffix("Pipeline")
        return kinds.first { name.contains($0.0) && !(isPipeline && $0.0 == "ControlNet") }?.1
    }

    func configuration(_ part: String) -> String {
        joined(joined(path, part), part == "scheduler" ? "scheduler_config.json" : "config.json")
    }

    var unet: UNetConfiguration { get throws(ModelError) { try UNetConfiguration(file: configuration("unet")) } }
    var autoencoder: AutoencoderConfiguration { get throws(ModelError) { try AutoencoderConfiguration(file: configuration("vae")) } }
    var textEncoder: TextEncoderConfiguration {
        get throws(ModelError) { try TextEncoderConfiguration(file: configuration("text_encoder")) }
    }
    var schedule: ScheduleConfiguration { get throws(ModelError) { try ScheduleConfiguration(file: configuration("scheduler")) } }

    /// The file or index that holds a part's weights: full precision before half, one file before shards.
    func weights(_ part: String) throws(ModelError) -> String {
        let folder = joined(path, part)
        let stem = part == "text_encoder" ? "model" : "diffusion_pytorch_model"
        let names = [
            "\(stem).safetensors", "\(stem).safetensors.index.json", "\(stem).fp16.safetensors",
            "\(stem).safetensors.index.fp16.json", "\(stem).fp16.safetensors.index.json",
        ]
        if let name = names.first(where: { exists(joined(folder, $0)) }) { return joined(folder, name) }
        for pickle in ["\(stem).bin", "pytorch_model.bin", "\(stem).fp16.bin", "pytorch_model.fp16.bin"]
        where exists(joined(folder, pickle)) {
            throw .pickle(file: joined(folder, pickle))
        }
        throw .unreadable(file: joined(folder, names[0]), reason: "there is no such file, nor an index of shards, nor an fp16 variant")
    }

    func store(_ part: String, target: (String) -> KeyTarget) throws(ModelError) -> WeightScope {
        let file = try weights(part)
        return WeightScope(try WeightStore(try openWeights(file), source: file, target: target))
    }

    func autoencoderWeights() throws(ModelError) -> WeightScope {
        try store("vae") { key in
            if case .weights(let renamed) = KeyTable.oldAutoencoderAttention.target(key) { return .weights(renamed) }
            return .weights([KeyBinding(key: key)])
        }
    }

    func textEncoderWeights(layers: Int) throws(ModelError) -> WeightScope {
        let file = try weights("text_encoder")
        let files = try openWeights(file)
        let hasPrefix = files.contains { $0.entry("text_model.embeddings.token_embedding.weight") != nil }
        let table = KeyTable.textEncoder(layers: layers, prefix: hasPrefix ? "text_model." : "")
        // Whole CLIP models are saved too: the half that sees pictures conditions nothing.
        return WeightScope(
            try WeightStore(files, source: file) { key in
                ["vision_model.", "visual_projection."].contains { key.hasPrefix($0) } ? .unused : table.target(key)
            })
    }
}
