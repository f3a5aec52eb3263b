import DragonImage

/// The part of a frame that is looked at, and which of its pixels the object hides.
struct FrameView: Sendable {
    var colours: Raster
    let isHidden: [Bool]
}

/// How a frame differs from another one at the same place, judged by what both show.
struct FrameComparison {
    /// How much brighter the frame is than the other one, by plane; 0 for alpha.
    let brightness: [Float]
    /// Whether the camera stood still from one to the other.
    let isStill: Bool

    /// Pixels that are compared, at most.
    private static let mostPlaces = 40_000
    /// Fewer say nothing.
    private static let fewestPlaces = 64
    /// Differences count up to here: beyond it something else moves.
    private static let mostDifference: Float = 0.1
    /// The mean of those differences in frames of one scene, grain included, at most.
    private static let mostOfOneScene: Float = 0.05
    /// Differences from the median that still belong to a change of brightness.
    private static let mostFlicker: Float = 0.03
    /// Shifts that a camera which moved would explain better, in pixels.
    private static let shifts = [1, 2, 4, 8].flatMap { length in
        [-1, 0, 1].flatMap { y in [-1, 0, 1].map { (x: $0 * length, y: y * length) } }.filter { $0 != (0, 0) }
    }

    init(_ frame: FrameView, _ other: FrameView) {
        let seen = frame.isHidden.indices.filter { !frame.isHidden[$0] && !other.isHidden[$0] }
        let step = max(1, seen.count / Self.mostPlaces)
        let places = stride(from: 0, to: seen.count, by: step).map { seen[$0] }
        brightness = frame.colours.planes.indices.map { p in
            p < 3 ? Self.difference(frame.colours.planes[p], other.colours.planes[p], at: places) : 0
        }
        guard places.count >= Self.fewestPlaces else {
            isStill = false
            return
        }
        let differences = (brightness, Self.mostDifference)
        let own = Self.mean(frame, other, (0, 0), places, differences) ?? .infinity
        // Means of noise differ by chance.
        let chance = 1.05 + 3 / Float(places.count).squareRoot()
        isStill =
            own <= Self.mostOfOneScene
            && Self.shifts.allSatisfy { shift in
                Self.mean(frame, other, shift, places, differences).map { own <= chance * $0 + 0.25 / 255 } ?? true
            }
    }

    /// The mean difference, without what differs for other reasons than brightness.
    private static func difference(_ plane: [Float], _ other: [Float], at places: [Int]) -> Float {
        let differences = places.map { plane[$0] - other[$0] }
        guard !differences.isEmpty else { return 0 }
        let median = differences.sorted()[differences.count / 2]
        let alike = differences.filter { abs($0 - median) <= mostFlicker }
        return alike.reduce(0, +) / Float(max(1, alike.count))
    }

    /// The mean difference of the colours from the other frame's, shifted and of the same brightness; nil where too little is seen.
    private static func mean(
        _ frame: FrameView, _ other: FrameView, _ shift: (x: Int, y: Int), _ places: [Int], _ bounds: (brightness: [Float], most: Float)
    ) -> Float? {
        let (width, height) = (frame.colours.width, frame.colours.height)
        var (sum, count) = (Float(0), 0)
        for at in places {
            let (x, y) = (at % width + shift.x, at / width + shift.y)
            guard x >= 0, y >= 0, x < width, y < height, !other.isHidden[y * width + x] else { continue }
            for p in 0..<3 {
                let difference = frame.colours.planes[p][at] - other.colours.planes[p][y * width + x] - bounds.brightness[p]
                sum += min(abs(difference), bounds.most)
            }
            count += 3
        }
        return count >= 3 * fewestPlaces / 2 ? sum / Float(count) : nil
    }
}
