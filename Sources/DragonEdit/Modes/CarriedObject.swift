import DragonImage

/// An object at its new place: its colours there, and how much of each pixel it covers.
package struct CarriedObject: Sendable {
    /// Three planes of the part.
    package let colours: Raster
    /// 0 … 1, row by row.
    package let coverage: [Float]
    /// Pixels of which it covers more than half.
    package let occupied: Mask

    /// Pixels around the object that its antialiased edge reaches, of the part and of a cubic's support.
    private static let fringe = 3.0

    /// - Parameters:
    ///   - box: the part that it is laid on.
    ///   - soften: width of the ramp along the object's edge, in pixels of the part; 0 leaves the mask's.
    ///   - ground: what it is laid on, of the part, whose colours take what a wide outline carries of the old ground; nil leaves that.
    package init(
        _ object: Mask, of source: PictureSource, _ placement: Placement, on box: PixelBox, soften: Double, onto ground: Raster? = nil
    ) throws {
        // Its surroundings too: the edge reaches beyond the object's own box, and there must be colour wherever it covers.
        let around = Int((Self.fringe / placement.resize).rounded(.up)) + 1
        let wide = Placement(
            source: placement.source.grown(by: around), displacement: placement.displacement, resize: placement.resize,
            turn: placement.turn)
        // What lies beyond the part is not made: an enlarged object may be many times as large. But its edge fades from beyond.
        let seen = wide.seen(on: box, margin: Int(soften.rounded(.up)) + 1)
        let moved = try Self.moved(object, of: source, wide, to: seen)
        try Cancellation.check()
        var cover = moved.coverage
        if soften > 0 {
            let inside = DistanceField(to: !cover.mask).distances
            cover = cover.map { cover.planes[$0][$1] * smoothStep(inside[$1] / Float(soften)) }
        }
        let planes = (moved.colours.planes.prefix(3) + [cover.planes[0]]).map { placed($0, seen, on: box, beyond: 0) }
        try Cancellation.check()
        occupied = Mask(height: box.height, width: box.width, cells: planes[3].map { $0 > 0.5 })
        let shares = planes[3].map { min(max($0, 0), 1) }
        coverage = placement.isExact ? Self.antialiased(shares, box.width) : shares
        let own = Raster(width: box.width, height: box.height, planes: Array(planes[..<3]))
        guard let ground, let old = CarriedGround(around: object, in: placement.source, of: source) else {
            colours = own
            return
        }
        try Cancellation.check()
        let carried = wide.moved(old.shares(in: wide.source), to: seen, isLight: false).planes[0]
        colours = CarriedGround.blended(own, coverage, carried: placed(carried, seen, on: box, beyond: 0), into: ground)
    }

    /// Colours and coverage of a placement's source, in a part of its target.
    private static func moved(
        _ object: Mask, of source: PictureSource, _ placement: Placement, to part: PixelBox
    ) throws -> (colours: Raster, coverage: Raster) {
        let own = try OwnColours(object.cropped(to: placement.source), source.colours(in: placement.source), hasAlpha: source.hasAlpha)
        return (placement.moved(own.colours, to: part, isLight: true), placement.moved(own.coverage, to: part, isLight: false))
    }

    /// Coverage with its edge drawn over three pixels, so that no staircase stands against the new surroundings.
    private static func antialiased(_ plane: [Float], _ width: Int) -> [Float] {
        let height = plane.count / max(width, 1)
        var across = plane
        for y in 0..<height {
            for x in 1..<max(1, width - 1) {
                let at = y * width + x
                across[at] = (plane[at - 1] + 6 * plane[at] + plane[at + 1]) / 8
            }
        }
        var result = across
        for y in 1..<max(1, height - 1) {
            for x in 0..<width {
                let at = y * width + x
                result[at] = (across[at - width] + 6 * across[at] + across[at + width]) / 8
            }
        }
        return result
    }

    /// The object over a plane; the fourth is alpha.
    func laid(on plane: [Float], plane p: Int) -> [Float] {
        var result = plane
        for i in coverage.indices where coverage[i] > 0 { result[i] += coverage[i] * ((p < 3 ? colours.planes[p][i] : 1) - plane[i]) }
        return result
    }
}

/// An object's own colours, and how much of each pixel it covers, in the part of the picture where it lies.
struct OwnColours {
    /// Three planes; beyond the object more of the same.
    let colours: Raster
    /// One plane.
    let coverage: Raster

    init(_ object: Mask, _ pixels: Raster, hasAlpha: Bool) throws {
        var shape = object.coverage
        try Cancellation.check()
        // What is transparent in the object stays so at its new place. A mask's soft edge is often that of the alpha already.
        if hasAlpha, pixels.planes.count == 4 { shape = shape.map { min(shape.planes[$0][$1], pixels.planes[3][$1]) } }
        // What its edge takes from beyond it is more of itself, not of the place that it leaves.
        let own = shape.planes[0].map { min($0, 1) }
        // What is transparent around has no colour to be freed of.
        let isOpaque = pixels.planes.count < 4 || pixels.planes[3].allSatisfy { $0 == 1 }
        var planes = Array(pixels.planes.prefix(3))
        if isOpaque, let edge = MixedEdge(own, width: pixels.width, height: pixels.height) { planes = edge.freed(planes) }
        try Cancellation.check()
        colours = Raster(
            width: pixels.width, height: pixels.height,
            planes: try planes.map { plane in
                try Cancellation.check()
                let grown = smoothedIn(plane, weights: own, width: pixels.width, height: pixels.height)
                return plane.indices.map { own[$0] > 0 ? plane[$0] : grown[$0] }
            })
        coverage = shape
        try Cancellation.check()
    }
}

/// A plane of a target on the part, and what is beyond it there.
func placed(_ plane: [Float], _ target: PixelBox, on box: PixelBox, beyond: Float) -> [Float] {
    var result = [Float](repeating: beyond, count: box.width * box.height)
    let inside = target.clipped(to: box)
    for y in inside.y..<inside.endY {
        let (from, to) = ((y - target.y) * target.width - target.x, (y - box.y) * box.width - box.x)
        for x in inside.x..<inside.endX { result[to + x] = plane[from + x] }
    }
    return result
}
