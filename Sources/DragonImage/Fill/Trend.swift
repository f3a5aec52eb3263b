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
        let known = level.isHole.indices.filter { !level.isHole[$0] }
        guard known.count > 16 else { return }
        let count = Double(known.count)
        let place = { [middle] (at: Int) in (Double(Float(at % w) - middle.x), Double(Float(at / w) - middle.y)) }
        var (mx, my) = (0.0, 0.0)
        for at in known { (mx, my) = (mx + place(at).0 / count, my + place(at).1 / count) }
        for c in 0..<3 {
            let mean = known.reduce(0.0) { $0 + Double(level.colours[$1][c]) } / count
            var (xx, xy, yy, xv, yv, vv) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
            for at in known {
                let (px, py) = place(at)
                let (x, y, v) = (px - mx, py - my, Double(level.colours[at][c]) - mean)
                (xx, xy, yy, xv, yv, vv) = (xx + x * x, xy + x * y, yy + y * y, xv + x * v, yv + y * v, vv + v * v)
            }
            let determinant = xx * yy - xy * xy
            guard determinant > 0, vv > 0 else { continue }
            let (a, b) = ((xv * yy - yv * xy) / determinant, (yv * xx - xv * xy) / determinant)
            guard (a * xv + b * yv) / vv >= Self.least else { continue }
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
