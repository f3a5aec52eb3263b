import DragonImage
import Foundation

/// What is under a point: objects of several sizes about it are tried, and the one is taken whose colours set it off best from
/// what surrounds it.
struct ClickSearch {
    let part: Part
    let hint: ObjectHint

    /// Radii that are tried, of the picture's mean side.
    private static let radii: [Float] = [0.05, 0.07, 0.1, 0.14, 0.19, 0.26]
    private static let rounds = 4

    /// The object on the part; nil where none is told apart.
    func object() throws(FindingError) -> Mask? {
        var best: (score: Float, mask: Mask)?
        let side = Float(part.box.meanSide)
        for radius in Self.radii {
            guard let (outcome, near) = try candidate(radius: radius * side), outcome.object.count >= 4 else { continue }
            let score = rating(outcome, isNear: near)
            if score > best?.score ?? -.infinity { best = (score, outcome.object) }
        }
        return best?.mask
    }

    private func candidate(radius: Float) throws(FindingError) -> (Search.Outcome, (Int) -> Bool)? {
        let width = part.field.width
        let points = hint.inside.map(part.cell)
        let distances = part.distances(to: points)
        let prior = distances.map { min(max(3 * (1 - $0 / (radius * 1.2)), -6), 2) }
        let reach = radius * 4 + 10
        let isNear = { (at: Int) in distances[at] < reach }
        let search = Search(part, hint: hint, side: radius * 2, prior: prior)
        let start = Mask(height: part.field.height, width: width, cells: search.prior.map { $0 > 0 })
        guard let outcome = try search.settled(from: start, rounds: Self.rounds, isNear: isNear) else { return nil }
        return (outcome, isNear)
    }

    /// How well an object's colours set it off from the ring around it. Of objects that do so alike the larger one is meant; one
    /// that runs along the picture's border is a background.
    private func rating(_ outcome: Search.Outcome, isNear: (Int) -> Bool) -> Float {
        let (mask, width, height) = (outcome.object, part.field.width, part.field.height)
        let distances = DistanceField(to: mask, reach: 4).distances
        var (inside, outside, ring) = (Float(0), Float(0), Float(0))
        for at in mask.cells.indices where mask.cells[at] || distances[at] <= 3 {
            let odds = outcome.odds.log(part.field.colours[at])
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
        return inside / Float(mask.count) - outside / max(ring, 1) - 10 * Float(border) / Float(2 * (width + height)) + 0.3 * log(share)
    }
}
