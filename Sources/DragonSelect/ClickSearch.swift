import Dispatch
import DragonImage
import Foundation
import Synchronization

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
        let side = Float(part.box.meanSide)
        let tried = Mutex<[Int: Result<Rated?, FindingError>]>([:])
        DispatchQueue.concurrentPerform(iterations: Self.radii.count) { number in
            let found = Result { () throws(FindingError) in try candidate(radius: Self.radii[number] * side) }
            tried.withLock { $0[number] = found }
        }
        var best: Rated?
        for (_, found) in tried.withLock({ $0 }).sorted(by: { $0.key < $1.key }) {
            if let found = try found.get(), found.score > best?.score ?? -.infinity { best = found }
        }
        return best?.object
    }

    private typealias Rated = (score: Float, object: Mask)

    private func candidate(radius: Float) throws(FindingError) -> Rated? {
        let width = part.field.width
        let points = hint.inside.map(part.cell)
        let distances = part.distances(to: points)
        let prior = distances.map { min(max(3 * (1 - $0 / (radius * 1.2)), -6), 2) }
        let reach = radius * 4 + 10
        let isNear = { (at: Int) in distances[at] < reach }
        let search = Search(part, hint: hint, side: radius * 2, prior: prior)
        let start = Mask(height: part.field.height, width: width, cells: search.prior.map { $0 > 0 })
        guard let outcome = try search.settled(from: start, rounds: Self.rounds, isNear: isNear), outcome.object.count >= 4
        else { return nil }
        return (rating(outcome), outcome.object)
    }

    /// How well an object's colours set it off from the ring around it. Of objects that do so alike the larger one is meant; one
    /// that runs along the picture's border is a background.
    private func rating(_ outcome: Search.Outcome) -> Float {
        let (mask, width, height) = (outcome.object, part.field.width, part.field.height)
        let distances = DistanceField(to: mask, reach: 4).distances
        var (inside, outside, ring) = (Float(0), Float(0), Float(0))
        for at in mask.cells.indices where mask.cells[at] || distances[at] <= 3 {
            let odds = outcome.odds.log(at: at)
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
