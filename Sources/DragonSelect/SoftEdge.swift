import DragonImage

/// The edge of an object that was found: as soft as its colours say.
///
/// A guided filter (He, Sun and Tang, ECCV 2010): near the border the share of a pixel is a linear function of its colour, which
/// is worked out on the part's cells and taken for the picture's pixels (He and Sun, arXiv 1505.00996).
struct SoftEdge {
    private let part: Part
    private let depth: [Float]
    /// Of each cell: factors of the colour, and what is added.
    private let factors: [SIMD4<Float>]

    /// Half the window, in cells; beyond it all is decided.
    private static let radius = 3
    /// Against noise, of 1².
    private static let smoothness: Float = 1e-4
    /// Shares lie nearer to 0 and 1 than a filter gives them.
    private static let steepness: Float = 1.5

    /// - Parameter decided: cells that no filter touches, and whether they are the object's.
    init(part: Part, object: Mask, decided: [(cell: Int, isInside: Bool)]) {
        self.part = part
        var depth = object.depth
        for (cell, isInside) in decided { depth[cell] = isInside ? .infinity : -.infinity }
        self.depth = depth
        let (width, height) = (part.field.width, part.field.height)
        let colours = part.field.colours.map { $0 / 255 }
        let shares = object.cells.map { $0 ? Float(1) : 0 }
        func mean(_ value: (Int) -> SIMD4<Float>) -> [SIMD4<Float>] { boxMean(value, width: width, height: height, radius: Self.radius) }
        // Colours and share; their products: squares with the share's, mixed colours.
        let means = mean { SIMD4(colours[$0], shares[$0]) }
        let squares = mean { SIMD4(colours[$0] * colours[$0], 0) }
        let mixed = mean { at in
            SIMD4(Covariance.mixed(colours[at]), 0)
        }
        let shared = mean { SIMD4(colours[$0] * shares[$0], 0) }
        let fitted = means.indices.map { at -> SIMD4<Float> in
            let (m, share) = (SIMD3(means[at].x, means[at].y, means[at].z), means[at].w)
            let covariance = Covariance(
                diagonal: SIMD3(squares[at].x, squares[at].y, squares[at].z) - m * m + Self.smoothness,
                mixed: SIMD3(mixed[at].x, mixed[at].y, mixed[at].z) - Covariance.mixed(m))
            let factor = covariance.inverse.matrix.times(SIMD3(shared[at].x, shared[at].y, shared[at].z) - m * share)
            return SIMD4(factor, share - (factor * m).sum())
        }
        factors = mean { fitted[$0] }
    }

    /// The object in the picture's own pixels.
    func found(in pyramid: PicturePyramid) -> FoundObject {
        let (scale, picture) = (part.scale, pyramid.levels[0])
        let pixels = PixelBox(x: part.box.x * scale, y: part.box.y * scale, width: part.box.width * scale, height: part.box.height * scale)
            .clipped(to: pyramid.size.box)
        var shares = [UInt8](repeating: 0, count: pixels.width * pixels.height)
        for y in 0..<pixels.height {
            let row = min((y + pixels.y) / scale - part.box.y, part.field.height - 1)
            for x in 0..<pixels.width {
                let cell = row * part.field.width + min((x + pixels.x) / scale - part.box.x, part.field.width - 1)
                guard abs(depth[cell]) <= Float(Self.radius) else {
                    shares[y * pixels.width + x] = depth[cell] > 0 ? 255 : 0
                    continue
                }
                let colour = picture.pixels[(y + pixels.y) * picture.width + x + pixels.x]
                let factor = scale == 1 ? factors[cell] : interpolated(x: x + pixels.x, y: y + pixels.y)
                let share = (factor * SIMD4(Float(colour.x) / 255, Float(colour.y) / 255, Float(colour.z) / 255, 1)).sum()
                shares[y * pixels.width + x] = UInt8((min(max((share - 0.5) * Self.steepness + 0.5, 0), 1) * 255).rounded())
            }
        }
        return FoundObject(size: pyramid.size, box: pixels, shares: shares)
    }

    /// The factors at a pixel, between those of four cells.
    private func interpolated(x: Int, y: Int) -> SIMD4<Float> {
        let (width, height, scale) = (part.field.width, part.field.height, Float(part.scale))
        let cx = min(max((Float(x) + 0.5) / scale - Float(part.box.x) - 0.5, 0), Float(width - 1))
        let cy = min(max((Float(y) + 0.5) / scale - Float(part.box.y) - 0.5, 0), Float(height - 1))
        let (left, top) = (Int(cx), Int(cy))
        let (right, bottom) = (min(left + 1, width - 1), min(top + 1, height - 1))
        let (fx, fy) = (cx - Float(left), cy - Float(top))
        let above = factors[top * width + left] * (1 - fx) + factors[top * width + right] * fx
        let below = factors[bottom * width + left] * (1 - fx) + factors[bottom * width + right] * fx
        return above * (1 - fy) + below * fy
    }
}

/// Means over the window about each cell, as far as it lies in the grid.
private func boxMean(_ value: (Int) -> SIMD4<Float>, width: Int, height: Int, radius: Int) -> [SIMD4<Float>] {
    var rows = [SIMD4<Float>](repeating: .zero, count: width * height)
    for y in 0..<height {
        var sum = SIMD4<Float>.zero
        for x in 0..<min(radius, width) { sum += value(y * width + x) }
        for x in 0..<width {
            if x + radius < width { sum += value(y * width + x + radius) }
            if x > radius { sum -= value(y * width + x - radius - 1) }
            rows[y * width + x] = sum / Float(min(x + radius, width - 1) - max(x - radius, 0) + 1)
        }
    }
    var (result, sums) = (rows, [SIMD4<Float>](repeating: .zero, count: width))
    for y in 0..<min(radius, height) { for x in 0..<width { sums[x] += rows[y * width + x] } }
    for y in 0..<height {
        let count = Float(min(y + radius, height - 1) - max(y - radius, 0) + 1)
        for x in 0..<width {
            if y + radius < height { sums[x] += rows[(y + radius) * width + x] }
            if y > radius { sums[x] -= rows[(y - radius - 1) * width + x] }
            result[y * width + x] = sums[x] / count
        }
    }
    return result
}
