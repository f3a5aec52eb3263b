#if canImport(Glibc)
    import Glibc
#endif

/// The warp that a drag stands for: content follows the handles, ever less away from them, and not at all beyond the region.
///
/// At a target the content is the handle's, exactly. Between several, shifts are averaged by the inverse square of the
/// distance (as Inpaint4Drag does, arXiv 2509.04582); away from them they fade as a bell of the region's size.
struct DragWarp {
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
    init(handles: [Point], targets: [Point], area: Int) {
        self.init(handles: handles, targets: targets, sigma: Self.reach * Double(max(area, 1)).squareRoot())
    }

    /// A warp that has faded at a distance from its targets.
    ///
    /// - Parameter radius: of the region around them.
    init(handles: [Point], targets: [Point], radius: Double) {
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
    func shift(at place: Point) -> Point {
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

/// A warp on a box: for each pixel its shift, and what the warp does to the picture.
struct WarpField {
    let box: PixelBox
    /// Where the content of each pixel has come from, minus the pixel; 0 outside the region.
    private(set) var dx: [Float]
    private(set) var dy: [Float]

    /// Width of the seam along the region's border over which the shift fades, against the square root of its area.
    private static let seam = 0.05

    /// - Parameter region: on the box.
    init(_ warp: DragWarp, region: Mask, box: PixelBox) {
        self.box = box
        (dx, dy) = (Array(repeating: 0, count: box.width * box.height), Array(repeating: 0, count: box.width * box.height))
        guard let bounds = region.bounds else { return }
        let (inside, soft) = (DistanceField(to: !region), region.coverage.planes[0])
        let width = Float(max(2, Self.seam * Double(region.count).squareRoot()))
        for y in bounds.y..<bounds.endY {
            for x in bounds.x..<bounds.endX where region[y, x] {
                let at = y * box.width + x
                let share = Double(soft[at] * smoothStep(inside.distances[at] / width))
                let shift = warp.shift(at: Point(x: Double(x + box.x), y: Double(y + box.y)))
                (dx[at], dy[at]) = (Float(-shift.x * share), Float(-shift.y * share))
            }
        }
    }

    /// Pixels whose content has come from elsewhere.
    var moved: Mask {
        Mask(height: box.height, width: box.width, cells: dx.indices.map { dx[$0] * dx[$0] + dy[$0] * dy[$0] > 1e-4 })
    }

    /// The picture after the warp.
    func applied(to colours: Raster) -> Raster {
        let cells = moved.indices
        var planes = colours.planes
        for p in planes.indices {
            let range = samples(of: colours.planes[p])
            for at in cells {
                planes[p][at] = cubicSample(
                    colours.planes[p], box.width, box.height, Float(at % box.width) + dx[at], Float(at / box.width) + dy[at]
                ).clamped(to: range)
            }
        }
        return Raster(width: box.width, height: box.height, planes: planes)
    }

    /// How much of each pixel's detail the warp has stretched away: 0 up to a stretch of a half more, 1 from three times on.
    var stretched: [Float] {
        let (w, h) = (box.width, box.height)
        var result = [Float](repeating: 0, count: w * h)
        for at in moved.indices {
            let (x, y) = (at % w, at / w)
            guard x > 0, y > 0, x + 1 < w, y + 1 < h else { continue }
            // Columns of the map's Jacobian, result to source: where they are short, content is drawn long.
            let (ax, ay) = (1 + (dx[at + 1] - dx[at - 1]) / 2, (dy[at + 1] - dy[at - 1]) / 2)
            let (bx, by) = ((dx[at + w] - dx[at - w]) / 2, 1 + (dy[at + w] - dy[at - w]) / 2)
            let (e, f, g) = (ax * ax + ay * ay, ax * bx + ay * by, bx * bx + by * by)
            let least = max(0, (e + g) / 2 - (((e - g) / 2) * ((e - g) / 2) + f * f).squareRoot()).squareRoot()
            result[at] = smoothStep((1 / max(least, 0.05) - 1.5) / 1.5)
        }
        return result
    }
}

/// 0 up to 0, 1 from 1 on, smooth between.
func smoothStep(_ value: Float) -> Float {
    let t = min(max(value, 0), 1)
    return t * t * (3 - 2 * t)
}

/// A sample between pixels by Catmull and Rom's cubic; beyond the plane its border repeats.
func cubicSample(_ plane: [Float], _ width: Int, _ height: Int, _ x: Float, _ y: Float) -> Float {
    let (left, top) = (Int(x.rounded(.down)), Int(y.rounded(.down)))
    let (u, v) = (x - Float(left), y - Float(top))
    let (across, down) = (cubicWeights(u), cubicWeights(v))
    var sum: Float = 0
    for j in 0..<4 {
        let row = min(max(top + j - 1, 0), height - 1) * width
        var line: Float = 0
        for i in 0..<4 { line += across[i] * plane[row + min(max(left + i - 1, 0), width - 1)] }
        sum += down[j] * line
    }
    return sum
}

private func cubicWeights(_ t: Float) -> SIMD4<Float> {
    SIMD4(
        ((-0.5 * t + 1) * t - 0.5) * t, (1.5 * t - 2.5) * t * t + 1, ((-1.5 * t + 2) * t + 0.5) * t, (0.5 * t - 0.5) * t * t)
}
