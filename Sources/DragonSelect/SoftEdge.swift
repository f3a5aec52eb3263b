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

    init(part: Part, object: Mask) {
        self.part = part
        depth = object.depth
        let (width, height) = (part.field.width, part.field.height)
        let colours = part.field.colours.map { $0 / 255 }
        let shares = object.cells.map { $0 ? Float(1) : 0 }
        func mean(_ value: (Int) -> SIMD4<Float>) -> [SIMD4<Float>] { boxMean(value, width: width, height: height, radius: Self.radius) }
        // Colours and share; their products: squares with the share's, mixed colours.
        let means = mean { SIMD4(colours[$0], shares[$0]) }
        let squares = mean { SIMD4(colours[$0] * colours[$0], 0) }
        let mixed = mean { at in
            let c = colours[at]
            return SIMD4(c.x * c.y, c.x * c.z, c.y * c.z, 0)
        }
        let shared = mean { SIMD4(colours[$0] * shares[$0], 0) }
        let fitted = means.indices.map { at -> SIMD4<Float> in
            let (m, share) = (SIMD3(means[at].x, means[at].y, means[at].z), means[at].w)
            let v = SIMD3(squares[at].x, squares[at].y, squares[at].z) - m * m + Self.smoothness
            let u = SIMD3(mixed[at].x - m.x * m.y, mixed[at].y - m.x * m.z, mixed[at].z - m.y * m.z)
            let factor = solved(v, u, SIMD3(shared[at].x, shared[at].y, shared[at].z) - m * share)
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

/// x of Ax = b for a symmetric A of a diagonal and xy, xz, yz, by minors.
private func solved(_ v: SIMD3<Float>, _ u: SIMD3<Float>, _ b: SIMD3<Float>) -> SIMD3<Float> {
    let (xx, yy, zz) = (v.y * v.z - u.z * u.z, v.x * v.z - u.y * u.y, v.x * v.y - u.x * u.x)
    let (xy, xz, yz) = (u.y * u.z - u.x * v.z, u.x * u.z - u.y * v.y, u.x * u.y - u.z * v.x)
    let determinant = v.x * xx + u.x * xy + u.y * xz
    guard determinant > 1e-18 else { return .zero }
    return SIMD3(
        xx * b.x + xy * b.y + xz * b.z, xy * b.x + yy * b.y + yz * b.z, xz * b.x + yz * b.y + zz * b.z) / determinant
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
