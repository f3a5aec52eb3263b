/// What an edit does to a photo's own pixels, before any network: what moves, on what it leaves behind.
struct Composition {
    /// What was done to the base before the network sees it.
    enum Preparation {
        /// Nothing: the network empties and fills.
        case none
        /// The moved object is gone from it.
        case plate
        /// It is dragged already.
        case warp(WarpField)
    }

    /// How a plate's hole is filled.
    enum Fill {
        /// Smoothly, at once.
        case quick
        /// With the texture around it.
        case textured
    }

    let work: WorkBox
    let geometry: PhotoGeometry
    let preparation: Preparation
    /// The photo's colours in the work box, prepared.
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
        case .move where edit.usesPlate:
            preparation = .plate
            emptied = regions.emptied
            base = Self.plate(colours, without: emptied, reach: edit.margins.grow, fill)
        case .drag(_, let handles, let targets) where edit.usesPlate, .landmark(let handles, let targets) where edit.usesPlate:
            let warp = DragWarp(handles: handles, targets: targets, area: geometry.region.count)
            let field = WarpField(warp, region: geometry.region.cropped(to: work.box), box: work.box)
            preparation = .warp(field)
            emptied = field.moved
            base = field.applied(to: colours)
        default:
            preparation = .none
            emptied = regions.emptied
            base = colours
        }
    }

    private static func plate(_ colours: Raster, without emptied: Mask, reach: Double, _ fill: Fill) -> Raster {
        let smooth = colours.filled(emptied, reach: reach)
        if case .quick = fill { return smooth }
        return TextureFill(colours, smooth: smooth, without: emptied, reach: reach).run()
    }
}
