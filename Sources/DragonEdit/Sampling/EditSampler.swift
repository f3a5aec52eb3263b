import DragonImage
import DragonModel
import DragonTensor

/// The generation branch: from the planned start to the edited latent, steered by guidance and the memory bank.
final class EditSampler {
    private let model: DiffusionModel
    private let parameters: EditParameters
    private let plan: any EditPlan
    private let inversion: Inversion
    private let conditioning: EditConditioning
    private let guidance: Guidance
    private let schedule: PublishedSchedule
    private let options: EditOptions
    private let context: ComputeContext
    /// The latest guess at the final latent.
    private var origin: Tensor?

    init(
        model: DiffusionModel, request: EditRequest, plan: any EditPlan, inversion: Inversion, conditioning: EditConditioning,
        options: EditOptions, context: ComputeContext
    ) {
        (self.model, self.plan, self.inversion, self.conditioning) = (model, plan, inversion, conditioning)
        (parameters, self.options, self.context) = (request.parameters, options, context)
        schedule = PublishedSchedule(request.parameters)
        guidance = Guidance(unet: model.unet, plan: plan, energyScale: parameters.energyScale, conditioning: conditioning.base)
    }

    private var sampler: any Sampler { inversion.sampler }

    /// Runs every step from `start`; `progress` is called after each with the latent that it is on the way to.
    func run(from start: Tensor, progress: (Int, Tensor) throws -> Void) throws -> Tensor {
        var z = start
        let first = parameters.firstStep
        for step in sampler.timesteps.indices.dropFirst(first) {
            z = try advance(z, step)
            try z.checkFinite(after: "sampling", step: step + 1 - first)
            options.trace?.record("z.\(step)", z)
            try progress(step + 1 - first, origin ?? z)
        }
        return z
    }

    private func advance(_ latent: Tensor, _ step: Int) throws -> Tensor {
        let repetitions = schedule.repetitions(step)
        try inversion.provideBank(step: step, in: context)
        var (z, next) = (latent, latent)
        for repetition in 0..<repetitions {
            let guidance = schedule.guides(step) ? try guide(z, step, records: repetition == 0) : nil
            let noise = try predict(z, step, encoded: guidance?.encoded)
            let guided = try guidance.map { try noise.adding(Tensor($0.gradient, shape: z.shape, in: context), in: context) } ?? noise
            // The direction keeps the unguided prediction.
            next = try sampler.step(z, noise: noise, guided: guided, scatter: 0, at: step, context)
            if options.wantsPreviews { origin = try sampler.origin(z, noise: guided, at: step, context) }
            if schedule.addsNoise(step), parameters.sdeStrength > 0 {
                next = try scatter(z, noise: noise, guided: guided, calm: next, step, repetition)
            }
            if repetition + 1 < repetitions { z = try travelBack(next, step) }
        }
        inversion.bank.forget(step: step)
        return next
    }

    /// ε_u + cfg·(ε_c − ε_u), the bank mixed into the decoder's self-attention.
    ///
    /// - Parameter encoded: the encoder's part, where guidance has done it.
    private func predict(_ z: Tensor, _ step: Int, encoded: EncodedLatent?) throws -> Tensor {
        inversion.bank.phase = .mix(step: step)
        let scale = schedule.guidanceScale(at: step)
        let base = conditioning.base.text
        let text = scale == 1 ? base : try Tensor.stacked([conditioning.empty.text, base], in: context)
        let image = conditioning.image(at: step, parameters)
        // Guidance sees no picture as a prompt, and no guidance scale.
        let isShared = image == nil && model.unet.configuration.guidanceEmbeddingDim == nil
        let predicted = try model.predict(
            z, timestep: sampler.timesteps[step], text: text, guidanceScale: scale, image: image, exchange: inversion.bank,
            encoded: isShared ? encoded : nil, in: context)
        return try sampler.noise(predicted, in: z, at: step, context)
    }

    private func guide(_ z: Tensor, _ step: Int, records: Bool) throws -> GuidanceResult {
        let found = try guidance(
            z, references: inversion.references(at: step), timestep: sampler.timesteps[step], in: context)
        if records, let trace = options.trace {
            trace.record("guidance.\(step)", z.shape, found.gradient)
            trace.record("energy.\(step)", [2], [found.edit, found.content])
        }
        return found
    }

    /// DiffEditor's regional SDE: inside the region part of the direction becomes noise.
    private func scatter(
        _ z: Tensor, noise: Tensor, guided: Tensor, calm: Tensor, _ step: Int, _ repetition: Int
    ) throws -> Tensor {
        let eta = parameters.sdeStrength
        let noisy = try sampler.step(z, noise: noise, guided: guided, scatter: eta, at: step, context).values
        let random = drawn(step, repetition, count: z.count)
        let deviation = sampler.deviation(scatter: eta, at: step)
        let cells = plan.noiseRegion.cells
        var values = calm.values
        for index in values.indices where cells[index % cells.count] { values[index] = noisy[index] + deviation * random[index] }
        return try Tensor(values, shape: z.shape, in: context)
    }

    /// A stream of the seed's for each step and repetition; the first one is the start's.
    private func drawn(_ step: Int, _ repetition: Int, count: Int) -> [Float] {
        options.noise?(step, repetition)
            ?? GaussianNoise(seed: parameters.seed, stream: UInt32(step * 4 + repetition + 1)).floats(count)
    }

    /// Back up from the next level of noise by a plain prediction there, prompt only (DiffEditor's time travel).
    private func travelBack(_ z: Tensor, _ step: Int) throws -> Tensor {
        let predicted = try model.unet(z, timestep: sampler.timestep(after: step), text: conditioning.base.text, in: context)
        return try sampler.rise(z, predicted: predicted, over: step, context)
    }
}
