extension Raster {
    /// Red, green, blue and a zero of a pixel.
    func colour(at index: Int) -> SIMD4<Float> { SIMD4(planes[0][index], planes[1][index], planes[2][index], 0) }
}

/// One scale of a picture with a hole.
struct FillLevel {
    let width: Int
    let height: Int
    /// Red, green, blue and the ``Roughness`` around each pixel, row by row; in the hole an estimate.
    var colours: [SIMD4<Float>]
    /// Whether a pixel is in the hole.
    let isHole: [Bool]

    init(width: Int, height: Int, colours: [SIMD4<Float>], isHole: [Bool]) {
        (self.width, self.height, self.colours, self.isHole) = (width, height, colours, isHole)
    }

    /// Half the size: means of the known pixels; a pixel of which any part is unknown belongs to the hole.
    var halved: FillLevel {
        let (w, h) = ((width + 1) / 2, (height + 1) / 2)
        var small = [SIMD4<Float>](repeating: .zero, count: w * h)
        var hole = [Bool](repeating: false, count: w * h)
        for y in 0..<h {
            for x in 0..<w {
                let at = y * w + x
                var sum = SIMD4<Float>.zero
                for (row, column) in [(2 * y, 2 * x), (2 * y, 2 * x + 1), (2 * y + 1, 2 * x), (2 * y + 1, 2 * x + 1)] {
                    let from = min(row, height - 1) * width + min(column, width - 1)
                    hole[at] = hole[at] || isHole[from]
                    sum += colours[from]
                }
                small[at] = sum / 4
            }
        }
        return FillLevel(width: w, height: h, colours: small, isHole: hole)
    }

    /// A colour between pixel centres of this level, for a pixel of a level `scale` times as fine.
    func sample(_ x: Int, _ y: Int, scale: Int) -> SIMD4<Float> {
        let (fx, fy) = ((Float(x) + 0.5) / Float(scale) - 0.5, (Float(y) + 0.5) / Float(scale) - 0.5)
        let (cx, cy) = (min(max(fx, 0), Float(width - 1)), min(max(fy, 0), Float(height - 1)))
        let (left, top) = (Int(cx), Int(cy))
        let (right, bottom) = (min(left + 1, width - 1), min(top + 1, height - 1))
        let (u, v) = (cx - Float(left), cy - Float(top))
        return (colour(left, top) * (1 - u) + colour(right, top) * u) * (1 - v)
            + (colour(left, bottom) * (1 - u) + colour(right, bottom) * u) * v
    }

    func colour(_ x: Int, _ y: Int) -> SIMD4<Float> { colours[y * width + x] }

    var holeCount: Int { isHole.count { $0 } }
}
