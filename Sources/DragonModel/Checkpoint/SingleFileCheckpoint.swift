/// A model in the original layout: one safetensors file with all networks, each behind its prefix.
struct SingleFileCheckpoint {
    let file: SafetensorsFile
    let shapes: CheckpointShapes
    let unet: UNetConfiguration
    let autoencoder: AutoencoderConfiguration
    let textEncoder: TextEncoderConfiguration
    let schedule: ScheduleConfiguration

    init(_ path: String) throws(ModelError) {
        file = try SafetensorsFile(path)
        shapes = CheckpointShapes(file: file)
        if file.entries.contains(where: { $0.name.hasPrefix("conditioner.embedders.") }) {
            throw .incompleteModel(path: path, reason: "it is a Stable Diffusion XL checkpoint; supported are Stable Diffusion 1 and 2")
        }
        for prefix in Self.prefixes where !file.entries.contains(where: { $0.name.hasPrefix(prefix) }) {
            throw .incompleteModel(
                path: path, reason: "it has no \(prefix)* weights; a checkpoint has UNet, autoencoder and text encoder in one file")
        }
        unet = try shapes.unet()
        autoencoder = try shapes.autoencoder()
        textEncoder = try shapes.textEncoder()
        schedule = try Self.schedule(shapes)
        try refuseStrangers()
    }

    private static let prefixes = [CheckpointShapes.unetPrefix, CheckpointShapes.autoencoderPrefix, "cond_stage_model."]

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
                key.hasPrefix(prefix) ? table.target(String(key.dropFirst(prefix.count))) : .unused
            })
    }

    // MARK: What the shapes do not tell

    /// Stable Diffusion 1 predicts noise. Version 2 exists in both kinds with the same shapes: the file's own metadata decides, and
    /// without them the final 2.1, which predicts velocity.
    private static func schedule(_ shapes: CheckpointShapes) throws(ModelError) -> ScheduleConfiguration {
        var schedule = ScheduleConfiguration.stableDiffusion
        let file = shapes.file
        if file.entry("ztsnr") != nil {
            throw .unsupportedOption(
                file: file.path, option: "ztsnr", value: "present", supported: "schedules that keep some signal at their last step")
        }
        switch file.metadata["modelspec.prediction_type"] {
        case "v": schedule.predictionType = .velocity
        case "epsilon": schedule.predictionType = .epsilon
        default: schedule.predictionType = file.entry("v_pred") != nil || shapes.hasOpenCLIP ? .velocity : .epsilon
        }
        return schedule
    }

    /// Checks that every key stands behind a known prefix.
    private func refuseStrangers() throws(ModelError) {
        let strangers = file.entries.map(\.name).filter { key in
            !Self.isTrainingState(key)
                && ![
                    CheckpointShapes.unetPrefix, CheckpointShapes.autoencoderPrefix, CheckpointShapes.clipPrefix,
                    CheckpointShapes.openCLIPPrefix,
                ].contains(where: { key.hasPrefix($0) })
        }
        guard strangers.isEmpty else { throw .surplus(keys: Array(strangers.sorted().prefix(3)), count: strangers.count, file: file.path) }
    }

    /// Whether a key belongs to the training: running averages of the weights, the noise schedule's buffers, losses, counters.
    private static func isTrainingState(_ key: String) -> Bool {
        trainingKeys.contains(key) || ["model_ema.", "ema.", "loss."].contains { key.hasPrefix($0) }
    }

    private static let trainingKeys: Set<String> = [
        "betas", "alphas_cumprod", "alphas_cumprod_prev", "sqrt_alphas_cumprod", "sqrt_one_minus_alphas_cumprod",
        "log_one_minus_alphas_cumprod", "sqrt_recip_alphas_cumprod", "sqrt_recipm1_alphas_cumprod", "posterior_variance",
        "posterior_log_variance_clipped", "posterior_mean_coef1", "posterior_mean_coef2", "lvlb_weights", "logvar", "scale_factor",
        "global_step", "v_pred", "cond_stage_model.logit_scale", "cond_stage_model.text_projection",
    ]
}
