import DragonModel
import DragonTensor

#if canImport(Glibc)
    import Glibc
#endif

/// The generation branch: from the planned start to the edited latent, steered by guidance and the memory bank.
final class EditSampler {
    private let model: DiffusionModel
    private let request: EditRequest
    private let plan: any EditPlan
    private let inversion: Inversion
    private let embeddings: EditEmbeddings
    private let guidance: Guidance
    private let noise: (Int, Int) -> [Float]
    private let options: EditOptions
    private let context: ComputeContext
    /// The latest guess at the final latent.
    private var origin: Tensor?

    init(
        model: DiffusionModel, request: EditRequest, plan: any EditPlan, inversion: Inversion, embeddings: EditEmbeddings,
        noise: @escaping (Int, Int) -> [Float], options: EditOptions, context: ComputeContext
    ) {
        (self.model, self.request, self.plan, self.inversion) = (model, request, plan, inversion)
        (self.embeddings, self.noise, self.options, self.context) = (embeddings, noise, options, context)
        guidance = Guidance(unet: model.unet, plan: plan, energyScale: request.parameters.energyScale, text: embeddings.base)
    }

    /// Runs every step from `start`; `progress` is called after each with the latent that it is on the way to.
    func run(from start: Tensor, progress: (Int, Tensor) throws -> Void) throws -> Tensor {
        var z = start
        let first = request.parameters.firstStep
        for step in inversion.schedule.timesteps.indices.dropFirst(first) {
            z = try advance(z, step)
            options.trace?.record("z.\(step)", z.shape, z.values)
            try progress(step + 1 - first, origin ?? z)
        }
        return z
    }

    private func advance(_ latent: Tensor, _ step: Int) throws -> Tensor {
        let rule = StepRule(request.parameters)
        let levels = NoiseLevels(inversion.schedule, step: step)
        let repetitions = rule.repetitions(step)
        try inversion.provideBank(step: step, in: context)
        var (z, next) = (latent, latent)
        for repetition in 0..<repetitions {
            let predicted = try predict(z, step)
            let guided = rule.guides(step) ? try guide(predicted, z, step, records: repetition == 0) : predicted
            next = try move(z, guided: guided, predicted: predicted, levels)
            if rule.addsNoise(step), request.parameters.sdeStrength > 0 {
                next = try scatter(z, guided: guided, predicted: predicted, calm: next, levels, step, repetition)
            }
            if repetition + 1 < repetitions { z = try travelBack(next, levels) }
        }
        inversion.bank.forget(step: step)
        return next
    }

    /// ε_u + cfg·(ε_c − ε_u), the bank mixed into the decoder's self-attention.
    private func predict(_ z: Tensor, _ step: Int) throws -> Tensor {
        inversion.bank.phase = .mix(step: step)
        let scale = request.parameters.guidanceScale
        let text = scale == 1 ? embeddings.base : embeddings.emptyAndBase
        let predicted = try model.predict(
            z, timestep: inversion.schedule.timesteps[step], text: text, guidanceScale: scale, exchange: inversion.bank, in: context)
        return try NoiseLevels(inversion.schedule, step: step).noise(predicted, latent: z, in: context)
    }

    private func guide(_ predicted: Tensor, _ z: Tensor, _ step: Int, records: Bool) throws -> Tensor {
        let found = try guidance(
            z, references: inversion.latents(at: step), timestep: inversion.schedule.timesteps[step], in: context)
        if records, let trace = options.trace {
            trace.record("guidance.\(step)", z.shape, found.gradient)
            trace.record("energy.\(step)", [2], [found.edit, found.content])
        }
        return try predicted.adding(Tensor(found.gradient, shape: z.shape, in: context), in: context)
    }

    /// √ᾱ' x₀ + √(1−ᾱ') ε with x₀ from the guided prediction; the direction keeps the unguided one.
    private func move(_ z: Tensor, guided: Tensor, predicted: Tensor, _ levels: NoiseLevels) throws -> Tensor {
        let start = try levels.scaledOrigin(z, guided, in: context)
        if options.wantsPreviews {
            origin = try start.scaled(by: Float(1 / levels.previous.squareRoot()), in: context)
        }
        return try start.scaled(by: 1, adding: predicted, scaledBy: Float((1 - levels.previous).squareRoot()), in: context)
    }

    /// DiffEditor's regional SDE: inside the region part of the direction becomes noise (DDIM, equations 12 and 16).
    private func scatter(
        _ z: Tensor, guided: Tensor, predicted: Tensor, calm: Tensor, _ levels: NoiseLevels, _ step: Int, _ repetition: Int
    ) throws -> Tensor {
        let sigma = Double(request.parameters.sdeStrength) * levels.deviation
        let direction = Float(max(0, 1 - levels.previous - sigma * sigma).squareRoot())
        let start = try levels.scaledOrigin(z, guided, in: context)
        let noisy = try start.scaled(by: 1, adding: predicted, scaledBy: direction, in: context).values
        let random = noise(step, repetition)
        let cells = plan.noiseRegion.cells
        var values = calm.values
        for index in values.indices where cells[index % cells.count] { values[index] = noisy[index] + Float(sigma) * random[index] }
        return try Tensor(values, shape: z.shape, in: context)
    }

    /// Back up from the previous timestep by a plain prediction there, prompt only (DiffEditor's time travel).
    private func travelBack(_ z: Tensor, _ levels: NoiseLevels) throws -> Tensor {
        let last = inversion.schedule.configuration.trainTimesteps - 1
        let t = max(min(levels.timestep - inversion.schedule.stride, last), 0)
        let predicted = try model.unet(z, timestep: t, text: embeddings.base, in: context)
        let step = DDIMStep(
            from: inversion.schedule.alpha(t), to: levels.current, prediction: inversion.schedule.configuration.predictionType)
        return try step.apply(z, noise: step.noise(predicted, latent: z, in: context), in: context)
    }
}

/// ᾱ around one step of sampling.
struct NoiseLevels {
    let timestep: Int
    /// ᾱ at the step, and at the one after it.
    let current: Double
    let previous: Double
    private let prediction: ScheduleConfiguration.PredictionType

    init(_ schedule: Schedule, step: Int) {
        timestep = schedule.timesteps[step]
        current = schedule.alpha(timestep)
        previous = schedule.alpha(timestep - schedule.stride)
        prediction = schedule.configuration.predictionType
    }

    /// √((1−ᾱ')/(1−ᾱ)·(1−ᾱ/ᾱ')): the deviation of a full ancestral step.
    var deviation: Double { max(0, (1 - previous) / (1 - current) * (1 - current / previous)).squareRoot() }

    /// The noise that a prediction stands for.
    func noise(_ predicted: Tensor, latent: Tensor, in context: ComputeContext) throws -> Tensor {
        try DDIMStep(from: current, to: previous, prediction: prediction).noise(predicted, latent: latent, in: context)
    }

    /// √ᾱ'·x₀ = √(ᾱ'/ᾱ)·(z − √(1−ᾱ)·ε).
    func scaledOrigin(_ z: Tensor, _ noise: Tensor, in context: ComputeContext) throws -> Tensor {
        let ratio = (previous / current).squareRoot()
        return try z.scaled(by: Float(ratio), adding: noise, scaledBy: Float(-ratio * (1 - current).squareRoot()), in: context)
    }
}
