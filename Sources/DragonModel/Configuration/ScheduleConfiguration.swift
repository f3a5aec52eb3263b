/// The noise schedule, as `scheduler/scheduler_config.json` tells it. Options and defaults are those of diffusers' DDIMScheduler.
///
/// Any scheduler's file will do: only the noise levels are read from it, and what DDIM would make of the rest.
public struct ScheduleConfiguration: Sendable, Equatable {
    /// How β runs from its start to its end.
    public enum BetaSchedule: String, Sendable, CaseIterable {
        /// Evenly.
        case linear
        /// Its square root evenly.
        case scaledLinear = "scaled_linear"
        /// As a squared cosine of ᾱ, capped: Nichol and Dhariwal 2021, `cosine`.
        case squaredCosine = "squaredcos_cap_v2"
    }

    /// What the UNet predicts.
    public enum PredictionType: String, Sendable, CaseIterable {
        /// The noise.
        case epsilon
        /// √ᾱ · noise − √(1−ᾱ) · picture: Salimans and Ho 2022.
        case velocity = "v_prediction"
    }

    /// How the steps are spread over the training's.
    public enum TimestepSpacing: String, Sendable, CaseIterable {
        /// Multiples of the stride, from 0, plus the offset.
        case leading
        /// Multiples of the stride, from the last.
        case trailing
        /// Evenly from first to last.
        case linspace
    }

    /// How a picture is made from noise.
    public enum SolverName: String, Sendable, CaseIterable {
        /// Deterministic steps: Song et al. 2021.
        case ddim
        /// The same with trailing timesteps, from the very last on: what distilled models of few steps take (Hyper-SD, SD-Turbo).
        case trailing
        /// Latent consistency: a guess at the picture, and fresh noise on it: Luo et al. 2023.
        case lcm
    }

    /// Steps of the training.
    public var trainTimesteps = 1000
    /// β of the first step.
    public var betaStart = 0.0001
    /// β of the last step.
    public var betaEnd = 0.02
    /// How β runs between them.
    public var betaSchedule = BetaSchedule.linear
    /// Added to every step's number.
    public var stepsOffset = 0
    /// Whether ᾱ behind the last step is 1, or else that of step 0.
    public var setsAlphaToOne = true
    /// What the UNet predicts.
    public var predictionType = PredictionType.epsilon
    /// How the steps are spread.
    public var timestepSpacing = TimestepSpacing.leading
    /// Whether β is rescaled so that the last step is pure noise (Lin et al. 2023, arXiv 2305.08891, algorithm 1).
    public var rescalesToZeroSNR = false
    /// How pictures are made where no edit asks for more.
    public var solver = SolverName.ddim
    /// Steps that latent consistency was distilled on: its own are some of those.
    public var distilledSteps = 50
    /// What latent consistency multiplies timesteps by in its boundary condition.
    public var timestepScaling = 10.0

    /// DDIM's defaults. (``stableDiffusion`` is what checkpoints without a file for it mean.)
    public init() {}

    /// The schedule that every Stable Diffusion 1 and 2 was trained with.
    public static let stableDiffusion: ScheduleConfiguration = {
        var schedule = ScheduleConfiguration()
        schedule.betaStart = 0.00085
        schedule.betaEnd = 0.012
        schedule.betaSchedule = .scaledLinear
        schedule.stepsOffset = 1
        schedule.setsAlphaToOne = false
        return schedule
    }()

    /// The same with another prediction, where one is given.
    func predicting(_ prediction: PredictionType?) -> ScheduleConfiguration {
        var result = self
        result.predictionType = prediction ?? predictionType
        return result
    }

    /// Whether the model is made for few steps.
    public var isForFewSteps: Bool { solver != .ddim }

    /// The same with another solver, where one is given.
    func solving(_ solver: SolverName?) -> ScheduleConfiguration {
        var result = self
        result.solver = solver ?? self.solver
        return result
    }

    /// Reads `scheduler/scheduler_config.json`.
    ///
    /// - Throws: ``ModelError``; an option that asks for what is not computed here is named.
    public init(file: String) throws(ModelError) { try self.init(OptionReader(file)) }

    init(_ options: OptionReader) throws(ModelError) {
        try options.refuse("trained_betas")
        try options.refuse("thresholding", unless: .bool(false))
        // Latents are never clipped, whatever "clip_sample" says: pipelines of Stable Diffusion set it to false as they open a model.
        trainTimesteps = try options.integer("num_train_timesteps", default: 1000, in: 1...100_000)
        betaStart = try options.positive("beta_start", default: 0.0001)
        betaEnd = try options.positive("beta_end", default: 0.02)
        betaSchedule = try options.choice("beta_schedule", default: .linear)
        stepsOffset = try options.integer("steps_offset", default: 0, in: 0...trainTimesteps - 1)
        setsAlphaToOne = try options.bool("set_alpha_to_one", default: true)
        predictionType = try options.choice("prediction_type", default: .epsilon)
        timestepSpacing = try options.choice("timestep_spacing", default: .leading)
        rescalesToZeroSNR = try options.bool("rescale_betas_zero_snr", default: false)
        if options.value("_class_name")?.string == "LCMScheduler" { solver = .lcm }
        distilledSteps = try options.integer("original_inference_steps", default: 50, in: 1...trainTimesteps)
        timestepScaling = try options.positive("timestep_scaling", default: 10)
        guard betaStart <= betaEnd, betaEnd < 1 else { throw options.invalid("beta_end", "should lie between beta_start and 1") }
    }
}
