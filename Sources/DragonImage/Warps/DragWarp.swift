#if canImport(Glibc)
    import Glibc
#endif

/// The warp that a drag stands for: content follows the handles, ever less away from them, and not at all beyond the region.
///
/// At a target the content is the handle's, exactly. Between several, shifts are averaged by the inverse square of the
/// distance (as Inpaint4Drag does, arXiv 2509.04582); away from them they fade as a bell of the region's size.
package struct DragWarp {
    private let targets: [Point]
    private let shifts: [Point]
    /// −1 / 2σ² of the bell.
    private let fall: Double

    /// σ of the bell against the square root of the region's area: about a third of an object's width.
    private static let reach = 0.4
    /// σ against the longest way, at least: a steeper bell would fold the picture (its slope is 0.607 / σ).
    private static let steepest = 0.65

    /// A warp of what a region holds.
    ///
    /// - Parameter area: pixels of the region.
    package init(handles: [Point], targets: [Point], area: Int) {
        self.init(handles: handles, targets: targets, sigma: Self.reach * Double(max(area, 1)).squareRoot())
    }

    /// A warp that has faded at a distance from its targets.
    ///
    /// - Parameter radius: of the region around them.
    package init(handles: [Point], targets: [Point], radius: Double) {
        self.init(handles: handles, targets: targets, sigma: radius / 3)
    }

    private init(handles: [Point], targets: [Point], sigma: Double) {
        self.targets = targets
        shifts = zip(handles, targets).map { Point(x: $1.x - $0.x, y: $1.y - $0.y) }
        let longest = shifts.map { ($0.x * $0.x + $0.y * $0.y).squareRoot() }.max() ?? 0
        let sigma = max(sigma, Self.steepest * longest, 1)
        fall = -1 / (2 * sigma * sigma)
    }

    /// How far the content at a place of the result has come.
    package func shift(at place: Point) -> Point {
        var (x, y, sum, nearest) = (0.0, 0.0, 0.0, Double.infinity)
        for (target, shift) in zip(targets, shifts) {
            let (dx, dy) = (place.x - target.x, place.y - target.y)
            let square = dx * dx + dy * dy
            nearest = min(nearest, square)
            let weight = 1 / (square + 1e-3)
            (x, y, sum) = (x + weight * shift.x, y + weight * shift.y, sum + weight)
        }
        let share = exp(nearest * fall) / sum
        return Point(x: x * share, y: y * share)
    }
}
