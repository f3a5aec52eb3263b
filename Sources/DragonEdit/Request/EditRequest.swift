import DragonImage
import DragonModel
import DragonTensor

/// A picture on the working grid: sides are multiples of 64.
public struct WorkingPicture: Sendable, Equatable {
    /// Rows.
    public let height: Int
    /// Columns.
    public let width: Int
    /// Red, then green, then blue, row by row, in −1 … 1.
    public let values: [Float]

    /// A picture of `3·height·width` values.
    public init(height: Int, width: Int, values: [Float]) { (self.height, self.width, self.values) = (height, width, values) }

    /// Colours as the networks take them, which know none beyond 0 … 1.
    package init(_ colours: Raster) {
        self.init(
            height: colours.height, width: colours.width,
            values: colours.planes.prefix(3).flatMap { $0.map { min(max($0, 0), 1) * 2 - 1 } })
    }

    /// The part of a picture from its upper left corner on.
    package init(_ source: PictureSource, size: PixelSize) {
        self.init(source.colours(in: size.box))
    }

    /// Columns and rows.
    public var size: PixelSize { PixelSize(width: width, height: height) }

    /// The picture as modes read it.
    public var source: PictureSource {
        PictureSource(width: width, height: height) { box in
            Raster(
                width: box.width, height: box.height,
                planes: (0..<3).map { c in
                    (0..<box.width * box.height).map { i in
                        let y = min(max(i / box.width + box.y, 0), height - 1)
                        let x = min(max(i % box.width + box.x, 0), width - 1)
                        return (values[(c * height + y) * width + x] + 1) / 2
                    }
                })
        }
    }
}

/// What to edit and how, on the working grid.
public struct EditRequest: Sendable {
    /// Where the picture to edit comes from.
    public enum Source: Sendable {
        /// A given picture, which is inverted.
        case picture(WorkingPicture)
        /// A picture that the model generates first; its own trajectory stands in for the inversion. Steps, prompt and
        /// seed are taken from there.
        case generated(GenerationRequest)

        /// Sides of the working grid.
        public var size: PixelSize {
            switch self {
            case .picture(let picture): picture.size
            case .generated(let request): PixelSize(width: request.width, height: request.height)
            }
        }
    }

    /// The picture to edit.
    public var source: Source
    /// What the edit does.
    public var edit: any WorkingEdit
    /// The numbers that tune it.
    public var parameters: EditParameters
    /// Where the seed may decide what is made, of the picture's size; nil is where the mode says.
    public var invented: Mask?

    /// An edit of a picture.
    public init(source: Source, edit: any WorkingEdit, parameters: EditParameters) {
        (self.source, self.edit, self.parameters) = (source, edit, parameters)
    }

    /// Throws what cannot be met, before any heavy work starts.
    ///
    /// - Parameter downsampling: pixels in a cell of the latent; where it is given, an object must also land on the picture.
    public func validate(downsampling: Int? = nil) throws {
        switch source {
        case .picture(let picture): try EditError.check(picture, on: picture.size, "the picture")
        case .generated(let generation): try generation.validate()
        }
        try edit.validate(on: source.size)
        try parameters.validate()
        if let downsampling { _ = try plan(downsampling: downsampling) }
    }

    func plan(downsampling: Int) throws -> any EditPlan {
        try edit.plan(parameters.weights, EditGrids(source.size, downsampling: downsampling))
    }
}

extension EditParameters {
    package func validate() throws {
        try EditError.check("the number of steps", steps, Limits.steps)
        try EditError.check("the first step", firstStep, 0...steps - 1)
        try EditError.check("the guidance scale", guidanceScale, Limits.guidanceScale)
        try EditError.check("the energy scale", energyScale, Limits.energyScale)
        try EditError.check("the SDE strength", sdeStrength, Limits.sdeStrength)
        try EditError.check("the image prompt's scale", imageScale, Limits.imageScale)
        for (name, value) in [
            ("w-edit", weights.edit), ("w-content", weights.content), ("w-contrast", weights.contrast), ("w-inpaint", weights.inpaint),
        ] { try EditError.check(name, value, Limits.weight) }
    }
}

/// What the network is told that an edit's pictures show.
public struct EditPrompts: Sendable, Equatable {
    /// Token ids of what the edited picture is to show.
    public var base: [Int]
    /// Of what the given picture shows, which its inversion is told; nil is the same.
    public var source: [Int]?
    /// Of the empty prompt.
    public var empty: [Int]
    /// Of what the second picture shows; nil is the same as the given picture.
    public var reference: [Int]?
    /// A picture that is a prompt too, for a model with an adapter.
    public var image: ImagePromptPicture?

    /// Prompts as token ids.
    public init(base: [Int], empty: [Int], reference: [Int]? = nil, source: [Int]? = nil) {
        (self.base, self.empty, self.reference, self.source) = (base, empty, reference, source)
    }

    /// What the pictures' inversions are told.
    package var inverted: [[Int]] { [source ?? base, reference ?? source ?? base] }
}

extension DiffusionModel {
    /// Prompts as text; beyond what the model reads the end is left out.
    public func prompts(_ base: String, reference: String? = nil, source: String? = nil) -> EditPrompts {
        EditPrompts(
            base: tokenizer.encode(base), empty: tokenizer.encode(""), reference: reference.map { tokenizer.encode($0) },
            source: source.map { tokenizer.encode($0) })
    }

    /// A picture as its prompts have it.
    ///
    /// - Throws: ``EditError/needsAdapter`` where the model does not take pictures as prompts.
    public func imagePromptPicture(_ source: PictureSource) throws -> ImagePromptPicture {
        guard let imageAdapter else { throw EditError.needsAdapter }
        return ImagePromptPicture(source, side: imageAdapter.imageSide)
    }

    /// What the network is to see in a picture.
    ///
    /// - Throws: ``EditError/needsAdapter`` where the model does not take pictures as prompts.
    public func imagePrompt(_ picture: ImagePromptPicture, in context: ComputeContext) throws -> ImagePrompt {
        guard let imageAdapter else { throw EditError.needsAdapter }
        return try imageAdapter.prompt(picture.values, in: context)
    }

    /// What predictions for an edit are conditioned on.
    public func conditioning(_ prompts: EditPrompts, in context: ComputeContext) throws -> EditConditioning {
        let base = try conditioning(tokens: prompts.base, in: context)
        let source = try prompts.source.map { try self.conditioning(tokens: $0, in: context) } ?? base
        var conditioning = EditConditioning(
            base: base, empty: try conditioning(tokens: prompts.empty, in: context),
            reference: try prompts.reference.map { try self.conditioning(tokens: $0, in: context) } ?? source)
        conditioning.source = source
        conditioning.image = try prompts.image.map { try imagePrompt($0, in: context) }
        return conditioning
    }
}

/// What the predictions of an edit are conditioned on.
public struct EditConditioning: Sendable {
    /// For the edited picture.
    public let base: Conditioning
    /// For the given picture, which the inversion begins with.
    public internal(set) var source: Conditioning
    /// Of the empty prompt, which classifier-free guidance steers away from.
    public let empty: Conditioning
    /// For the second picture.
    public let reference: Conditioning
    /// A picture that the edited one should resemble; the inversion does not see it.
    public var image: ImagePrompt?

    /// Conditionings that were made elsewhere.
    public init(base: Conditioning, empty: Conditioning, reference: Conditioning) {
        (self.base, self.empty, self.reference, source) = (base, empty, reference, base)
    }
}

extension EditConditioning {
    /// What a step sees of the image prompt.
    func image(at step: Int, _ parameters: EditParameters) -> ImageInfluence? {
        guard let image, PublishedSchedule(parameters).showsImage(step, in: parameters.imageSteps) else { return nil }
        return ImageInfluence(image, scale: parameters.imageScale)
    }
}
