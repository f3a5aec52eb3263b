import DragonModel

/// What an edit of a photo will take.
public struct EditNeed: Sendable, Equatable {
    /// The part of the photo that the network works on.
    public let box: PixelBox
    /// Columns of the grid that it is scaled to.
    public let gridWidth: Int
    /// Rows of that grid.
    public let gridHeight: Int
    /// Bytes at the peak, beyond the model's.
    public let memory: Int
}

extension PhotoEdit {
    /// Checks the edit as ``run(_:prompt:referencePrompt:options:in:)`` does, and says what it will take, without starting it.
    ///
    /// - Throws: ``EditError`` for what cannot be met.
    public func need(on model: DiffusionModel) throws -> EditNeed {
        let plan = try PhotoPlan(self, fill: .none)
        let request = PreparedEdit(edit: self, plan: plan).request
        try request.validate(downsampling: model.autoencoder.configuration.downsampling)
        let memory = EditMemory(request, model, keepsFullPrecision: false)
        let work = plan.work
        return EditNeed(box: work.box, gridWidth: work.gridWidth, gridHeight: work.gridHeight, memory: memory.work + memory.bank)
    }
}
