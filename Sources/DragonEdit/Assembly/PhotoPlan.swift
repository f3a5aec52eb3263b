/// How an edit of a photo becomes one on the working grid.
struct PhotoPlan {
    let work: WorkBox
    /// Pixels of the work box whose content leaves or is made anew.
    let emptied: Mask
    /// Pixels that the carried object, at its new place, takes.
    let filled: Mask
    /// The object that is carried over pixel by pixel: its colours and coverage, on the work box.
    let carried: (colours: Raster, coverage: [Float])?
    let action: EditRequest.Action
    let picture: WorkingPicture
    /// The photo's colours in the work box; on a plate without the moved object.
    let source: Raster
    /// Whether the moved object's old place is filled beforehand.
    let isPlate: Bool

    init(_ edit: PhotoEdit) throws {
        let (photo, action) = (edit.photo, edit.action)
        let geometry = try PhotoGeometry(photo, action)
        let canvas = (width: photo.width, height: photo.height)
        let size = Double(geometry.affected.width * geometry.affected.width + geometry.affected.height * geometry.affected.height)
        let margin = Int(max(32, 0.16 * size.squareRoot()))
        work = WorkBox(affected: geometry.affected, canvas: canvas, margin: margin, window: edit.window)
        let colours = photo.colours(in: work.box)
        let grid = GridBuilder(work: work, photo: photo)
        (emptied, filled, carried) = grid.regions(action, geometry)
        if edit.usesPlate, case .move(let object, _, _, _) = action, let placement = geometry.placement {
            isPlate = true
            source = colours.filled(emptied, reach: edit.margins.grow)
            self.action = grid.pasted(object, of: photo, placement)
        } else {
            isPlate = false
            source = colours
            self.action = try grid.action(action, geometry)
        }
        picture = work.picture(of: source)
    }
}

/// What of a photo an action touches.
struct PhotoGeometry {
    let affected: PixelBox
    /// Where the object of a move or paste goes.
    let placement: Placement?

    init(_ photo: Photo, _ action: PhotoAction) throws {
        let whole = PixelBox(x: 0, y: 0, width: photo.width, height: photo.height)
        switch action {
        case .move(let object, let displacement, let resize, let fill):
            guard displacement != Point(x: 0, y: 0) || resize != 1 else { throw EditError.unmoved }
            try Self.check(object, photo, "the mask", mayFill: false)
            if let fill { try Self.check(fill, photo, "the inpaint mask") }
            let place = Placement(source: try Self.bounds(object, "the mask"), displacement: displacement, resize: resize)
            placement = place
            affected = place.source.union(try Self.landing(place, in: whole))
        case .drag(let region, let handles, let targets):
            placement = nil
            try EditRequest.check(handles, targets, width: photo.width, height: photo.height)
            if let region { try Self.check(region, photo, "the mask") }
            let area = region ?? Mask.around(handles: handles, targets: targets, height: photo.height, width: photo.width)
            affected = area.bounds ?? whole
        case .landmark(let handles, let targets):
            try EditRequest.check(handles, targets, width: photo.width, height: photo.height)
            placement = nil
            affected = whole
        case .appearance(let object, let reference, let referenceObject):
            placement = nil
            try Self.check(object, photo, "the mask", mayFill: false)
            try Self.check(referenceObject, reference, "the reference's mask")
            affected = try Self.bounds(object, "the mask")
        case .paste(let object, let reference, let offset, let resize):
            try Self.check(object, reference, "the mask")
            let place = Placement(source: try Self.bounds(object, "the mask"), displacement: offset, resize: resize)
            placement = place
            affected = try Self.landing(place, in: whole)
        }
    }

    private static func landing(_ place: Placement, in whole: PixelBox) throws -> PixelBox {
        guard place.resize >= 0.05, place.resize <= 20 else {
            throw EditError.number(name: "the resize factor", value: "\(place.resize)", range: "a number from 0.05 to 20.0")
        }
        for value in [place.displacement.x, place.displacement.y] {
            guard abs(value) <= 100_000 else {
                throw EditError.number(name: "the displacement", value: "\(value)", range: "a number from -100000.0 to 100000.0")
            }
        }
        let visible = place.target.clipped(to: whole)
        guard visible.width > 0, visible.height > 0 else { throw EditError.leavesPicture }
        return visible
    }

    private static func bounds(_ mask: Mask, _ what: String) throws -> PixelBox {
        guard let box = mask.bounds else { throw EditError.emptyMask(what: what) }
        return box
    }

    private static func check(_ mask: Mask, _ photo: Photo, _ what: String, mayFill: Bool = true) throws {
        guard (mask.width, mask.height) == (photo.width, photo.height) else {
            throw EditError.size(
                what: what, found: "\(mask.width)×\(mask.height)", expected: "its picture's \(photo.width)×\(photo.height)")
        }
        guard mayFill || mask.cells.contains(false) else { throw EditError.fullMask(what: what) }
    }
}
