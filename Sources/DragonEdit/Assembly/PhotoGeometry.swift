/// What of a photo an action touches.
struct PhotoGeometry {
    let affected: PixelBox
    /// Where the object of a move or paste goes.
    let placement: Placement?
    /// Where a drag may change the photo.
    let region: Mask
    /// How far from the targets a derived region reaches, at least.
    let reach: Double

    /// - Parameter warps: whether drags warp the photo, for which a derived region has more room.
    init(_ photo: Photo, _ action: PhotoAction, warps: Bool) throws {
        let whole = PixelBox(x: 0, y: 0, width: photo.width, height: photo.height)
        let nowhere = Mask(height: 0, width: 0)
        reach = Mask.leastReach(height: photo.height, width: photo.width) * (warps ? 2 : 1)
        switch action {
        case .move(let object, let displacement, let resize, let fill):
            guard displacement != Point(x: 0, y: 0) || resize != 1 else { throw EditError.unmoved }
            try Self.check(object, photo, "the mask", mayFill: false)
            if let fill { try Self.check(fill, photo, "the inpaint mask") }
            let place = Placement(source: try Self.bounds(object, "the mask"), displacement: displacement, resize: resize)
            placement = place
            region = nowhere
            affected = place.source.union(try Self.landing(place, in: whole))
        case .drag(let given, let handles, let targets):
            placement = nil
            try EditRequest.check(handles, targets, width: photo.width, height: photo.height)
            if let given { try Self.check(given, photo, "the mask") }
            region = given ?? Self.region(handles, targets, photo, warps: warps)
            affected = try Self.bounds(region, "the mask")
        case .landmark(let handles, let targets):
            try EditRequest.check(handles, targets, width: photo.width, height: photo.height)
            placement = nil
            region = warps ? Self.region(handles, targets, photo, warps: true) : nowhere
            affected = warps ? region.bounds ?? whole : whole
        case .appearance(let object, let reference, let referenceObject):
            placement = nil
            region = nowhere
            try Self.check(object, photo, "the mask", mayFill: false)
            try Self.check(referenceObject, reference, "the reference's mask")
            affected = try Self.bounds(object, "the mask")
        case .paste(let object, let reference, let offset, let resize):
            try Self.check(object, reference, "the mask")
            let place = Placement(source: try Self.bounds(object, "the mask"), displacement: offset, resize: resize)
            placement = place
            region = nowhere
            affected = try Self.landing(place, in: whole)
        }
    }

    private static func region(_ handles: [Point], _ targets: [Point], _ photo: Photo, warps: Bool) -> Mask {
        Mask.around(handles: handles, targets: targets, height: photo.height, width: photo.width, reaching: warps ? 2 : 1)
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
        guard mask.count > 0, let box = mask.touched.bounds else { throw EditError.emptyMask(what: what) }
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
