/// Distances to a mask, and what is made of them.
package struct DistanceField {
    package let width: Int
    package let height: Int
    /// Euclidean distance of each cell to the nearest set one, in cells.
    package let distances: [Float]

    /// Felzenszwalb and Huttenlocher's exact transform (2012): distances along columns, then lower envelopes of parabolas along
    /// rows.
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
        let width = part.width
        var squares = alongColumns(mask, within: part)
        var envelope = Envelope(count: width)
        for y in 0..<part.height where !Cancellation.isAsked {
            envelope.squares(&squares, from: y * width)
        }
        for at in squares.indices { squares[at] = squares[at].squareRoot() }
        return squares
    }

    /// Squares of the distances to the nearest set cell of the same column.
    private static func alongColumns(_ mask: Mask, within part: PixelBox) -> [Float] {
        let (width, height) = (part.width, part.height)
        let far: Float = 1e12
        var squares = [Float](repeating: far, count: width * height)
        // Rows since the last set cell, downwards and then upwards.
        var since = [Float](repeating: .infinity, count: width)
        let pass = { (y: Int, squares: inout [Float], since: inout [Float]) in
            let (from, to) = ((y + part.y) * mask.width + part.x, y * width)
            for x in 0..<width {
                since[x] = mask.cells[from + x] ? 0 : since[x] + 1
                squares[to + x] = min(squares[to + x], since[x] * since[x])
            }
        }
        for y in 0..<height where !Cancellation.isAsked { pass(y, &squares, &since) }
        for x in 0..<width { since[x] = .infinity }
        for y in (0..<height).reversed() where !Cancellation.isAsked { pass(y, &squares, &since) }
        return squares
    }

    /// The lower envelope of a line's parabolas. In double precision: beyond 4096 cells a square is no whole number of a
    /// float's any more.
    private struct Envelope {
        private var heights: [Float]
        private var places: [Int]
        private var bounds: [Double]

        init(count: Int) {
            heights = Array(repeating: 0, count: count)
            (places, bounds) = (Array(repeating: 0, count: count), Array(repeating: 0, count: count + 1))
        }

        /// Squares of distances along a line, in place of those across it.
        mutating func squares(_ line: inout [Float], from start: Int) {
            for q in heights.indices { heights[q] = line[start + q] }
            var k = 0
            (bounds[0], bounds[1], places[0]) = (-.infinity, .infinity, 0)
            for q in 1..<max(heights.count, 1) {
                var s: Double
                repeat {
                    let v = places[k]
                    s = ((Double(heights[q]) + Double(q * q)) - (Double(heights[v]) + Double(v * v))) / Double(2 * (q - v))
                    if s > bounds[k] { break }
                    k -= 1
                } while k >= 0
                k += 1
                places[k] = q
                (bounds[k], bounds[k + 1]) = (s, .infinity)
            }
            k = 0
            for q in heights.indices {
                while bounds[k + 1] < Double(q) { k += 1 }
                let d = Float(q - places[k])
                line[start + q] = d * d + heights[places[k]]
            }
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
