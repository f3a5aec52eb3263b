import DragonModel

/// What an edit of a photo will take.
public struct EditNeed: Sendable, Equatable {
    /// The part of the photo that the network works on.
    public let box: PixelBox
    /// Bytes at the peak, beyond the model's.
    public let memory: Int
}

extension PhotoEdit {
    /// What the edit will take, without starting it.
    ///
    /// - Throws: ``EditError`` for what cannot be met.
    public func need(on model: DiffusionModel) throws -> EditNeed {
        let plan = try PhotoPlan(self)
        let memory = EditMemory(try workingRequest(), model, keepsFullPrecision: false)
        return EditNeed(box: plan.work.box, memory: memory.work + memory.bank)
    }
}
