/// What an edit does to a photo's own pixels, before any network: what moves, on what it leaves behind.
struct Composition {
    /// What was done to the base before the network sees it.
    enum Preparation {
        /// Nothing: the network empties and fills.
        case none
        /// What a moved object left is filled, and the object lies at its new place: an object of a photo.
        case laid(Mask, Photo)
        /// The object has the reference's colours.
        case recoloured
        /// It is dragged already; what it was before.
        case warp(WarpField, original: Raster)
    }

    /// How a plate's hole is filled.
    enum Fill {
        /// Not at all: where no pixel is looked at.
        case none
        /// Smoothly, at once.
        case quick
        /// With the texture around it, which takes a while.
        case textured(Checkpoint)
    }

    let work: WorkBox
    let geometry: PhotoGeometry
    let preparation: Preparation
    /// The photo's colours in the work box, prepared, without the carried object.
    let base: Raster
    /// Pixels of the work box whose content leaves or is made anew.
    let emptied: Mask
    /// Pixels that the carried object, at its new place, takes.
    let filled: Mask
    /// The object that is carried over pixel by pixel: its colours and coverage, on the work box.
    let carried: (colours: Raster, coverage: [Float])?

    init(_ edit: PhotoEdit, fill: Fill) throws {
        let (photo, action) = (edit.photo, edit.action)
        geometry = try PhotoGeometry(photo, action, warps: edit.usesPlate)
        work = edit.workBox(geometry)
        let colours = photo.colours(in: work.box)
        let regions = GridBuilder(work: work, photo: photo).regions(action, geometry)
        (filled, carried) = (regions.filled, regions.carried)
        switch action {
        case .move(let object, _, _, _) where edit.usesPlate:
            preparation = .laid(object, photo)
            emptied = regions.emptied.touched
            base = try Self.plate(colours, without: regions.emptied, edit.margins, fill)
        case .paste(let object, let reference, _, _) where edit.usesPlate:
            preparation = .laid(object, reference)
            emptied = regions.emptied
            base = colours
        case .appearance(_, let reference, let object) where edit.usesPlate:
            preparation = .recoloured
            emptied = regions.emptied
            base = ColourTransfer(from: reference, object).applied(to: colours, within: emptied)
        case .drag(let given, let handles, let targets) where edit.usesPlate:
            let warp =
                given == nil
                ? DragWarp(handles: handles, targets: targets, radius: geometry.reach)
                : DragWarp(handles: handles, targets: targets, area: geometry.region.count)
            (preparation, emptied, base) = Self.warped(colours, warp, geometry, work)
        case .landmark(let handles, let targets) where edit.usesPlate:
            let warp = DragWarp(handles: handles, targets: targets, radius: geometry.reach)
            (preparation, emptied, base) = Self.warped(colours, warp, geometry, work)
        default:
            preparation = .none
            emptied = regions.emptied
            base = colours
        }
    }

    /// What the network is to see: the base, with the carried object over it where that was asked for.
    var laid: Raster {
        guard case .laid = preparation else { return base }
        return Raster(width: base.width, height: base.height, planes: base.planes.indices.map { laid(base.planes[$0], plane: $0) })
    }

    /// The carried object over a plane of the base, or of what became of it; the fourth is alpha.
    func laid(_ plane: [Float], plane p: Int) -> [Float] {
        guard let (colours, share) = carried else { return plane }
        var result = plane
        for i in share.indices where share[i] > 0 { result[i] += share[i] * ((p < 3 ? colours.planes[p][i] : 1) - plane[i]) }
        return result
    }

    private static func warped(
        _ colours: Raster, _ warp: DragWarp, _ geometry: PhotoGeometry, _ work: WorkBox
    ) -> (Preparation, Mask, Raster) {
        let field = WarpField(warp, region: geometry.region.cropped(to: work.box), box: work.box)
        return (.warp(field, original: colours), field.moved, field.applied(to: colours))
    }

    private static func plate(_ colours: Raster, without emptied: Mask, _ margins: BlendMargins, _ fill: Fill) throws -> Raster {
        if case .none = fill { return colours }
        let hole = Hole(emptied.touched, reach: margins.grow)
        var plate = colours.filled(hole)
        if case .textured(let checkpoint) = fill {
            plate = try TextureFill(colours, smooth: plate, hole: hole, checkpoint: checkpoint).run()
        }
        guard emptied.isSoft else { return plate }
        // Of what a soft mask holds in part, a part stays.
        let fringe = DistanceField(to: emptied).ramp(inner: hole.reach + 1, outer: hole.reach + 1 + Float(margins.feather))
        let shares = zip(emptied.coverage.planes[0], fringe).map(max)
        return colours.map { p, i in colours.planes[p][i] + shares[i] * (plate.planes[p][i] - colours.planes[p][i]) }
    }
}
