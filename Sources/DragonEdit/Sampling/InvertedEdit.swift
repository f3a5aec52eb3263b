import DragonImage
import DragonModel
import DragonTensor

/// The guidance branch of an edit, done: what any number of samplings go on from that differ in seed, strength, weights or in what the
/// edited picture is to show.
///
/// One sampling at a time: the memory bank is its own.
public final class InvertedEdit: @unchecked Sendable {
    // Unchecked: whoever holds it runs one sampling at a time, and nothing else is changed.
    private let model: DiffusionModel
    private let request: EditRequest
    private let inversion: Inversion
    /// What the object leaves, where that is begun anew.
    private let vacated: VacatedCells?

    init(
        _ model: DiffusionModel, _ request: EditRequest, _ conditioning: EditConditioning, plan: any EditPlan, keepsBank: Bool,
        options: EditOptions, in context: ComputeContext
    ) throws {
        (self.model, self.request) = (model, request)
        vacated = request.parameters.start == .arranged ? plan.vacated : nil
        let sampler = try DDIMSampler(model.schedule, steps: request.parameters.steps)
        try options.trace?.recordSequence("context", Tensor.stacked(Self.texts(request, conditioning), in: context))
        let bank = MemoryBank(
            mixing: plan.mixing, precision: options.keepsFullPrecision ? .float32 : .float16,
            schedule: PublishedSchedule(request.parameters),
            isReused: options.isReused && keepsBank, vacated: vacated)
        let branch = GuidanceBranch(model: model, request: request, conditioning: conditioning, context: context)
        let pictures = try branch.trajectories(bank: keepsBank ? bank : nil)
        // Neither the autoencoder's large buffers nor its weights are of use to what follows.
        context.releaseIdleMemory()
        model.releaseIdleWeights()
        try options.trace?.record("z0", Tensor.stacked(pictures.map { $0.latents[0] }, in: context))
        inversion = Inversion(
            unet: model.unet, sampler: sampler, pictures: pictures, bank: bank, keepsBank: keepsBank,
            parameters: request.parameters)
        try inversion.run(in: context)
        try options.trace?.record("zT", inversion.noisiest(in: context))
    }

    private static func texts(_ request: EditRequest, _ conditioning: EditConditioning) -> [Tensor] {
        [conditioning.source.text] + (request.edit.reference == nil ? [] : [conditioning.reference.text])
    }

    /// Whether a request with other numbers, but of the same pictures and edit, can go on from here.
    public func serves(_ parameters: EditParameters) -> Bool {
        let own = request.parameters
        return (own.steps, own.firstStep, own.scheduleSteps, own.start, own.isThrifty)
            == (parameters.steps, parameters.firstStep, parameters.scheduleSteps, parameters.start, parameters.isThrifty)
    }

    /// Bytes of what its memory bank keeps.
    public var bankMemory: Int { inversion.bank.memory }

    /// The picture's latent.
    private var latent: Tensor { inversion.pictures[0].latents[0] }

    /// The unedited picture after the autoencoder.
    public func reconstruction(in context: ComputeContext) throws -> Tensor { try model.autoencoder.decode(latent, in: context) }

    /// The generation branch: the edited picture.
    ///
    /// - Parameters:
    ///   - request: the one that was inverted, or one that ``serves(_:)`` says yes to.
    ///   - conditioning: of the same given pictures; the edited one may be to show something else.
    /// - Returns: `[1, 3, height, width]`, about −1 … 1, not clamped.
    public func sample(
        _ request: EditRequest, _ conditioning: EditConditioning, options: EditOptions, in context: ComputeContext
    ) throws -> Tensor {
        var request = request
        request.parameters.steps = self.request.parameters.steps
        let plan = try request.plan(downsampling: model.autoencoder.configuration.downsampling)
        let inverted = try inversion.noisiest(in: context).grids()
        let fresh = FreshNoise(
            own: latent.grids()[0], inverted: inverted[0], shares: inversion.sampler.shares(at: request.parameters.firstStep),
            seed: request.parameters.seed)
        let planned = start(plan, inverted, fresh, request.parameters)
        options.trace?.record("start", [1, planned.channels, planned.height, planned.width], planned.values)
        let varied = variation(of: planned, fresh, request, plan)
        let start = try Tensor(varied.values, shape: [1, varied.channels, varied.height, varied.width], in: context)
        inversion.bank.anchor = options.anchor?.inversion.bank
        let run = EditSampler(
            model: model, request: request, plan: plan, inversion: inversion, conditioning: conditioning, options: options,
            context: context)
        let preview = try options.wantsPreviews ? SamplingPreview(model, in: context) { try linearPreview(in: context) } : nil
        let z = try run.run(from: start) { step, origin in
            context.job.finish(.sample, step: step, preview: preview?.picture(of: origin))
        }
        context.releaseIdleMemory()
        let image = try model.autoencoder.decode(z, in: context)
        try image.checkFinite(after: "decoding", step: 1)
        context.job.finish(.decode)
        options.trace?.record("image", image)
        return image
    }

    /// What sampling begins with: as published, or arranged, where what an object leaves is begun anew.
    private func start(_ plan: any EditPlan, _ inverted: [LatentGrid], _ fresh: FreshNoise, _ parameters: EditParameters) -> LatentGrid {
        var result = parameters.start == .arranged ? plan.arranged(inverted) : plan.start(inverted)
        if let vacated { fresh.begin(vacated.left, of: &result, around: vacated.object) }
        return result
    }

    /// Share of the noise that another seed puts in place of the inverted one, where something is made anew.
    private static let freshShare: Float = 0.8

    /// The start with other noise where the seed may decide.
    private func variation(of start: LatentGrid, _ fresh: FreshNoise, _ request: EditRequest, _ plan: any EditPlan) -> LatentGrid {
        guard request.parameters.seed != 0 else { return start }
        var cells = request.invented?.resized(height: start.height, width: start.width) ?? plan.inventedRegion
        // What is vacated is the seed's already, and has nothing of the picture's own to keep.
        if let vacated { cells = cells & !vacated.left }
        var result = start
        fresh.vary(cells, of: &result, share: Self.freshShare)
        return result
    }

    /// How to show latents while sampling without a decoder.
    private func linearPreview(in context: ComputeContext) throws -> LatentPreview {
        guard case .picture(let picture) = request.source else {
            let decoded = try reconstruction(in: context)
            return LatentPreview(
                latent: latent.grids()[0],
                picture: WorkingPicture(height: decoded.shape[2], width: decoded.shape[3], values: decoded.values))
        }
        return LatentPreview(latent: latent.grids()[0], picture: picture)
    }
}

/// Where the pictures of an edit come from.
private struct GuidanceBranch {
    let model: DiffusionModel
    let request: EditRequest
    let conditioning: EditConditioning
    let context: ComputeContext

    /// Every picture's way to noise, as far as it is known: a generated one's whole, a given one's first latent.
    func trajectories(bank: MemoryBank?) throws -> [Inversion.Trajectory] {
        var pictures: [Inversion.Trajectory] = []
        switch request.source {
        case .picture(let picture): pictures.append(.init(latents: [try encode(picture)], conditioning: conditioning.source))
        case .generated(let generation): pictures.append(try sampled(generation, bank))
        }
        if let reference = request.edit.reference {
            pictures.append(.init(latents: [try encode(reference)], conditioning: conditioning.reference))
        }
        context.job.finish(.encode)
        return pictures
    }

    private func encode(_ picture: WorkingPicture) throws -> Tensor {
        try model.autoencoder.encode(
            Tensor(picture.values, shape: [1, 3, picture.height, picture.width], in: context), in: context)
    }

    /// Generates the picture, keeping its latents and, for the bank, the prompt's keys and values.
    private func sampled(_ generation: GenerationRequest, _ bank: MemoryBank?) throws -> Inversion.Trajectory {
        var latents: [Tensor] = []
        let item = generation.guidanceScale == 1 ? 0 : 1
        let last = try model.sample(
            generation, exchange: bank, in: context,
            visit: { step, latent in
                bank?.phase = .record(step: step, pictures: [(item: item, picture: 0)])
                latents.append(latent)
            })
        return .init(latents: [last] + latents.reversed(), conditioning: conditioning.base, isSampled: true)
    }
}
