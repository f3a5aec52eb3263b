import DragonEdit
import DragonModel
import DragonTensor

/// What an edit reads: a photo and its masks from files, everything from a recorded case, or a prompt to make a picture of.
struct EditInputs {
    /// Where the picture to edit comes from.
    enum Origin {
        case file(Picture)
        case replay(Replay)
        case generated(GenerationRequest)
    }

    let origin: Origin
    private let usesPlate: Bool
    private let margins: BlendMargins

    /// - Parameter defaults: the model's.
    init(_ options: EditingOptions, defaults: ModelDefaults) throws {
        usesPlate = options.plate == .on
        margins = options.margins
        if let path = options.replay {
            origin = .replay(try Replay(file: path))
        } else if let path = options.input {
            origin = .file(try Picture(file: path))
        } else {
            origin = .generated(
                GenerationRequest(
                    prompt: options.prompt, steps: options.parameters(.move, resizes: false, defaults: defaults).steps,
                    guidanceScale: options.cfg ?? 7.5, seed: options.seed,
                    width: options.width, height: options.height))
        }
    }

    /// The mode whose parameters an action has.
    func mode(_ action: PhotoAction) -> EditMode {
        if case .file = origin { return action.workingMode(usesPlate: usesPlate) }
        return action.mode
    }

    var replay: Replay? { if case .replay(let replay) = origin { replay } else { nil } }

    /// A mask from its file, or from the case where no file is named.
    func mask(_ path: String?, recorded: Mask?) throws -> Mask? { try path.map { try Picture(file: $0).mask } ?? recorded }

    /// The same, where it cannot be done without.
    func requiredMask(_ path: String?, option: String, recorded: Mask?) throws -> Mask {
        guard let mask = try mask(path, recorded: recorded) else { throw MissingOption(name: option) }
        return mask
    }

    /// The second picture.
    func reference(_ path: String?) throws -> Photo {
        if let path { return try Picture(file: path).photo }
        guard let reference = replay?.reference else { throw MissingOption(name: "--reference") }
        return reference.photo
    }

    /// The edit of a photo.
    func photoEdit(_ picture: Picture, _ action: PhotoAction, _ parameters: EditParameters, window: Int) -> PhotoEdit {
        var edit = PhotoEdit(photo: picture.photo, action: action, window: window)
        edit.usesPlate = usesPlate
        edit.margins = margins
        edit.parameters = parameters
        return edit
    }

    /// Checks the edit and does all of it that comes before the model. The memory is looked at first, before anything takes time.
    ///
    /// - Parameter memoryLimit: bytes that it may take beyond the model; nil is what is free.
    func prepared(
        _ action: PhotoAction, _ parameters: EditParameters, window: Int, for files: ModelFiles, memoryLimit: Int?,
        in context: ComputeContext
    ) throws -> ReadyEdit {
        let downsampling = files.autoencoderConfiguration.downsampling
        var request: EditRequest
        switch origin {
        case .file(let picture):
            let edit = photoEdit(picture, action, parameters, window: window)
            try edit.checkMemory(on: files, limit: memoryLimit)
            let prepared = try edit.prepared(in: context)
            try prepared.request.validate(downsampling: downsampling)
            return .photo(prepared, of: picture)
        case .replay(let replay):
            let (height, width) = (replay.picture.height, replay.picture.width)
            request = EditRequest(
                source: .picture(replay.picture), action: action.onGrid(height: height, width: width, reference: replay.reference),
                prompt: replay.prompt, emptyPrompt: replay.emptyPrompt, referencePrompt: replay.referencePrompt)
        case .generated(let generation):
            request = EditRequest(
                source: .generated(generation), action: action.onGrid(height: generation.height, width: generation.width), prompt: [],
                emptyPrompt: [])
        }
        request.parameters = parameters
        try request.validate(downsampling: downsampling)
        try request.checkMemory(on: files, limit: memoryLimit)
        return .grid(request)
    }
}

/// An edit that needs nothing more but the model.
enum ReadyEdit {
    /// Of a photo.
    case photo(PreparedEdit, of: Picture)
    /// Of a picture that is the working grid.
    case grid(EditRequest)

    /// The edit on the working grid; a photo's has no prompts.
    var request: EditRequest {
        switch self {
        case .photo(let edit, _): edit.request
        case .grid(let request): request
        }
    }
}

/// An option that an edit cannot do without.
struct MissingOption: Error, CustomStringConvertible {
    let name: String
    var description: String { "\(name) is missing" }
}
