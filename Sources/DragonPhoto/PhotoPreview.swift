import DragonEdit
import DragonImage
import DragonModel

extension PhotoEdit {
    /// What the edit intends, at once and without a network: moved pixels over a quick fill, the warp of a drag, the
    /// reference's colours on the object. Meant for a photo of screen size.
    ///
    /// - Throws: ``EditError`` for what cannot be met.
    public func preview() throws -> EditLayer {
        // Refused as the edit would be, which may be without a plate.
        _ = try footprint()
        var edit = self
        edit.settings.usesPlate = true
        let affected = try edit.footprint().affected
        // The photo at its own scale: nothing is resampled.
        let own = max(affected.width, affected.height) + 2 * margin(around: affected)
        edit.settings.side = (own + Limits.sideMultiple - 1) / Limits.sideMultiple * Limits.sideMultiple
        let canvas = try edit.canvas(filling: .smooth)
        let composition = try mode.compose(canvas)
        var coverage = composition.intended
        var extent = zip(composition.made, composition.intended).map(max)
        if let share = composition.carried?.coverage {
            for i in share.indices where share[i] > 0 { (coverage[i], extent[i]) = (1, max(extent[i], share[i])) }
        }
        return EditLayer(
            composition.networkInput, coverage, extent: extent, at: canvas.box, of: photo, madePixels: composition.madePixels)
    }
}

/// What an edit of a photo will take.
public struct EditNeed: Sendable, Equatable {
    /// The part of the photo that the network works on.
    public let box: PixelBox
    /// The grid that it is scaled to.
    public let grid: PixelSize
    /// Bytes at the peak, beyond the model's.
    public let memory: Int
}

extension PhotoEdit {
    /// Checks the edit as a run of it does, and says what it will take, without starting it.
    ///
    /// - Throws: ``EditError`` for what cannot be met.
    public func need(on model: DiffusionModel) throws -> EditNeed {
        let canvas = try canvas(filling: .none)
        let prepared = PreparedPhoto(canvas, try mode.compose(canvas), mode, settings)
        try prepared.validate(settings.parameters, downsampling: model.autoencoder.configuration.downsampling)
        let memory = EditMemory(
            canvas.grid.gridSize, steps: settings.parameters.bankedSteps, model.unet.configuration, model.autoencoder.configuration,
            keepsFullPrecision: false)
        let photo = PhotoMemory(canvas.footprint, canvas.grid)
        return EditNeed(
            box: canvas.box, grid: canvas.grid.gridSize, memory: max(memory.work + memory.bank + photo.held, photo.peak))
    }
}
