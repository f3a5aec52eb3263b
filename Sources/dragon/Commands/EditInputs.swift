import DragonEdit
import DragonImage
import DragonModel
import DragonPhoto
import DragonTensor

/// What an edit reads: a photo and its masks from files, everything from a recorded case, or a prompt to make a picture of.
struct EditInputs {
    /// Where the picture to edit comes from.
    enum Origin {
        case file(Picture)
        case replay(Replay)
        /// Of a prompt, at a size.
        case generated(PixelSize)
    }

    let origin: Origin
    private let options: EditingOptions
    private let warnings: Warnings

    init(_ options: EditingOptions, _ warnings: Warnings) throws {
        (self.options, self.warnings) = (options, warnings)
        if let path = options.replay {
            origin = .replay(try Replay(file: path))
        } else if let path = options.input {
            origin = .file(try Self.picture(path, warnings))
        } else {
            origin = .generated(PixelSize(width: options.width, height: options.height))
        }
    }

    var replay: Replay? { if case .replay(let replay) = origin { replay } else { nil } }

    /// What a command's options give to its mode; what is not given comes from the case, where there is one.
    func given(_ files: ModeFiles) throws -> ModeInputs {
        var given = ModeInputs()
        given.mask = try mask(files.mask) ?? replay?.mask
        for path in files.moreMasks {
            guard let more = try mask(path), let all = given.mask else { continue }
            try EditError.check(more, on: all.size, "a mask")
            given.mask = all.joined(with: more)
        }
        given.likeness = try mask(files.likeness) ?? replay?.inpaintMask
        given.held = try mask(files.held)
        given.shadow = try mask(files.shadow)
        given.reference = try files.reference.map { try Self.picture($0, warnings).source } ?? replay?.reference?.source
        given.referenceMask = try mask(files.referenceMask) ?? replay?.referenceMask
        return given
    }

    /// The picture that is a prompt.
    ///
    /// - Throws: ``EditError/needsAdapter`` for a model that does not take any.
    static func imagePrompt(_ path: String?, for files: ModelFiles, _ warnings: Warnings) throws -> PictureSource? {
        guard let path else { return nil }
        guard files.takesImagePrompts else { throw EditError.needsAdapter }
        return try picture(path, warnings).source
    }

    private func mask(_ path: String?) throws -> Mask? { try path.map { try Self.picture($0, warnings).mask(file: $0) } }

    private static func picture(_ path: String, _ warnings: Warnings) throws -> Picture {
        let picture = try Picture(file: path)
        for warning in picture.details.warnings { warnings.add("\(path): \(warning)") }
        return picture
    }

    /// Columns and rows of what will be written.
    var size: PixelSize {
        switch origin {
        case .file(let picture): PixelSize(width: picture.width, height: picture.height)
        case .replay(let replay): PixelSize(width: replay.picture.width, height: replay.picture.height)
        case .generated(let size): size
        }
    }

    /// Checks the edit and does all of it that comes before the model. The memory is looked at first, before anything takes time.
    func prepared(_ mode: any EditMode, for files: ModelFiles, in context: ComputeContext) throws -> ReadyEdit {
        var overrides = options.overrides
        overrides.editsPhoto = if case .file = origin { true } else { false }
        let settings = try EditSettings(mode.name, overrides, defaults: files.defaults, side: files.workingSide)
        let downsampling = files.autoencoderConfiguration.downsampling
        let source: EditRequest.Source
        if case .file = origin {} else if settings.parameters.method == .inpainting { throw EditError.needsPhoto }
        switch origin {
        case .file(let picture):
            let edit = PhotoEdit(photo: picture.source, mode: mode, settings: settings)
            try edit.check(on: files)
            let prepared = try edit.prepared(in: context)
            try prepared.validate(settings.parameters, downsampling: downsampling)
            return .photo(prepared, edit, of: picture)
        case .replay(let replay): source = .picture(replay.picture)
        case .generated(let size):
            source = .generated(
                GenerationRequest(
                    prompt: options.prompt, steps: settings.parameters.steps, guidanceScale: options.cfg ?? 7.5, seed: options.seed,
                    width: size.width, height: size.height))
        }
        let request = EditRequest(source: source, edit: mode.working(on: source.size), parameters: settings.parameters)
        try request.validate(downsampling: downsampling)
        try request.checkMemory(on: files, limit: settings.memoryLimit)
        return .grid(request, memoryLimit: settings.memoryLimit)
    }
}

/// The files that a command's options name for its mode.
struct ModeFiles {
    var mask: String?
    /// Of further objects.
    var moreMasks: [String] = []
    var likeness: String?
    /// The object that a drag holds.
    var held: String?
    /// What an object casts.
    var shadow: String?
    var reference: String?
    var referenceMask: String?
}

/// An edit that needs nothing more but the model.
enum ReadyEdit {
    /// Of a photo.
    case photo(PreparedPhoto, PhotoEdit, of: Picture)
    /// Of a picture that is the working grid.
    case grid(EditRequest, memoryLimit: Int?)

    /// Whether the network has a part in it.
    var usesNetwork: Bool {
        switch self {
        case .photo(let prepared, let edit, _): prepared.usesNetwork(for: edit)
        case .grid: true
        }
    }

    /// Sides of the working grid.
    var gridSize: PixelSize {
        switch self {
        case .photo(let prepared, _, _): prepared.gridSize
        case .grid(let request, _): request.source.size
        }
    }

    /// What the sampler runs with.
    var parameters: EditParameters {
        switch self {
        case .photo(_, let edit, _): edit.settings.parameters
        case .grid(let request, _): request.parameters
        }
    }

    /// The edited picture: a photo under its layer, or the whole working grid.
    func run(_ model: DiffusionModel, _ prompts: EditPrompts, _ options: EditOptions, in context: ComputeContext) throws -> Picture {
        var options = options
        switch self {
        case .photo(let prepared, let edit, let picture):
            options.memoryLimit = edit.settings.memoryLimit
            return picture.covered(by: try prepared.run(edit, model, prompts: prompts, options: options, in: context))
        case .grid(let request, let memoryLimit):
            options.memoryLimit = memoryLimit
            let conditioning = try model.conditioning(prompts, in: context)
            return Picture(try model.edit(request, conditioning, options: options, in: context))
        }
    }
}
