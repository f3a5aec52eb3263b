extension PhotoEdit {
    /// What the edit intends, at once and without a network: moved pixels over a quick fill, the warp of a drag, the
    /// reference's colours on the object. Meant for a photo of screen size.
    ///
    /// - Throws: ``EditError`` for what cannot be met.
    public func preview() throws -> EditLayer {
        var edit = self
        edit.usesPlate = true
        // The photo at its own scale: nothing is resampled.
        edit.window = nil
        let composition = try Composition(edit, fill: .quick)
        let box = composition.work.box
        let planes = composition.laid.planes
        var coverage = composition.emptied.coverage.planes[0]
        if case .laid = composition.preparation { coverage = margins.ramp(around: composition.emptied) }
        if let share = composition.carried?.coverage {
            for i in share.indices where share[i] > 0 { coverage[i] = 1 }
        }
        return EditLayer(Raster(width: box.width, height: box.height, planes: planes), coverage, at: box, of: photo)
    }
}
