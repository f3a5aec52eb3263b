/// What an adapter's metadata tell of its alphas, where its keys do not: diffusers', in the file's head, or peft's, in
/// `adapter_config.json` beside it. Without either alpha is the rank.
struct LoRAAlphas: Sendable {
    fileprivate struct Part: Sendable {
        let alpha: Double?
        let patterns: [String: Double]
        /// Whether the scale is alpha / √rank (Kalajdzievski, 2023, arXiv 2312.03732).
        let isRankStabilised: Bool
    }

    private let unet: Part?
    private let textEncoder: Part?

    init(_ file: SafetensorsFile) throws(ModelError) {
        let beside = joined(folder(of: file.path), "adapter_config.json")
        if let text = file.metadata["lora_adapter_metadata"] {
            guard let members = try parsedJSON(Array(text.utf8), file: file.path).object else {
                throw .malformedJSON(file: file.path, offset: 0, reason: "an object should stand in lora_adapter_metadata")
            }
            unet = try Part(members, "unet.", file: file.path)
            textEncoder = try Part(members, "text_encoder.", file: file.path)
        } else if file.path.hasSuffix("adapter_model.safetensors"), exists(beside) {
            let members = try readJSON(beside, limit: 1_000_000).object ?? JSONObject()
            unet = try Part(members, "", file: beside)
            textEncoder = unet
        } else {
            (unet, textEncoder) = (nil, nil)
        }
    }

    /// alpha / rank of a layer.
    func scale(of layer: String, network: LoRAKey.Network, rank: Int) -> Float {
        let part = network == .unet ? unet : textEncoder
        guard let part, let usual = part.alpha else { return 1 }
        let own = part.patterns.first { layer == $0.key || layer.hasSuffix(".\($0.key)") }?.value
        let width = part.isRankStabilised ? Double(rank).squareRoot() : Double(rank)
        return Float((own ?? usual) / width)
    }
}

extension LoRAAlphas.Part {
    fileprivate init?(_ members: JSONObject, _ start: String, file: String) throws(ModelError) {
        guard let usual = members["\(start)lora_alpha"]?.number else { return nil }
        if members["\(start)use_dora"]?.bool == true {
            throw .notThatFile(file: file, what: "is of a DoRA adapter, which is not read here: LoRA and LoCon are")
        }
        var patterns: [String: Double] = [:]
        let given = members["\(start)alpha_pattern"]?.object ?? JSONObject()
        for name in given.names { patterns[name] = given[name]?.number }
        alpha = usual
        self.patterns = patterns
        isRankStabilised = members["\(start)use_rslora"]?.bool == true
    }
}
