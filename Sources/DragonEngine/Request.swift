import CDragon
import DragonEdit
import DragonImage
import DragonModel
import DragonPhoto

/// A request, read from the caller's memory and checked.
struct Request {
    let edit: PhotoEdit
    private let prompt: String
    private let referencePrompt: String?
    private let sourcePrompt: String?
    private let imagePrompt: PictureSource?

    /// - Parameters:
    ///   - defaults: the model's.
    ///   - side: the model's window.
    ///   - isPreview: whether no model is asked, whose presets play no part then.
    init(_ pointer: UnsafePointer<dragon_request>?, defaults: ModelDefaults, side: Int, isPreview: Bool = false) throws {
        let request = try dragon_request(from: pointer)
        let name: EditModeName = try choice(request.mode, "mode")
        var overrides = try request.parameters.map { try EditOverrides(dragon_parameters(from: $0)) } ?? EditOverrides()
        if isPreview { overrides.preset = .exact }
        prompt = try text(request.prompt, "the prompt") ?? ""
        overrides.isTold = !prompt.isEmpty || request.image_prompt.pixels != nil
        let settings = try EditSettings(name, overrides, defaults: defaults, side: side)
        let picture = try CallerPicture(request.picture, "the picture")
        let mode = try name.type.init(try ModeInputs(request))
        edit = PhotoEdit(photo: picture.source, mode: mode, settings: settings)
        referencePrompt = try text(request.reference_prompt, "the reference's prompt")
        sourcePrompt = try text(request.source_prompt, "the source's prompt")
        imagePrompt = request.image_prompt.pixels == nil ? nil : try CallerPicture(request.image_prompt, "the image prompt").source
    }

    /// What it says that the pictures show, for a model.
    func prompts(for model: DiffusionModel) throws -> EditPrompts {
        var prompts = model.prompts(prompt, reference: referencePrompt, source: sourcePrompt)
        prompts.image = try imagePrompt.map { try model.imagePromptPicture($0) }
        return prompts
    }
}

extension ModeInputs {
    /// All that a request gives; what it leaves out is missing only where the mode needs it.
    fileprivate init(_ request: dragon_request) throws {
        self.init()
        mask = try Mask(request.mask, "the mask")
        likeness = try Mask(request.inpaint_mask, "the inpaint mask")
        reference = request.reference.pixels == nil ? nil : try CallerPicture(request.reference, "the reference").source
        referenceMask = try Mask(request.reference_mask, "the reference's mask")
        handles = try points(request.handles, request.point_count, "the handles")
        targets = try points(request.targets, request.point_count, "the targets")
        displacement = Point(x: request.displacement.x, y: request.displacement.y)
        guard displacement.x.isFinite, displacement.y.isFinite else { throw Failure.badInput("the displacement is no number") }
        resize = request.resize == 0 ? 1 : request.resize
        bend = try choice(request.bend, "bend")
        held = try Mask(request.held, "the mask of what is held")
        shadow = try Mask(request.shadow, "the shadow's mask")
        guard request.rotate.isFinite else { throw Failure.badInput("the angle is no number") }
        turn = Turn(degrees: request.rotate, isMirrored: request.flip != 0)
    }
}
