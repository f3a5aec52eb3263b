import DragonImage

/// An object's edge whose pixels show object and ground at once: C = α·F + (1 − α)·B. Laid elsewhere as they are, they would bring a
/// fringe of the old ground along.
struct MixedEdge {
    /// How much of each pixel is the object's.
    private let shares: [Float]
    private let width: Int
    private let height: Int

    /// Shares of pixels that are the object's alone, and of those by which the edge is judged.
    private static let whole: Float = 0.98
    private static let judged: ClosedRange<Float> = 0.1...0.9
    /// The share that a pixel's own colour is worked out by, at least.
    private static let leastShare: Float = 0.05
    /// Squares of what mixing leaves unexplained, at most, of what a hard edge under a soft mask leaves.
    private static let mostUnexplained: Float = 0.7

    /// - Returns: nil where no edge is soft.
    init?(_ shares: [Float], width: Int, height: Int) {
        guard shares.contains(where: Self.judged.contains), shares.contains(where: { $0 == 0 }),
            shares.contains(where: { $0 >= Self.whole })
        else { return nil }
        (self.shares, self.width, self.height) = (shares, width, height)
    }

    /// The object's own colours F: worked out where they show, continued from within where they hardly do. Unchanged where the edge is
    /// not mixed: under a soft mask a picture may have a hard edge.
    func freed(_ planes: [[Float]]) -> [[Float]] {
        let (inside, outside) = (shares.map { $0 >= Self.whole ? Float(1) : 0 }, shares.map { $0 == 0 ? Float(1) : 0 })
        let own = planes.map { smoothedIn($0, weights: inside, width: width, height: height) }
        let ground = planes.map { smoothedIn($0, weights: outside, width: width, height: height) }
        guard isMixed(planes, own, ground) else { return planes }
        return planes.indices.map { p in
            let range = samples(of: planes[p])
            return shares.indices.map { at in
                let share = shares[at]
                guard share > 0, share < Self.whole else { return planes[p][at] }
                let shown = ((planes[p][at] - (1 - share) * ground[p][at]) / max(share, Self.leastShare)).clamped(to: range)
                return share * shown + (1 - share) * own[p][at]
            }
        }
    }

    /// Whether mixtures explain the edge better than pixels that are wholly one or the other.
    private func isMixed(_ planes: [[Float]], _ own: [[Float]], _ ground: [[Float]]) -> Bool {
        var (mixed, hard): (Float, Float) = (0, 0)
        for at in shares.indices where Self.judged.contains(shares[at]) {
            var (mixture, object, around): (Float, Float, Float) = (0, 0, 0)
            for p in planes.indices {
                let (colour, f, b) = (planes[p][at], own[p][at], ground[p][at])
                let difference = colour - (b + shares[at] * (f - b))
                mixture += difference * difference
                object += (colour - f) * (colour - f)
                around += (colour - b) * (colour - b)
            }
            mixed += mixture
            hard += min(object, around)
        }
        return mixed < Self.mostUnexplained * hard
    }
}
