import DragonTensor

/// What to generate.
public struct GenerationRequest: Sendable {
    /// What the picture shows.
    public var prompt: String
    /// What guidance steers away from.
    public var negativePrompt: String
    /// DDIM steps, 1 ... 1000.
    public var steps: Int
    /// Classifier-free guidance scale (Ho and Salimans, 2022); 1 halves the work.
    public var guidanceScale: Float
    /// Seed of the noise.
    public var seed: UInt64
    /// Width in pixels, a multiple of 64.
    public var width: Int
    /// Height in pixels, a multiple of 64.
    public var height: Int

    /// A request with the usual settings of Stable Diffusion.
    public init(
        prompt: String, negativePrompt: String = "", steps: Int = 50, guidanceScale: Float = 7.5, seed: UInt64 = 0, width: Int = 512,
        height: Int = 512
    ) {
        self.prompt = prompt
        self.negativePrompt = negativePrompt
        self.steps = steps
        self.guidanceScale = guidanceScale
        self.seed = seed
        self.width = width
        self.height = height
    }
}

/// What can be wrong with a request.
public enum RequestError: Error, Equatable, CustomStringConvertible {
    /// A side that is no multiple of 64, or out of bounds.
    case side(name: String, value: Int)
    /// A guidance scale that is not a number, or beyond use.
    case guidanceScale(Float)

    /// One line that says what to do.
    public var description: String {
        switch self {
        case .side(let name, let value):
            "\(name) \(value) is not possible: choose a multiple of \(Limits.sideMultiple) from \(Limits.side.lowerBound) to \(Limits.side.upperBound)"
        case .guidanceScale(let value): "guidance scale \(value) is not possible: choose a number from 0 to 100"
        }
    }
}

extension GenerationRequest {
    /// Throws what is wrong, before any heavy work starts.
    public func validate() throws {
        for (name, value) in [("width", width), ("height", height)] {
            guard Limits.isSide(value) else { throw RequestError.side(name: name, value: value) }
        }
        guard Limits.guidanceScale.contains(guidanceScale) else { throw RequestError.guidanceScale(guidanceScale) }
    }
}

extension DiffusionModel {
    /// Generates a picture by DDIM, telling the context's job of every step.
    ///
    /// - Returns: `[1, 3, height, width]`, about −1 … 1, not clamped.
    ///
    /// - Parameter image: a picture that is a prompt too.
    public func generate(_ request: GenerationRequest, image: ImageInfluence? = nil, in context: ComputeContext) throws -> Tensor {
        context.job.expect([Job.Part(.generate, steps: request.steps, cost: 1), Job.Part(.decode, cost: 1)])
        let picture = try autoencoder.decode(sample(request, image: image, in: context), in: context)
        try picture.checkFinite(after: "decoding", step: 1)
        context.job.finish(.decode)
        return picture
    }

    /// The latent of a generated picture.
    ///
    /// - Parameters:
    ///   - image: a picture that is a prompt too.
    ///   - exchange: watches the decoder's self-attention; called for a batch whose last item is the prompt's.
    ///   - visit: called with every step's number and the latent before it.
    public func sample(
        _ request: GenerationRequest, image: ImageInfluence? = nil, exchange: (any SelfAttentionExchange)? = nil,
        in context: ComputeContext,
        visit: (Int, Tensor) -> Void = { _, _ in }
    ) throws -> Tensor {
        try request.validate()
        let solver = try schedule.run(steps: request.steps)
        let prompts = predictionsAtOnce(request.guidanceScale) == 2 ? [request.negativePrompt, request.prompt] : [request.prompt]
        let text = try Tensor.stacked(prompts.map { try embed($0, in: context) }, in: context)
        let factor = autoencoder.configuration.downsampling
        let shape = [1, autoencoder.configuration.latentChannels, request.height / factor, request.width / factor]
        let surroundings = unet.configuration.isInpainting ? try Surroundings(nothingOf: request, self, in: context) : nil
        var latent = try Tensor(GaussianNoise(seed: request.seed).floats(shape.reduce(1, *)), shape: shape, in: context)
        for (index, t) in solver.timesteps.enumerated() {
            visit(index, latent)
            let predicted = try predict(
                latent, timestep: t, text: text, guidanceScale: request.guidanceScale, surroundings: surroundings, image: image,
                exchange: exchange, in: context)
            let noise = { try GaussianNoise(seed: request.seed, stream: UInt32(index + 1)).tensor(shape, in: context) }
            latent = try solver.step(latent, predicted: predicted, at: index, noise: noise, context)
            try latent.checkFinite(after: "sampling", step: index + 1)
            context.job.finish(.generate, step: index + 1)
        }
        return latent
    }

    /// Predictions that a guidance scale takes at each step: two, or one where it is 1 or the network itself takes it.
    public func predictionsAtOnce(_ guidanceScale: Float) -> Int {
        guidanceScale == 1 || unet.configuration.guidanceEmbeddingDim != nil ? 1 : 2
    }

    /// ε_u + s·(ε_c − ε_u); `text` holds the unconditional embedding first, or the conditional one alone.
    ///
    /// - Parameters:
    ///   - surroundings: what an inpainting model takes beside the latent.
    ///   - image: a picture that is a prompt too.
    ///   - exchange: what the decoder's self-attention attends to; nil for its own tokens.
    ///   - encoded: the encoder's part for the prompt, where it is there already.
    public func predict(
        _ latent: Tensor, timestep: Int, text: Tensor, guidanceScale: Float, surroundings: Surroundings? = nil,
        image: ImageInfluence? = nil, exchange: (any SelfAttentionExchange)? = nil, encoded: EncodedLatent? = nil,
        in context: ComputeContext
    ) throws -> Tensor {
        let input = try surroundings.map { try latent.concatenatingChannels($0.channels, in: context) } ?? latent
        guard text.batch == 2 else {
            return try unet(
                input, timestep: timestep, text: text, guidanceScale: guidanceScale, image: image, exchange: exchange, encoded: encoded,
                in: context)
        }
        let encoded = try encoded.map { known in
            let empty = try unet.encoded(input, timestep: timestep, text: text.items(0..<1, in: context), in: context)
            return try EncodedLatent.stacked(empty, known, in: context)
        }
        let both = try unet(
            Tensor.stacked([input, input], in: context), timestep: timestep, text: text, image: image, exchange: exchange, encoded: encoded,
            in: context)
        return try both.items(1..<2, in: context).scaled(
            by: guidanceScale, adding: both.items(0..<1, in: context), scaledBy: 1 - guidanceScale, in: context)
    }
}
