import DragonImage
import Foundation

/// What is under a point: objects of several sizes about it are tried, and the one is taken whose colours set it off best from
/// what surrounds it.
struct ClickSearch {
    let part: Part
    let hint: ObjectHint
    /// What a network attends to from the hint's points on; nil where none has looked at the picture.
    var map: AttentionMap?

    /// Radii that are tried, of the picture's mean side.
    private static let radii: [Float] = [0.05, 0.07, 0.1, 0.14, 0.19, 0.26]
    private static let rounds = 4
    /// What a border counts that a network's attention knows at an object's size, for each log odds that it is trusted.
    private static let preference: Float = 1.5

    /// Which of the radii suits best; nil where no object is told apart.
    func radius() throws(FindingError) -> Int? { try best(of: Self.radii.indices)?.radius }

    /// The object on the part, by radii about the one that suited its first point; nil where none is told apart.
    func object(near radius: Int) throws(FindingError) -> Mask? {
        try best(of: radius..<min(Self.radii.count, radius + 2))?.object
    }

    private typealias Rated = (score: Float, object: Mask)

    private func best(of radii: Range<Int>) throws(FindingError) -> (radius: Int, object: Mask)? {
        let side = Float(part.box.meanSide)
        let tried = inParallel(radii.count) { number in
            Result { () throws(FindingError) in try candidate(radius: Self.radii[radii.lowerBound + number] * side) }
        }
        var best: (radius: Int, found: Rated)?
        for (radius, found) in zip(radii, tried) {
            if let found = try found.get(), found.score > best?.found.score ?? -.infinity { best = (radius, found) }
        }
        return best.map { ($0.radius, $0.found.object) }
    }

    private func candidate(radius: Float) throws(FindingError) -> Rated? {
        let width = part.field.width
        let points = hint.inside.map(part.cell)
        let distances = part.distances(to: points)
        let reach = radius * 4 + 10
        // What is far off is decided: it takes no time.
        let seen = map?.logOdds(area: .pi * radius * radius, in: part)
        let prior = distances.indices.map { at in
            distances[at] < reach ? min(max(3 * (1 - distances[at] / (radius * 1.2)), -6), 2) + (seen?.cells[at] ?? 0) : -.infinity
        }
        let isNear = { (at: Int) in distances[at] < reach }
        let search = Search(part, hint: hint, side: radius * 2, prior: prior)
        let start = Mask(height: part.field.height, width: width, cells: search.prior.map { $0 > 0 })
        guard let outcome = try search.settled(from: start, rounds: Self.rounds, isNear: isNear), outcome.object.count >= 4
        else { return nil }
        return (rating(outcome, seen), outcome.object)
    }

    /// How well an object's colours set it off from the ring around it, and what a network attends to. Of objects that do so alike
    /// the larger one is meant; one that runs along the picture's border is a background.
    private func rating(_ outcome: Search.Outcome, _ seen: (cells: [Float], trusted: Float)?) -> Float {
        let (mask, width, height) = (outcome.object, part.field.width, part.field.height)
        let distances = DistanceField(to: mask, reach: 4).distances
        var (inside, outside, ring) = (Float(0), Float(0), Float(0))
        for at in mask.cells.indices where mask.cells[at] || distances[at] <= 3 {
            let odds = outcome.odds.log(at: at) + (seen?.cells[at] ?? 0)
            if mask.cells[at] {
                inside += odds
            } else if distances[at] > 1 {
                outside += odds
                ring += 1
            }
        }
        let border =
            (0..<width).count { mask[0, $0] } + (0..<width).count { mask[height - 1, $0] } + (0..<height).count { mask[$0, 0] }
            + (0..<height).count { mask[$0, width - 1] }
        let share = Float(mask.count) / Float(part.cellCount)
        let known = Self.preference * (seen?.trusted ?? 0)
        return inside / Float(mask.count) - outside / max(ring, 1) - 10 * Float(border) / Float(2 * (width + height)) + 0.3 * log(share)
            + known
    }
}
