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
    /// Side of the pictures that the model works on, a multiple of 64.
    public var window: Int
    /// How the result is blended.
    public var margins = BlendMargins()
    /// Whether the photo's own pixels are edited first: a move's old place filled from its surroundings and the object pasted
    /// onto that, a drag's content warped. Off, the network alone does it, as published.
    public var usesPlate = true

    /// An edit with the published parameters.
    public init(photo: Photo, action: PhotoAction, window: Int) {
        (self.photo, self.action, self.window) = (photo, action, window)
        parameters = EditParameters(mode: action.mode)
    }

    /// The same on the working grid.
    ///
    /// - Throws: ``EditError`` for what cannot be met.
    public func workingRequest(prompt: [Int] = [], emptyPrompt: [Int] = [], referencePrompt: [Int]? = nil) throws -> EditRequest {
        let plan = try PhotoPlan(self)
        return request(plan, prompt, emptyPrompt, referencePrompt)
    }

    /// The part of the photo that the network works on.
    func workBox(_ geometry: PhotoGeometry) -> WorkBox {
        let (width, height) = (Double(geometry.affected.width), Double(geometry.affected.height))
        let margin = Int(max(32, 0.16 * (width * width + height * height).squareRoot()))
        return WorkBox(affected: geometry.affected, canvas: (photo.width, photo.height), margin: margin, window: window)
    }

    private func request(_ plan: PhotoPlan, _ prompt: [Int], _ emptyPrompt: [Int], _ referencePrompt: [Int]?) -> EditRequest {
        var request = EditRequest(
            source: .picture(plan.picture), action: plan.action, prompt: prompt, emptyPrompt: emptyPrompt, referencePrompt: referencePrompt)
        request.parameters = parameters
        return request
    }

    /// Runs the edit.
    ///
    /// - Returns: what to lay over the photo.
    public func run(
        _ model: DiffusionModel, prompt: String, referencePrompt: String?, options: EditOptions, in context: ComputeContext
    ) throws -> EditLayer {
        let plan = try PhotoPlan(self)
        let tokens = model.tokenizer
        let request = request(plan, tokens.encode(prompt), tokens.encode(""), referencePrompt.map { tokens.encode($0) })
        let result = try model.edit(request, options: options, in: context)
        let picture = try Tensor(plan.picture.values, shape: [1, 3, plan.picture.height, plan.picture.width], in: context)
        let reconstruction = try model.autoencoder.decode(model.autoencoder.encode(picture, in: context), in: context)
        return Assembler(plan: plan, margins: margins).layer(result: result, reconstruction: reconstruction, photo: photo)
    }
}
