/// A warp on a box: for each pixel its shift, and what the warp does to the picture.
package struct WarpField {
    package let box: PixelBox
    /// Where the content of each pixel has come from, minus the pixel; 0 outside the region.
    package private(set) var dx: [Float]
    package private(set) var dy: [Float]

    /// Width of the seam along the region's border over which the shift fades, against the square root of its area.
    private static let seam = 0.05

    /// - Parameter region: on the box.
    package init(_ warp: DragWarp, region: Mask, box: PixelBox) {
        self.box = box
        (dx, dy) = (Array(repeating: 0, count: box.width * box.height), Array(repeating: 0, count: box.width * box.height))
        guard let bounds = region.bounds else { return }
        let (inside, soft) = (DistanceField(to: !region), region.coverage.planes[0])
        let width = Float(max(2, Self.seam * Double(region.count).squareRoot()))
        for y in bounds.y..<bounds.endY where !Cancellation.isAsked {
            for x in bounds.x..<bounds.endX where region[y, x] {
                let at = y * box.width + x
                let share = Double(soft[at] * smoothStep(inside.distances[at] / width))
                let shift = warp.shift(at: Point(x: Double(x + box.x), y: Double(y + box.y)))
                (dx[at], dy[at]) = (Float(-shift.x * share), Float(-shift.y * share))
            }
        }
    }

    /// Pixels whose content has come from elsewhere.
    package var moved: Mask {
        Mask(height: box.height, width: box.width, cells: dx.indices.map { dx[$0] * dx[$0] + dy[$0] * dy[$0] > 1e-4 })
    }

    /// The picture after the warp.
    package func applied(to colours: Raster) -> Raster {
        let cells = moved.indices
        var planes = colours.planes
        for p in planes.indices {
            guard !Cancellation.isAsked else { break }
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
    package var stretched: [Float] {
        // Where the map from result to source shortens, content is drawn long.
        map { smoothStep((1 / max($0.least, 0.05) - 1.5) / 1.5) }
    }

    /// How far each pixel shows content that the warp has pressed together or sheared, 0 up to `crushing`, 1 from twice that on.
    private var crushed: [Float] { map { smoothStep($0.most / Self.crushing - 1) } }

    /// How far each pixel shows content that was so much wider; what is only sheared is not.
    package var narrowed: [Float] { map { smoothStep($0.most * min(1, $0.least) / Self.crushing - 1) } }

    /// How much shorter content may become before it is no longer seen as what it was: of what lies between a border that stays and
    /// what is drawn past it, threads are left.
    private static let crushing: Float = 2.5

    /// The warped picture, its crushed pixels filled smoothly from around them: what is between a thing that moved and a border that
    /// did not is their transition.
    package func mended(_ warped: Raster) -> Raster {
        let crushed = crushed
        let cells = crushed.indices.filter { crushed[$0] > 0 }
        guard !cells.isEmpty else { return warped }
        let known = crushed.map { 1 - $0 }
        var planes = warped.planes
        for p in planes.indices where !Cancellation.isAsked {
            let smooth = smoothedIn(warped.planes[p], weights: known, width: box.width, height: box.height)
            for at in cells { planes[p][at] = smooth[at] }
        }
        return Raster(width: box.width, height: box.height, planes: planes)
    }

    /// A number for each pixel that has moved, by how much a step in the result is in the source at least and at most, over all
    /// directions: the singular values of the map's Jacobian.
    private func map(_ measure: (_ stretch: (least: Float, most: Float)) -> Float) -> [Float] {
        let (w, h) = (box.width, box.height)
        var result = [Float](repeating: 0, count: w * h)
        for at in moved.indices {
            let (x, y) = (at % w, at / w)
            guard x > 0, y > 0, x + 1 < w, y + 1 < h else { continue }
            let (ax, ay) = (1 + (dx[at + 1] - dx[at - 1]) / 2, (dy[at + 1] - dy[at - 1]) / 2)
            let (bx, by) = ((dx[at + w] - dx[at - w]) / 2, 1 + (dy[at + w] - dy[at - w]) / 2)
            let (e, f, g) = (ax * ax + ay * ay, ax * bx + ay * by, bx * bx + by * by)
            let (mean, spread) = ((e + g) / 2, (((e - g) / 2) * ((e - g) / 2) + f * f).squareRoot())
            result[at] = measure((max(0, mean - spread).squareRoot(), (mean + spread).squareRoot()))
        }
        return result
    }
}
