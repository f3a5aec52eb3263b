import DragonModel
import DragonTensor

/// How an edit may use the machine, and what it reports.
public struct EditOptions {
    /// Called after every step.
    public var progress: (EditProgress) -> Void = { _ in }
    /// Takes every intermediate, where one is given.
    public var trace: EditTrace?
    /// Noise of the regional SDE for (step, repetition), of the latent's size; nil draws it from the seed.
    public var noise: ((Int, Int) -> [Float])?
    /// Bytes that the memory bank may take; above them its steps are computed anew when they are needed.
    public var bankLimit = 4 << 30
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
        try request.validate()
        let schedule = try Schedule(schedule, steps: request.parameters.steps)
        var report = ProgressKeeper(request, steps: schedule.timesteps.count, call: options.progress)
        let embeddings = try EditEmbeddings(request, model: self, in: context)
        options.trace?.recordSequence("context", embeddings.pictures)
        let encoded = try encode([request.picture] + (request.action.reference.map { [$0] } ?? []), in: context)
        report.finish(.encode, step: 1)
        options.trace?.record("z0", encoded.shape, encoded.values)
        let plan = try request.plan(latentHeight: encoded.shape[2], latentWidth: encoded.shape[3])
        let bank = MemoryBank(mixing: plan.mixing, precision: options.keepsFullPrecision ? .float32 : .float16)
        let inversion = Inversion(
            unet: unet, schedule: schedule, encoded: encoded, text: embeddings.pictures, bank: bank,
            keepsBank: bankBytes(request, options) <= options.bankLimit)
        try inversion.run(in: context) { report.finish(.invert, step: $0) }
        let last = inversion.latents[inversion.latents.count - 1]
        options.trace?.record("zT", last.shape, last.values)
        let start = plan.start(last.grids())
        options.trace?.record("start", [1, start.channels, start.height, start.width], start.values)
        let noise =
            options.noise ?? { GaussianNoise(seed: request.parameters.seed, stream: UInt32($0 * 4 + $1)).floats(start.values.count) }
        let sampler = EditSampler(
            model: self, request: request, plan: plan, inversion: inversion, embeddings: embeddings, noise: noise, trace: options.trace,
            context: context)
        let z = try sampler.run(
            from: Tensor(start.values, shape: [1, start.channels, start.height, start.width], in: context)
        ) { report.finish(.sample, step: $0) }
        let image = try autoencoder.decode(z, in: context)
        report.finish(.decode, step: 1)
        options.trace?.record("image", image.shape, image.values)
        return image
    }

    /// Latents of pictures, one after the other.
    private func encode(_ pictures: [WorkingPicture], in context: ComputeContext) throws -> Tensor {
        try Tensor.stacked(
            pictures.map {
                try autoencoder.encode(Tensor($0.values, shape: [1, 3, $0.height, $0.width], in: context), in: context)
            }, in: context)
    }

    /// Bytes of a whole memory bank: keys and values of every decoder self-attention layer, at every step that mixes.
    func bankBytes(_ request: EditRequest, _ options: EditOptions) -> Int {
        let configuration = unet.configuration
        let side = autoencoder.configuration.downsampling
        let cells = (request.picture.height / side) * (request.picture.width / side)
        var elements = 0
        for (position, block) in configuration.upBlocks.enumerated() where block == .crossAttention {
            let level = configuration.levels - 1 - position
            elements += 2 * (configuration.layersPerBlock[level] + 1) * configuration.blockOutChannels[level] * (cells >> (2 * level))
        }
        return elements * request.parameters.steps * (options.keepsFullPrecision ? 4 : 2)
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
