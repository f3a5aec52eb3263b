/// Distances to a mask, and what is made of them.
package struct DistanceField {
    package let width: Int
    package let height: Int
    /// Euclidean distance of each cell to the nearest set one, in cells.
    package let distances: [Float]

    /// Felzenszwalb and Huttenlocher's exact transform (2012): lower envelopes of parabolas, along columns, then rows.
    ///
    /// - Parameter reach: how far distances are asked for, in cells: beyond the box around the mask and so much more they are
    ///   infinite; nil asks for all.
    package init(to mask: Mask, reach: Float? = nil) {
        (width, height) = (mask.width, mask.height)
        let all = PixelBox(x: 0, y: 0, width: width, height: height)
        guard let reach, let bounds = mask.bounds else {
            distances = Self.transformed(mask, within: all)
            return
        }
        let part = bounds.grown(by: Int(reach.rounded(.up)) + 1).clipped(to: all)
        let found = Self.transformed(mask, within: part)
        var distances = [Float](repeating: .infinity, count: width * height)
        for y in 0..<part.height {
            for x in 0..<part.width { distances[(y + part.y) * width + x + part.x] = found[y * part.width + x] }
        }
        self.distances = distances
    }

    /// Distances in a part that holds every set cell.
    private static func transformed(_ mask: Mask, within part: PixelBox) -> [Float] {
        let (width, height) = (part.width, part.height)
        let far: Float = 1e12
        var squares = [Float](repeating: far, count: width * height)
        for y in 0..<height {
            for x in 0..<width where mask.cells[(y + part.y) * mask.width + x + part.x] { squares[y * width + x] = 0 }
        }
        for x in 0..<width {
            let column = envelope((0..<height).map { squares[$0 * width + x] })
            for y in 0..<height { squares[y * width + x] = column[y] }
        }
        for y in 0..<height {
            squares.replaceSubrange(y * width..<(y + 1) * width, with: envelope(Array(squares[y * width..<(y + 1) * width])))
        }
        return squares.map { $0.squareRoot() }
    }

    /// Squares of distances along a line, from those across it. In double precision: beyond 4096 cells a square is no whole
    /// number of a float's any more.
    private static func envelope(_ f: [Float]) -> [Float] {
        let n = f.count
        var (places, bounds) = ([Int](repeating: 0, count: n), [Double](repeating: 0, count: n + 1))
        var k = 0
        (bounds[0], bounds[1]) = (-.infinity, .infinity)
        for q in 1..<max(n, 1) {
            var s: Double
            repeat {
                let v = places[k]
                s = ((Double(f[q]) + Double(q * q)) - (Double(f[v]) + Double(v * v))) / Double(2 * (q - v))
                if s > bounds[k] { break }
                k -= 1
            } while k >= 0
            k += 1
            places[k] = q
            (bounds[k], bounds[k + 1]) = (s, .infinity)
        }
        k = 0
        return (0..<n).map { q in
            while bounds[k + 1] < Double(q) { k += 1 }
            let d = Float(q - places[k])
            return d * d + f[places[k]]
        }
    }

    /// 1 up to `inner` cells from the mask, 0 from `outer` on, a smooth ramp between.
    package func ramp(inner: Float, outer: Float) -> [Float] {
        distances.map { distance in
            if distance <= inner { return 1 }
            guard distance < outer else { return 0 }
            return smoothStep((outer - distance) / (outer - inner))
        }
    }
}

extension Mask {
    /// 1 up to `inner` cells from the set ones, 0 from `outer` on, a smooth ramp between.
    package func ramp(inner: Double, outer: Double) -> [Float] {
        guard count > 0 else { return [Float](repeating: 0, count: cells.count) }
        return DistanceField(to: self, reach: Float(outer)).ramp(inner: Float(inner), outer: Float(outer))
    }
}
