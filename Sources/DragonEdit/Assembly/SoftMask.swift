/// Distances to a mask, and what is made of them.
struct DistanceField {
    let width: Int
    let height: Int
    /// Euclidean distance of each cell to the nearest set one, in cells.
    let distances: [Float]

    /// Felzenszwalb and Huttenlocher's exact transform (2012): lower envelopes of parabolas, along columns, then rows.
    init(to mask: Mask) {
        let (width, height) = (mask.width, mask.height)
        let far: Float = 1e12
        var squares = mask.cells.map { $0 ? 0 : far }
        for x in 0..<width {
            let column = Self.envelope((0..<height).map { squares[$0 * width + x] })
            for y in 0..<height { squares[y * width + x] = column[y] }
        }
        for y in 0..<height {
            squares.replaceSubrange(y * width..<(y + 1) * width, with: Self.envelope(Array(squares[y * width..<(y + 1) * width])))
        }
        (self.width, self.height, distances) = (width, height, squares.map { $0.squareRoot() })
    }

    private static func envelope(_ f: [Float]) -> [Float] {
        let n = f.count
        var (places, bounds) = ([Int](repeating: 0, count: n), [Float](repeating: 0, count: n + 1))
        var k = 0
        (bounds[0], bounds[1]) = (-.infinity, .infinity)
        for q in 1..<max(n, 1) {
            var s: Float
            repeat {
                let v = places[k]
                s = ((f[q] + Float(q * q)) - (f[v] + Float(v * v))) / Float(2 * (q - v))
                if s > bounds[k] { break }
                k -= 1
            } while k >= 0
            k += 1
            places[k] = q
            (bounds[k], bounds[k + 1]) = (s, .infinity)
        }
        k = 0
        return (0..<n).map { q in
            while bounds[k + 1] < Float(q) { k += 1 }
            let d = Float(q - places[k])
            return d * d + f[places[k]]
        }
    }

    /// 1 up to `inner` cells from the mask, 0 from `outer` on, a smooth ramp between.
    func ramp(inner: Float, outer: Float) -> [Float] {
        distances.map { distance in
            if distance <= inner { return 1 }
            guard distance < outer else { return 0 }
            return smoothStep((outer - distance) / (outer - inner))
        }
    }
}

extension Mask {
    /// 1 up to `inner` cells from the set ones, 0 from `outer` on, a smooth ramp between.
    func ramp(inner: Double, outer: Double) -> [Float] {
        guard count > 0 else { return [Float](repeating: 0, count: cells.count) }
        return DistanceField(to: self).ramp(inner: Float(inner), outer: Float(outer))
    }
}

/// Spreads what is known of a smooth field into where it is not: averages of known samples at half the size, again and
/// again, then back (pull–push; Gortler et al., 1996).
func spread(_ values: [Float], weights: [Float], width: Int, height: Int) -> [Float] {
    guard width > 1 || height > 1 else { return weights[0] > 0 ? values : [0] }
    let (w, h) = ((width + 1) / 2, (height + 1) / 2)
    var (coarse, share) = ([Float](repeating: 0, count: w * h), [Float](repeating: 0, count: w * h))
    for y in 0..<height {
        for x in 0..<width {
            let (from, to) = (y * width + x, y / 2 * w + x / 2)
            coarse[to] += values[from] * weights[from]
            share[to] += weights[from]
        }
    }
    for i in coarse.indices where share[i] > 0 { coarse[i] /= share[i] }
    let below = spread(coarse, weights: share.map { min($0, 1) }, width: w, height: h)
    var result = values
    for y in 0..<height {
        for x in 0..<width {
            let at = y * width + x
            guard weights[at] < 1 else { continue }
            let smooth = bilinear(below, w, h, (Float(x) - 0.5) / 2, (Float(y) - 0.5) / 2)
            result[at] = weights[at] * values[at] + (1 - weights[at]) * smooth
        }
    }
    return result
}

/// A sample between pixel centres; beyond the plane its border repeats.
func bilinear(_ plane: [Float], _ width: Int, _ height: Int, _ x: Float, _ y: Float) -> Float {
    let (cx, cy) = (min(max(x, 0), Float(width - 1)), min(max(y, 0), Float(height - 1)))
    let (left, top) = (Int(cx), Int(cy))
    let (right, bottom) = (min(left + 1, width - 1), min(top + 1, height - 1))
    let (u, v) = (cx - Float(left), cy - Float(top))
    let upper = plane[top * width + left] * (1 - u) + plane[top * width + right] * u
    let lower = plane[bottom * width + left] * (1 - u) + plane[bottom * width + right] * u
    return upper * (1 - v) + lower * v
}

/// A hole in a raster, by the distance of each pixel to the mask that was cut out.
struct Hole {
    let distances: DistanceField
    /// The smallest box around the mask; nil where it is empty.
    let bounds: PixelBox?
    /// Pixels around the mask that are unknown too: its fringes.
    let reach: Float

    init(_ mask: Mask, reach: Double) {
        (distances, bounds, self.reach) = (DistanceField(to: mask), mask.bounds, Float(reach))
    }

    /// Whether a pixel is unknown, at least in part.
    func contains(_ index: Int) -> Bool { distances.distances[index] < reach + 1 }

    /// How much of each pixel is unknown: the hole ends with a ramp of a pixel.
    var shares: [Float] { distances.ramp(inner: reach, outer: reach + 1) }
}

extension Raster {
    /// The picture without a hole, which is filled smoothly from around it.
    func filled(_ hole: Hole) -> Raster {
        let known = hole.shares.map { 1 - $0 }
        guard known.contains(where: { $0 > 0 }) else { return self }
        return Raster(
            width: width, height: height, planes: planes.map { spread($0, weights: known, width: width, height: height) })
    }
}
