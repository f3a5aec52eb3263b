import DragonImage
import DragonModel
import DragonTensor

/// How an edit may use the machine, and what it leaves behind.
public struct EditOptions {
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
    /// Whether the inversion is to serve another run, with its bank where that is small enough.
    public var isReused = false
    /// The guidance branch of another frame, under the same settings: its keys and values stand beside this one's.
    public var anchor: InvertedEdit?

    /// The usual options.
    public init() {}
}

extension DiffusionModel {
    /// Edits a picture on the working grid, telling the context's job of every step.
    ///
    /// - Returns: `[1, 3, height, width]`, about −1 … 1, not clamped.
    /// - Throws: ``EditError`` for a request that cannot be met, before any heavy work; ``CancellationError``.
    public func edit(
        _ request: EditRequest, _ conditioning: EditConditioning, options: EditOptions = EditOptions(), in context: ComputeContext
    ) throws -> Tensor {
        context.job.expect(request.parts())
        return try invert(request, conditioning, options: options, in: context)
            .sample(request, conditioning, options: options, in: context)
    }

    /// The guidance branch of an edit: its pictures' ways to noise, and the memory bank.
    ///
    /// - Throws: as ``edit(_:_:options:in:)`` does.
    public func invert(
        _ request: EditRequest, _ conditioning: EditConditioning, options: EditOptions, in context: ComputeContext
    ) throws -> InvertedEdit {
        let request = request.settled
        try request.validate()
        let plan = try request.plan(downsampling: autoencoder.configuration.downsampling)
        let memory = EditMemory(request, self, keepsFullPrecision: options.keepsFullPrecision)
        let keepsBank = try memory.keepsBank(limit: options.memoryLimit)
        try options.checkNoise(request, self)
        return try InvertedEdit(self, request, conditioning, plan: plan, keepsBank: keepsBank, options: options, in: context)
    }
}

extension EditRequest {
    /// With the number of steps that will run.
    fileprivate var settled: EditRequest {
        var request = self
        if case .generated(let generation) = source { request.parameters.steps = generation.steps }
        return request
    }

    /// The work ahead, a prediction of the noise for one picture being the unit.
    ///
    /// - Parameter isInverted: whether the guidance branch is there already.
    public func parts(isInverted: Bool = false) -> [Job.Part] {
        let parameters = settled.parameters
        let pictures: Double = edit.reference == nil ? 1 : 2
        guard !isInverted else { return parameters.samplingParts(pictures: pictures) }
        guard case .generated = source else { return parameters.inversionParts(pictures: pictures) }
        // A generated picture is followed from its own noise; a reference is inverted all the same.
        let (steps, inverted) = (parameters.steps, pictures - 1)
        return [
            Job.Part(.generate, steps: steps, cost: 2), Job.Part(.encode, cost: inverted),
            Job.Part(.invert, steps: steps - parameters.firstStep, cost: inverted),
        ] + parameters.samplingParts(pictures: pictures)
    }
}

extension EditOptions {
    /// Throws unless given noise has the latent's number of elements wherever it will be asked for.
    fileprivate func checkNoise(_ request: EditRequest, _ model: DiffusionModel) throws {
        guard let noise else { return }
        let side = model.autoencoder.configuration.downsampling
        let count = (request.source.size.height / side) * (request.source.size.width / side) * model.unet.configuration.inChannels
        let schedule = PublishedSchedule(request.parameters)
        for step in 0..<request.parameters.steps where schedule.addsNoise(step) {
            for repetition in 0..<schedule.repetitions(step) {
                let found = noise(step, repetition).count
                guard found == count else {
                    throw EditError.size(what: "the recorded noise", found: "\(found) numbers", expected: "\(count)")
                }
            }
        }
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
    func record(_ name: String, _ tensor: Tensor) { record(name, tensor.shape, tensor.values) }

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
