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
        var planes = composition.base.planes
        if case .appearance(_, let reference, let object) = action {
            planes = ColourTransfer(from: reference, object).applied(to: composition.base, within: composition.emptied).planes
        }
        var coverage = composition.emptied.coverage.planes[0]
        if case .plate = composition.preparation {
            coverage = DistanceField(to: composition.emptied)
                .ramp(inner: Float(margins.grow), outer: Float(margins.grow + margins.feather))
        }
        if let (colours, share) = composition.carried {
            for i in share.indices where share[i] > 0 {
                for p in planes.indices { planes[p][i] += share[i] * (colours.planes[p][i] - planes[p][i]) }
                coverage[i] = 1
            }
        }
        return EditLayer(Raster(width: box.width, height: box.height, planes: planes), coverage, at: box, of: photo)
    }
}

/// Means and deviations of an object's colours, given to another's (Reinhard et al., 2001, without their colour space).
struct ColourTransfer {
    private let wanted: [(mean: Float, deviation: Float)]

    init(from photo: Photo, _ object: Mask) {
        let box = object.bounds ?? PixelBox(x: 0, y: 0, width: 1, height: 1)
        wanted = Self.statistics(photo.colours(in: box), object.cropped(to: box).indices)
    }

    func applied(to colours: Raster, within object: Mask) -> Raster {
        let cells = object.indices
        let found = Self.statistics(colours, cells)
        var planes = colours.planes
        for p in planes.indices {
            let gain = min(max(wanted[p].deviation / max(found[p].deviation, 1e-3), 0.2), 5)
            for at in cells { planes[p][at] = min(max((planes[p][at] - found[p].mean) * gain + wanted[p].mean, 0), 1) }
        }
        return Raster(width: colours.width, height: colours.height, planes: planes)
    }

    private static func statistics(_ colours: Raster, _ cells: [Int]) -> [(mean: Float, deviation: Float)] {
        colours.planes.map { plane in
            guard !cells.isEmpty else { return (0.5, 0.2) }
            let count = Float(cells.count)
            let mean = cells.reduce(Float(0)) { $0 + plane[$1] } / count
            return (mean, (cells.reduce(Float(0)) { $0 + (plane[$1] - mean) * (plane[$1] - mean) } / count).squareRoot())
        }
    }
}
