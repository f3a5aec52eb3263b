import DragonImage
import DragonModel
import DragonTensor

/// A prepared picture of which a model makes some places anew, in few steps from noise: no inversion, no energies, no bank.
///
/// A model for inpainting takes the picture around the places as it is (Rombach et al., 2022, section 4.5). For any other, what stays is
/// laid into every latent at its level of noise (Avrahami et al., Blended Latent Diffusion, 2023, arXiv 2206.02779).
public struct InpaintingRequest: Sendable {
    /// The picture as it is intended: filled, laid, warped.
    public var picture: WorkingPicture
    /// The places, in cells of the latent.
    public var cells: Mask
    /// The steps, the first of them, the guidance scale and the seed are taken.
    public var parameters: EditParameters
    /// Of each cell the step that begins it, no earlier than the first one: until then it stays as it is; nil begins all at once. Not
    /// with a model for inpainting.
    public var begins: [Int]?
    /// What the places must not look at, in cells of the latent, nor much at themselves (see ``HoleAttention``); nil lets all look at all.
    public var unseen: Mask?

    /// Places of a picture.
    public init(picture: WorkingPicture, cells: Mask, parameters: EditParameters) {
        (self.picture, self.cells, self.parameters) = (picture, cells, parameters)
    }

    /// Throws what cannot be met, before any heavy work.
    public func validate() throws {
        try EditError.check(picture, on: picture.size, "the picture")
        try parameters.validate()
        guard cells.count > 0 else { throw EditError.emptyMask(what: "what is to be made") }
        let counts = [begins?.count, unseen?.cells.count].compactMap(\.self)
        guard let wrong = counts.first(where: { $0 != cells.cells.count }) else { return }
        throw EditError.size(what: "the cells of what is to be made", found: "\(wrong)", expected: "\(cells.cells.count)")
    }

    /// The work ahead, a prediction of the noise for one picture being the unit.
    ///
    /// - Parameter isInpainting: whether the model takes the picture's surroundings, which are encoded too.
    public func parts(isInpainting: Bool) -> [Job.Part] {
        parameters.inpaintingParts(isInpainting: isInpainting)
    }

    /// What a model for inpainting sees.
    fileprivate func surroundings(_ autoencoder: Autoencoder, in context: ComputeContext) throws -> Surroundings {
        let mask = try Tensor(cells.cells.map { $0 ? 1 : 0 }, shape: [1, 1, cells.height, cells.width], in: context)
        return try Surroundings(mask: mask, picture: autoencoder.encode(emptied, in: context), in: context)
    }

    /// The picture with grey where it is to be made.
    private var emptied: WorkingPicture {
        let (down, across) = (picture.height / cells.height, picture.width / cells.width)
        let area = picture.height * picture.width
        let values = picture.values.indices.map { at -> Float in
            let (y, x) = (at % area / picture.width, at % picture.width)
            return cells[y / down, x / across] ? 0 : picture.values[at]
        }
        return WorkingPicture(height: picture.height, width: picture.width, values: values)
    }
}

extension DiffusionModel {
    /// Makes places of a picture anew, telling the context's job of every step.
    ///
    /// - Returns: the picture with them, and the unchanged one after the autoencoder: `[1, 3, height, width]`, about −1 … 1, not clamped.
    /// - Throws: ``EditError`` before any heavy work; ``CancellationError``.
    public func inpaint(
        _ request: InpaintingRequest, _ conditioning: EditConditioning, options: EditOptions = EditOptions(), in context: ComputeContext
    ) throws -> (result: Tensor, reconstruction: Tensor) {
        try request.validate()
        let pictures = request.parameters.usesTinyAutoencoder ? quickAutoencoder ?? autoencoder : autoencoder
        let origin = try pictures.encode(request.picture, in: context)
        options.trace?.record("picture", [1, 3, request.picture.height, request.picture.width], request.picture.values)
        options.trace?.recordSequence("context", conditioning.base.text)
        options.trace?.record("z0", origin)
        let surroundings = try unet.configuration.isInpainting ? request.surroundings(pictures, in: context) : nil
        if let surroundings { options.trace?.record("surroundings", surroundings.channels) }
        context.job.finish(.encode)
        // Neither the autoencoder's large buffers nor its weights are of use to what follows.
        context.releaseIdleMemory()
        releaseIdleWeights()
        let run = InpaintingRun(
            model: self, request: request, conditioning: conditioning, origin: origin, surroundings: surroundings, options: options,
            context: context)
        let latent = try run.sample()
        context.releaseIdleMemory()
        let result = try pictures.decode(latent, in: context)
        try result.checkFinite(after: "decoding", step: 1)
        let reconstruction = try pictures.decode(origin, in: context)
        context.job.finish(.decode)
        options.trace?.record("image", result)
        return (result, reconstruction)
    }
}

extension Autoencoder {
    fileprivate func encode(_ picture: WorkingPicture, in context: ComputeContext) throws -> Tensor {
        try encode(Tensor(picture.values, shape: [1, 3, picture.height, picture.width], in: context), in: context)
    }
}

/// The steps of one inpainting.
private struct InpaintingRun {
    let model: DiffusionModel
    let request: InpaintingRequest
    let conditioning: EditConditioning
    /// The picture's own latent.
    let origin: Tensor
    /// What an inpainting model takes beside the noisy latent; nil for other models.
    let surroundings: Surroundings?
    let options: EditOptions
    let context: ComputeContext

    private var parameters: EditParameters { request.parameters }

    /// The latent of the picture with the places made.
    func sample() throws -> Tensor {
        let solver = try model.schedule.run(steps: parameters.steps)
        let first = parameters.firstStep
        let noise = try noise(stream: 0)
        let text = try text()
        let attention = request.unseen.map { HoleAttention(made: request.cells, unseen: $0) }
        let preview =
            options.wantsPreviews
            ? SamplingPreview(model, in: context) { LatentPreview(latent: origin.grids()[0], picture: request.picture) } : nil
        var z = try solver.noised(origin, noise, signal: solver.signal(before: first), context)
        options.trace?.record("start", z)
        for step in first..<solver.timesteps.count {
            attention?.lowersOwn = HoleAttention.lowersOwn(at: step - first, of: solver.timesteps.count - first)
            let predicted = try model.predict(
                z, timestep: solver.timesteps[step], text: text, guidanceScale: parameters.guidanceScale, surroundings: surroundings,
                image: conditioning.image(at: step, parameters), exchange: attention, in: context)
            let shown = try preview.flatMap { try $0.picture(of: guess(z, predicted, at: step, solver)) }
            z = try solver.step(z, predicted: predicted, at: step, noise: { try self.noise(stream: step + 1) }, context)
            if surroundings == nil {
                // In the end what stays has no noise at all, whatever the schedule's last step leaves.
                let isLast = step == solver.timesteps.count - 1
                z = try keepingOutside(z, noise, signal: isLast ? 1 : solver.signal(after: step), solver, at: step)
            }
            try z.checkFinite(after: "sampling", step: step + 1 - first)
            options.trace?.record("z.\(step)", z)
            context.job.finish(.sample, step: step + 1 - first, preview: shown)
        }
        return z
    }

    private func noise(stream: Int) throws -> Tensor {
        guard let given = options.noise else {
            return try GaussianNoise(seed: parameters.seed, stream: UInt32(stream)).tensor(origin.shape, in: context)
        }
        return try Tensor(given(stream, 0), shape: origin.shape, in: context)
    }

    private func text() throws -> Tensor {
        guard model.predictionsAtOnce(parameters.guidanceScale) == 2 else { return conditioning.base.text }
        return try Tensor.stacked([conditioning.empty.text, conditioning.base.text], in: context)
    }

    /// The picture that a prediction leads to, around it what stays.
    private func guess(_ latent: Tensor, _ predicted: Tensor, at step: Int, _ solver: any Solver) throws -> Tensor {
        try laying(origin, around: solver.origin(latent, predicted, signal: solver.signal(before: step), context), at: step)
    }

    /// What stays, at the latent's level of noise.
    private func keepingOutside(
        _ latent: Tensor, _ noise: Tensor, signal: Double, _ solver: any Solver, at step: Int
    ) throws -> Tensor {
        try laying(solver.noised(origin, noise, signal: signal, context), around: latent, at: step)
    }

    /// A latent where it is made at a step, and another one everywhere else.
    private func laying(_ other: Tensor, around latent: Tensor, at step: Int) throws -> Tensor {
        let kept = other.values
        var values = latent.values
        var cells = request.cells.cells
        let area = cells.count
        if let begins = request.begins { for at in cells.indices where begins[at] > step { cells[at] = false } }
        for at in values.indices where !cells[at % area] { values[at] = kept[at] }
        return try Tensor(values, shape: latent.shape, in: context)
    }
}
