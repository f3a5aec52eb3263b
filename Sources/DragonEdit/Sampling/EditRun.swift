import DragonModel
import DragonTensor

/// How an edit may use the machine, and what it reports.
public struct EditOptions {
    /// Called after every step.
    public var progress: (EditProgress) -> Void = { _ in }
    /// Whether progress should bring a small picture of the result as it stands.
    public var wantsPreviews = false
    /// Takes every intermediate, where one is given.
    public var trace: EditTrace?
    /// Noise of the regional SDE for (step, repetition), of the latent's size; nil draws it from the seed.
    public var noise: ((Int, Int) -> [Float])?
    /// Bytes that the edit may take beyond the model; nil takes what the system says is available. A memory bank that does
    /// not fit is computed anew, step by step.
    public var memoryLimit: Int?
    /// Whether the bank keeps single precision instead of half.
    public var keepsFullPrecision = false

    /// The usual options.
    public init() {}
}

extension DiffusionModel {
    /// Edits a picture on the working grid.
    ///
    /// - Returns: `[1, 3, height, width]`, about −1 … 1, not clamped.
    /// - Throws: ``EditError`` for a request that cannot be met, before any heavy work; ``CancellationError``.
    public func edit(_ request: EditRequest, options: EditOptions = EditOptions(), in context: ComputeContext) throws -> Tensor {
        try editKeepingSource(request, options: options, in: context).image
    }

    /// The same, with the latent of the picture that was edited.
    func editKeepingSource(
        _ request: EditRequest, options: EditOptions, in context: ComputeContext
    ) throws -> (image: Tensor, source: Tensor) {
        var request = request
        if case .generated(let generation) = request.source { request.parameters.steps = generation.steps }
        try request.validate()
        let side = autoencoder.configuration.downsampling
        let plan = try request.plan(latentHeight: request.source.height / side, latentWidth: request.source.width / side)
        let cells = (request.source.height / side) * (request.source.width / side)
        try options.checkNoise(count: cells * unet.configuration.inChannels, parameters: request.parameters)
        let memory = EditMemory(request, self, keepsFullPrecision: options.keepsFullPrecision)
        let keepsBank = try memory.keepsBank(limit: options.memoryLimit)
        let branches = EditBranches(model: self, request: request, options: options, context: context)
        return try branches.run(plan, keepsBank: keepsBank)
    }
}

extension EditOptions {
    /// Throws unless given noise has the latent's number of elements wherever it will be asked for.
    fileprivate func checkNoise(count: Int, parameters: EditParameters) throws {
        guard let noise else { return }
        let rule = StepRule(parameters)
        for step in 0..<parameters.steps where rule.addsNoise(step) {
            for repetition in 0..<rule.repetitions(step) {
                let found = noise(step, repetition).count
                guard found == count else {
                    throw EditError.size(what: "the recorded noise", found: "\(found) numbers", expected: "\(count)")
                }
            }
        }
    }
}

/// One edit from its pictures to its result: both branches, in order.
private struct EditBranches {
    let model: DiffusionModel
    let request: EditRequest
    let options: EditOptions
    let context: ComputeContext

    func run(_ plan: any EditPlan, keepsBank: Bool) throws -> (image: Tensor, source: Tensor) {
        let schedule = try Schedule(model.schedule, steps: request.parameters.steps)
        var report = ProgressKeeper(request, steps: schedule.timesteps.count, call: options.progress)
        let embeddings = try EditEmbeddings(request, model: model, in: context)
        try options.trace?.recordSequence("context", Tensor.stacked(embeddings.pictures, in: context))
        let bank = MemoryBank(
            mixing: plan.mixing, precision: options.keepsFullPrecision ? .float32 : .float16, clock: StepClock(request.parameters))
        let pictures = try trajectories(embeddings, bank: keepsBank ? bank : nil, report: &report)
        // Neither the autoencoder's large buffers nor its weights are of use to what follows.
        context.releaseIdleMemory()
        model.releaseIdleWeights()
        try record("z0", Tensor.stacked(pictures.map { $0.latents[0] }, in: context))
        let inversion = Inversion(
            unet: model.unet, schedule: schedule, pictures: pictures, bank: bank, keepsBank: keepsBank,
            firstStep: request.parameters.firstStep)
        try inversion.run(in: context) { report.finish(.invert, step: $0) }
        let noisiest = try inversion.noisiest(in: context)
        record("zT", noisiest)
        let planned = plan.start(noisiest.grids())
        let start = try Tensor(planned.values, shape: [1, planned.channels, planned.height, planned.width], in: context)
        record("start", start)
        let sampler = EditSampler(
            model: model, request: request, plan: plan, inversion: inversion, embeddings: embeddings,
            noise: noise(count: start.count), options: options, context: context)
        let preview = try latentPreview(pictures[0].latents[0])
        let z = try sampler.run(from: start) { step, origin in
            report.finish(.sample, step: step, preview: preview?.picture(of: origin.grids()[0]))
        }
        context.releaseIdleMemory()
        let image = try model.autoencoder.decode(z, in: context)
        report.finish(.decode, step: 1)
        record("image", image)
        return (image, pictures[0].latents[0])
    }

    /// How to show latents while sampling, where that is wanted.
    private func latentPreview(_ latent: Tensor) throws -> LatentPreview? {
        guard options.wantsPreviews else { return nil }
        guard case .picture(let picture) = request.source else {
            let decoded = try model.autoencoder.decode(latent, in: context)
            return LatentPreview(
                latent: latent.grids()[0],
                picture: WorkingPicture(height: decoded.shape[2], width: decoded.shape[3], values: decoded.values))
        }
        return LatentPreview(latent: latent.grids()[0], picture: picture)
    }

    private func record(_ name: String, _ tensor: Tensor) { options.trace?.record(name, tensor.shape, tensor.values) }

    private func noise(count: Int) -> (Int, Int) -> [Float] {
        let seed = request.parameters.seed
        return options.noise ?? { GaussianNoise(seed: seed, stream: UInt32($0 * 4 + $1 + 1)).floats(count) }
    }

    /// Every picture's way to noise, as far as it is known: a generated one's whole, a given one's first latent.
    private func trajectories(
        _ embeddings: EditEmbeddings, bank: MemoryBank?, report: inout ProgressKeeper
    ) throws -> [Inversion.Trajectory] {
        var pictures: [Inversion.Trajectory] = []
        switch request.source {
        case .picture(let picture): pictures.append(.init(latents: [try encode(picture)], text: embeddings.base))
        case .generated(let generation): pictures.append(try sampled(generation, embeddings.base, bank, report: &report))
        }
        if let reference = request.action.reference {
            pictures.append(.init(latents: [try encode(reference)], text: embeddings.pictures[1]))
        }
        report.finish(.encode, step: 1)
        return pictures
    }

    private func encode(_ picture: WorkingPicture) throws -> Tensor {
        try model.autoencoder.encode(
            Tensor(picture.values, shape: [1, 3, picture.height, picture.width], in: context), in: context)
    }

    /// Generates the picture, keeping its latents and, for the bank, the prompt's keys and values.
    private func sampled(
        _ generation: GenerationRequest, _ text: Tensor, _ bank: MemoryBank?, report: inout ProgressKeeper
    ) throws -> Inversion.Trajectory {
        var latents: [Tensor] = []
        let item = generation.guidanceScale == 1 ? 0 : 1
        let last = try model.sample(
            generation, exchange: bank, in: context,
            visit: { step, latent in
                bank?.phase = .record(step: step, pictures: [(item: item, picture: 0)])
                latents.append(latent)
            }, progress: { done, _ in report.finish(.generate, step: done) })
        return .init(latents: [last] + latents.reversed(), text: text, isSampled: true)
    }
}

extension Tensor {
    /// Each item of a batch of latents as plain numbers.
    func grids() -> [LatentGrid] {
        let all = values
        return (0..<batch).map {
            LatentGrid(channels: channels, height: shape[2], width: shape[3], values: Array(all[$0 * itemCount..<($0 + 1) * itemCount]))
        }
    }
}

extension EditTrace {
    /// Records a sequence as PyTorch lays it out, `[batch, tokens, channels]`.
    func recordSequence(_ name: String, _ tensor: Tensor) {
        let (batch, channels, tokens, values) = (tensor.batch, tensor.channels, tensor.columns, tensor.values)
        var turned = [Float](repeating: 0, count: values.count)
        for item in 0..<batch {
            for c in 0..<channels {
                for t in 0..<tokens { turned[(item * tokens + t) * channels + c] = values[(item * channels + c) * tokens + t] }
            }
        }
        record(name, [batch, tokens, channels], turned)
    }
}
