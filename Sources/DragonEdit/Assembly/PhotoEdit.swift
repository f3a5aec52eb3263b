import DragonModel
import DragonTensor

/// An edit of a photo.
public struct PhotoEdit: Sendable {
    /// The photo.
    public var photo: Photo
    /// What to do to it.
    public var action: PhotoAction
    /// The numbers that tune it.
    public var parameters: EditParameters
    /// Side of the pictures that the model works on, a multiple of 64; nil keeps the photo's own scale.
    public var window: Int?
    /// How the result is blended.
    public var margins = BlendMargins()
    /// Whether the photo's own pixels are edited first: a move's old place filled from its surroundings and the object pasted
    /// onto that, a drag's content warped. Off, the network alone does it, as published.
    public var usesPlate = true

    /// An edit with the published parameters.
    public init(photo: Photo, action: PhotoAction, window: Int?) {
        (self.photo, self.action, self.window) = (photo, action, window)
        parameters = EditParameters(mode: action.mode)
    }

    /// Does all that comes before the network.
    ///
    /// - Throws: ``EditError`` for what cannot be met; ``CancellationError``.
    public func prepared(in context: ComputeContext) throws -> PreparedEdit {
        PreparedEdit(edit: self, plan: try PhotoPlan(self, fill: .textured { try context.checkCancellation() }))
    }

    /// Runs the edit.
    ///
    /// - Returns: what to lay over the photo.
    public func run(
        _ model: DiffusionModel, prompt: String, referencePrompt: String?, options: EditOptions, in context: ComputeContext
    ) throws -> EditLayer {
        try prepared(in: context).run(model, prompt: prompt, referencePrompt: referencePrompt, options: options, in: context)
    }

    /// The part of the photo that the network works on.
    func workBox(_ geometry: PhotoGeometry) -> WorkBox {
        let (width, height) = (Double(geometry.affected.width), Double(geometry.affected.height))
        let margin = Int(max(32, 0.16 * (width * width + height * height).squareRoot()))
        let own = max(geometry.affected.width, geometry.affected.height) + 2 * margin
        return WorkBox(
            affected: geometry.affected, canvas: (photo.width, photo.height), margin: margin, window: window ?? (own + 63) / 64 * 64)
    }
}

/// An edit of a photo whose own pixels are as the network is to see them.
public struct PreparedEdit: Sendable {
    private let edit: PhotoEdit
    private let plan: PhotoPlan
    /// The edit on the working grid, without prompts.
    public let request: EditRequest

    init(edit: PhotoEdit, plan: PhotoPlan) {
        (self.edit, self.plan) = (edit, plan)
        var request = EditRequest(source: .picture(plan.picture), action: plan.action, prompt: [], emptyPrompt: [])
        request.parameters = edit.parameters
        self.request = request
    }

    /// Runs the edit.
    ///
    /// - Returns: what to lay over the photo.
    public func run(
        _ model: DiffusionModel, prompt: String, referencePrompt: String?, options: EditOptions, in context: ComputeContext
    ) throws -> EditLayer {
        let tokens = model.tokenizer
        var request = request
        (request.prompt, request.emptyPrompt) = (tokens.encode(prompt), tokens.encode(""))
        request.referencePrompt = referencePrompt.map { tokens.encode($0) }
        let (result, source) = try model.editKeepingSource(request, options: options, in: context)
        let reconstruction = try model.autoencoder.decode(source, in: context)
        return Assembler(plan: plan, margins: edit.margins).layer(result: result, reconstruction: reconstruction, photo: edit.photo)
    }
}
