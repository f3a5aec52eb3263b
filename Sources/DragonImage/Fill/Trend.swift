/// The plane that a picture's known colours lie on, where they lie on one: a sky, a backdrop, a page under a lamp. Texture is
/// taken from what is above and below it, so that a gradient goes on through a hole.
struct Trend {
    /// Slopes along x and y of the colours, around the level's middle; 0 where a plane explains little.
    private var slopes: (x: SIMD4<Float>, y: SIMD4<Float>) = (.zero, .zero)
    private let middle: (x: Float, y: Float)

    /// Share of the variance that a plane must explain.
    private static let least = 0.8

    init(of level: FillLevel) {
        let (w, h) = (level.width, level.height)
        middle = (Float(w - 1) / 2, Float(h - 1) / 2)
        var known = 0
        var (place, places) = (SIMD2<Double>.zero, SIMD3<Double>.zero)
        var (sum, square) = (SIMD4<Double>.zero, SIMD4<Double>.zero)
        var (along, down) = (SIMD4<Double>.zero, SIMD4<Double>.zero)
        for y in 0..<h where !Cancellation.isAsked {
            let py = Double(Float(y) - middle.y)
            for x in 0..<w where !level.isHole[y * w + x] {
                let (px, v) = (Double(Float(x) - middle.x), SIMD4<Double>(level.colours[y * w + x]))
                known += 1
                place += SIMD2(px, py)
                places += SIMD3(px * px, px * py, py * py)
                (sum, square) = (sum + v, square + v * v)
                (along, down) = (along + px * v, down + py * v)
            }
        }
        guard known > 16 else { return }
        let count = Double(known)
        let mean = place / count
        let spread = places - count * SIMD3(mean.x * mean.x, mean.x * mean.y, mean.y * mean.y)
        let determinant = spread.x * spread.z - spread.y * spread.y
        guard determinant > 0 else { return }
        for c in 0..<3 {
            let (xv, yv) = (along[c] - mean.x * sum[c], down[c] - mean.y * sum[c])
            let variance = square[c] - sum[c] * sum[c] / count
            // A flat colour's variance is what rounding leaves of it.
            guard variance > 1e-9 * count else { continue }
            let (a, b) = ((xv * spread.z - yv * spread.y) / determinant, (yv * spread.x - xv * spread.y) / determinant)
            guard (a * xv + b * yv) / variance >= Self.least else { continue }
            (slopes.x[c], slopes.y[c]) = (Float(a), Float(b))
        }
    }

    /// The level with so many times the plane added.
    func added(to level: FillLevel, times factor: Float) -> FillLevel {
        var result = level
        for at in result.isHole.indices { result.colours[at] += factor * value(at % level.width, at / level.width) }
        return result
    }

    /// The plane's height at a pixel.
    func value(_ x: Int, _ y: Int) -> SIMD4<Float> {
        slopes.x * (Float(x) - middle.x) + slopes.y * (Float(y) - middle.y)
    }
}
