/// A grid of samples that lies turned in a raster.
package struct TurnedGrid: Sendable {
    package let width: Int
    package let height: Int
    /// The first sample's middle in the raster, and the ways from a sample to its right and its lower neighbour.
    private let first: SIMD2<Double>
    private let right: SIMD2<Double>
    private let down: SIMD2<Double>

    /// - Parameters:
    ///   - part: of the picture that an object goes to, its place and samples.
    ///   - step: pixels of the picture for each sample.
    ///   - placement: how what is sampled comes to lie there.
    ///   - corner: of the raster, upper left, in the pixels of what the object comes from.
    package init(_ part: PixelBox, step: Double, _ placement: Placement, from corner: Point) {
        (width, height) = (part.width, part.height)
        let sample = { (column: Double, row: Double) -> SIMD2<Double> in
            let point = placement.source(of: Point(x: Double(part.x) + column * step, y: Double(part.y) + row * step))
            return SIMD2(point.x - corner.x, point.y - corner.y)
        }
        first = sample(0.5, 0.5)
        (right, down) = (sample(1.5, 0.5) - first, sample(0.5, 1.5) - first)
    }

    /// The raster's pixels in a sample, along a side; at least 1.
    fileprivate var reach: Double { max(1, (right * right).sum().squareRoot()) }

    @inline(__always)
    fileprivate func place(row: Int, column: Int) -> SIMD2<Double> { first + right * Double(column) + down * Double(row) }
}

extension Raster {
    /// The pixels under a turned grid's samples, as they are; beyond the edges the border repeats.
    package func picked(_ grid: TurnedGrid) -> Raster {
        var sources: [Int] = []
        sources.reserveCapacity(grid.width * grid.height)
        for row in 0..<grid.height {
            for column in 0..<grid.width {
                let place = grid.place(row: row, column: column)
                let (x, y) = (Int(place.x.rounded(.down)), Int(place.y.rounded(.down)))
                sources.append(min(max(y, 0), height - 1) * width + min(max(x, 0), width - 1))
            }
        }
        return Raster(width: grid.width, height: grid.height, planes: planes.map { plane in sources.map { plane[$0] } })
    }

    /// Samples of a turned grid, by Catmull and Rom's cubic along both axes of the raster, widened where samples lie further apart
    /// than its pixels; beyond its edges its border repeats.
    ///
    /// - Parameter isLight: whether samples are colours, which are averaged as the light they stand for.
    package func turned(_ grid: TurnedGrid, isLight: Bool) -> Raster {
        // Plane after plane, in one piece.
        let linear = planes.enumerated().flatMap { isLight && $0.offset < 3 ? $0.element.map(toLight) : $0.element }
        let area = grid.width * grid.height
        var result = [Float](repeating: 0, count: planes.count * area)
        linear.withUnsafeBufferPointer { source in
            result.withUnsafeMutableBufferPointer { target in
                var (across, below) = (Taps(reach: grid.reach), Taps(reach: grid.reach))
                for row in 0..<grid.height where !Cancellation.isAsked {
                    for column in 0..<grid.width {
                        let (place, at) = (grid.place(row: row, column: column), row * grid.width + column)
                        across.lie(about: place.x)
                        below.lie(about: place.y)
                        for p in planes.indices {
                            let plane = UnsafeBufferPointer(rebasing: source[p * width * height..<(p + 1) * width * height])
                            target[p * area + at] = sample(plane, across, below)
                        }
                    }
                }
            }
        }
        return Raster(
            width: grid.width, height: grid.height,
            planes: planes.indices.map { p in
                // The cubic rings at edges.
                let (range, plane) = (samples(of: planes[p]), result[p * area..<(p + 1) * area])
                return isLight && p < 3 ? plane.map { toDisplay($0).clamped(to: range) } : plane.map { $0.clamped(to: range) }
            })
    }

    /// The pixels about a place along one axis, and their weights.
    private struct Taps {
        private let reach: Double
        private(set) var first = 0
        private(set) var weights: [Float]

        init(reach: Double) {
            self.reach = reach
            weights = [Float](repeating: 0, count: Int((4 * reach).rounded(.down)) + 1)
        }

        @inline(__always)
        mutating func lie(about place: Double) {
            let centre = place - 0.5
            first = Int((centre - 2 * reach).rounded(.up))
            var sum: Float = 0
            for k in weights.indices {
                weights[k] = Float(Resampling.cubic((Double(first + k) - centre) / reach))
                sum += weights[k]
            }
            guard sum != 0 else { return }
            for k in weights.indices { weights[k] /= sum }
        }
    }

    @inline(__always)
    private func sample(_ plane: UnsafeBufferPointer<Float>, _ across: Taps, _ below: Taps) -> Float {
        across.weights.withUnsafeBufferPointer { weights in
            let isInside = across.first >= 0 && across.first + weights.count <= width
            var sum: Float = 0
            for (k, weight) in below.weights.enumerated() where weight != 0 {
                let row = min(max(below.first + k, 0), height - 1) * width
                var line: Float = 0
                if isInside {
                    for j in weights.indices { line += weights[j] * plane[row + across.first + j] }
                } else {
                    for j in weights.indices { line += weights[j] * plane[row + min(max(across.first + j, 0), width - 1)] }
                }
                sum += weight * line
            }
            return sum
        }
    }
}
