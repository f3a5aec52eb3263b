extension Mask {
    /// An editable region for a drag without one: everything near the way from a handle to its target.
    ///
    /// The reach is the way's own length, and at least a sixteenth of the picture's longer side: what is dragged should be
    /// able to stretch by as much as it moves.
    /// - Parameter reaching: factor of that reach.
    package static func around(_ handles: [Point], _ targets: [Point], on canvas: PixelSize, reaching factor: Double = 1) -> Mask {
        let (height, width) = (canvas.height, canvas.width)
        var mask = Mask(height: height, width: width)
        for (from, to) in zip(handles, targets) where [from.x, from.y, to.x, to.y].allSatisfy(\.isFinite) && !Cancellation.isAsked {
            let (dx, dy) = (to.x - from.x, to.y - from.y)
            let length = (dx * dx + dy * dy).squareRoot()
            let reach = factor * max(length, leastReach(on: canvas))
            let rows = bounds(min(from.y, to.y) - reach, max(from.y, to.y) + reach, height)
            let columns = bounds(min(from.x, to.x) - reach, max(from.x, to.x) + reach, width)
            for y in rows {
                for x in columns {
                    let (px, py) = (Double(x) - from.x, Double(y) - from.y)
                    let along = length > 0 ? min(max((px * dx + py * dy) / (length * length), 0), 1) : 0
                    let (ax, ay) = (px - along * dx, py - along * dy)
                    if ax * ax + ay * ay <= reach * reach { mask[y, x] = true }
                }
            }
        }
        return mask
    }

    /// How far a derived region reaches at least.
    package static func leastReach(on canvas: PixelSize) -> Double { Double(max(canvas.height, canvas.width)) / 16 }

    private static func bounds(_ low: Double, _ high: Double, _ side: Int) -> Range<Int> {
        let first = Int(min(max(low, 0), Double(side)))
        return first..<max(first, Int(min(max(high + 1, 0), Double(side))))
    }
}
