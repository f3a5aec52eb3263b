import DragonImage

/// An object that a drag warps over its ground: that stays as it is, and what the object uncovers of it is filled.
struct HeldObject {
    /// Of the part that is worked on.
    private let mask: Mask
    private let own: OwnColours

    /// Shift, in pixels, from which on the warped object stands for the picture's own pixels.
    private static let whole: Float = 1

    init(_ mask: Mask, _ canvas: EditCanvas) throws {
        self.mask = mask
        own = try OwnColours(mask, canvas.colours, hasAlpha: canvas.picture.hasAlpha)
    }

    func composition(after field: WarpField, _ canvas: EditCanvas) throws -> Composition {
        let warped = field.applied(to: own)
        let before = own.coverage.planes[0]
        // Where nothing of the object was or comes, the ground is the picture's.
        let share = before.indices.map { at -> Float in
            guard before[at] > 0 || warped.coverage[at] > 0 else { return 0 }
            return smoothStep((field.dx[at] * field.dx[at] + field.dy[at] * field.dy[at]).squareRoot() / Self.whole)
        }
        guard share.contains(where: { $0 > 0 }) else { return canvas.unchanged }
        let plate = try canvas.plate(without: mask)
        try Cancellation.check()
        let base = canvas.colours.map { p, at in
            guard share[at] > 0 else { return canvas.colours.planes[p][at] }
            let (ground, cover) = (plate.planes[p][at], warped.coverage[at])
            let result = ground + cover * ((p < 3 ? warped.colours[p][at] : 1) - ground)
            return canvas.colours.planes[p][at] + share[at] * (result - canvas.colours.planes[p][at])
        }
        let stretched = zip(field.stretched, zip(warped.coverage, share)).map { $0 * $1.0 * $1.1 }
        return Composition(
            base: base, isPrepared: true, replaced: share.map { $0 > 0 ? 1 : 0 }, made: stretched,
            filled: before.indices.count { share[$0] > 0 && before[$0] > warped.coverage[$0] },
            hole: zip(canvas.hole(of: mask), zip(share, warped.coverage)).map { $0 * $1.0 * (1 - $1.1) })
    }
}

extension WarpField {
    /// An object's colours, three planes, and its coverage after the warp.
    fileprivate func applied(to own: OwnColours) -> (colours: [[Float]], coverage: [Float]) {
        let colours = applied(to: own.colours)
        // What is pressed together against a border that stays is no longer seen as the object: threads of it would be left.
        let coverage = zip(applied(to: own.coverage).planes[0], narrowed).map { min(max($0, 0), 1) * (1 - $1) }
        return (colours.planes, coverage)
    }
}
