/// A model in the original layout: one safetensors file with all networks, each behind its prefix.
struct SingleFileCheckpoint {
    let file: SafetensorsFile
    let shapes: CheckpointShapes
    let unet: UNetConfiguration
    let autoencoder: AutoencoderConfiguration
    let textEncoder: TextEncoderConfiguration
    let schedule: ScheduleConfiguration
    /// Whether nothing in the file tells what its UNet predicts.
    let isPredictionAssumed: Bool

    /// - Parameter hasAutoencoder: whether it is to have one of its own, which another may stand for.
    init(_ path: String, hasAutoencoder: Bool = true) throws(ModelError) {
        file = try SafetensorsFile(path).unwrapped
        shapes = CheckpointShapes(file: file)
        if let stranger = Stranger(file) { throw .notThatFile(file: path, what: stranger.words) }
        try Self.checkParts(file, hasAutoencoder: hasAutoencoder)
        unet = try shapes.unet()
        autoencoder = hasAutoencoder ? try shapes.autoencoder() : AutoencoderConfiguration()
        textEncoder = try shapes.textEncoder()
        (schedule, isPredictionAssumed) = try Self.schedule(shapes)
        try refuseStrangers()
    }

    private static let prefixes = [CheckpointShapes.unetPrefix, CheckpointShapes.autoencoderPrefix, "cond_stage_model."]

    /// Checks that all networks are there; one that stands alone is called what it is.
    private static func checkParts(_ file: SafetensorsFile, hasAutoencoder: Bool) throws(ModelError) {
        let parts = prefixes.filter { prefix in file.entries.contains { $0.name.hasPrefix(prefix) } }
        if parts.count == 1, let part = parts.first {
            let words = [
                CheckpointShapes.unetPrefix: Stranger.unetWords, CheckpointShapes.autoencoderPrefix: Stranger.autoencoderWords,
            ]
            throw .notThatFile(file: file.path, what: words[part] ?? Stranger.textEncoderWords)
        }
        for prefix in prefixes where !parts.contains(prefix) && (hasAutoencoder || prefix != CheckpointShapes.autoencoderPrefix) {
            let what = prefix == CheckpointShapes.autoencoderPrefix ? "give one by --vae" : "take a whole one"
            throw .incompleteModel(
                path: file.path,
                reason: "it has no \(prefix)* weights; a checkpoint has UNet, autoencoder and text encoder in one file: \(what)")
        }
    }

    func unetWeights() throws(ModelError) -> WeightScope {
        try weights(behind: CheckpointShapes.unetPrefix, .originalUNet(unet))
    }

    func autoencoderWeights() throws(ModelError) -> WeightScope {
        guard case .convolutional(let network) = autoencoder.architecture else { return try WeightScope(file: file.path) }
        return try weights(behind: CheckpointShapes.autoencoderPrefix, .originalAutoencoder(network))
    }

    func textEncoderWeights() throws(ModelError) -> WeightScope {
        shapes.hasOpenCLIP
            ? try weights(behind: CheckpointShapes.openCLIPPrefix, .openCLIP(layers: textEncoder.layers))
            : try weights(behind: CheckpointShapes.clipPrefix, .textEncoder(layers: textEncoder.layers, prefix: shapes.clipNamePrefix))
    }

    /// The weights behind a prefix; an unknown one is an error, and what stands behind other prefixes belongs to others.
    private func weights(behind prefix: String, _ table: KeyTable) throws(ModelError) -> WeightScope {
        WeightScope(
            try WeightStore([file], source: file.path) { key in
                guard let name = key.without(start: prefix) else { return .unused }
                let target = table.target(name)
                return target == .unknown && Self.isBaggage(key) ? .unused : target
            })
    }

    // MARK: What the shapes do not tell

    /// Stable Diffusion 1 predicts noise. Version 2 exists in both kinds with the same shapes: the file's own metadata decides, and
    /// without them the final 2.1, which predicts velocity, is assumed.
    private static func schedule(_ shapes: CheckpointShapes) throws(ModelError) -> (ScheduleConfiguration, isAssumed: Bool) {
        let file = shapes.file
        var schedule = ScheduleConfiguration.stableDiffusion
        schedule.rescalesToZeroSNR = file.entry("ztsnr") != nil
        if let said = prediction(in: file.metadata) { return (schedule.predicting(said), false) }
        if file.entry("v_pred") != nil { return (schedule.predicting(.velocity), false) }
        return (schedule.predicting(shapes.hasOpenCLIP ? .velocity : .epsilon), shapes.hasOpenCLIP)
    }

    /// What the metadata of a file say about its prediction: <https://github.com/Stability-AI/ModelSpec>, and kohya's training scripts.
    private static func prediction(in metadata: [String: String]) -> ScheduleConfiguration.PredictionType? {
        switch metadata["modelspec.prediction_type"] {
        case "v", "v_prediction": return .velocity
        case "epsilon": return .epsilon
        default: break
        }
        switch metadata["ss_v_parameterization"]?.lowercased() {
        case "true": return .velocity
        case "false": return .epsilon
        default: break
        }
        let architecture = metadata["modelspec.architecture"] ?? ""
        if architecture.hasPrefix("stable-diffusion-v2-768-v") { return .velocity }
        return architecture.hasPrefix("stable-diffusion-v2-512") ? .epsilon : nil
    }

    /// Checks that every key stands behind a known prefix.
    private func refuseStrangers() throws(ModelError) {
        let strangers = file.entries.map(\.name).filter { key in
            !Self.networkPrefixes.contains { key.hasPrefix($0) } && !Self.isBaggage(key)
        }
        guard strangers.isEmpty else { throw .surplus(keys: Array(strangers.sorted().prefix(3)), count: strangers.count, file: file.path) }
    }

    /// Whether a key belongs to the training or to a neighbour of the networks: running averages of the weights, the noise schedule's
    /// buffers, losses, counters; CLIP's half that sees pictures, the filter of finished pictures, learned words.
    private static func isBaggage(_ key: String) -> Bool {
        baggageKeys.contains(key) || baggagePrefixes.contains { key.hasPrefix($0) }
    }

    private static let networkPrefixes = [
        CheckpointShapes.unetPrefix, CheckpointShapes.autoencoderPrefix, CheckpointShapes.clipPrefix, CheckpointShapes.openCLIPPrefix,
    ]

    private static let baggagePrefixes = [
        "model_ema.", "ema.", "loss.", "denoiser.", "embedding_manager.", "safety_checker.", "first_stage_model.loss.",
        "first_stage_model.model_ema.", "cond_stage_model.transformer.vision_model.", "cond_stage_model.transformer.visual_projection.",
        "cond_stage_model.transformer.text_projection.", "cond_stage_model.model.visual.",
    ]

    private static let baggageKeys: Set<String> = [
        "betas", "alphas_cumprod", "alphas_cumprod_prev", "sqrt_alphas_cumprod", "sqrt_one_minus_alphas_cumprod",
        "log_one_minus_alphas_cumprod", "sqrt_recip_alphas_cumprod", "sqrt_recipm1_alphas_cumprod", "posterior_variance",
        "posterior_log_variance_clipped", "posterior_mean_coef1", "posterior_mean_coef2", "lvlb_weights", "logvar", "scale_factor",
        "global_step", "v_pred", "ztsnr", "logit_scale", "position_ids", "cond_stage_model.logit_scale", "cond_stage_model.text_projection",
        "cond_stage_model.transformer.logit_scale",
    ]
}
