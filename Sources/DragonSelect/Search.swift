import DragonImage
import Foundation

/// The search for one object in a part of a picture: what the hint says of each cell, and colours that are learned in turn with
/// the division (GrabCut).
struct Search {
    let part: Part
    let hint: ObjectHint
    /// Side of the square of the object's area, about, in cells.
    let side: Float
    /// Log odds that a cell is the object's, before its colour is looked at; infinite where that is decided.
    private(set) var prior: [Float]

    /// Half the width of what a point makes likely, of the object's side; and by how much, against all that colours and place say.
    private static let likely: Float = 0.08
    private static let weight: Float = 12

    init(_ part: Part, hint: ObjectHint, side: Float, prior: [Float]) {
        (self.part, self.hint, self.side, self.prior) = (part, hint, side, prior)
        for point in hint.inside { mark(point, sign: 1) }
        for point in hint.outside { mark(point, sign: -1) }
        for (cell, isInside) in part.decided(by: hint, side: side) { self.prior[cell] = isInside ? .infinity : -.infinity }
    }

    private mutating func mark(_ point: Point, sign: Float) {
        let soft = max(2, side * Self.likely)
        for (cell, distance) in part.distances(to: [part.cell(of: point)]).enumerated() where distance < soft * 3 && prior[cell].isFinite {
            prior[cell] += sign * Self.weight * exp(-distance * distance / (2 * soft * soft))
        }
    }

    /// What the search ends with.
    struct Outcome {
        let object: Mask
        let odds: ColourOdds
    }

    /// Learns colours and divides in turn, until little changes.
    ///
    /// - Parameters:
    ///   - start: what is the object at first.
    ///   - isNear: cells whose colours stand for what surrounds the object; all, where that is nil.
    /// - Returns: nil where there is too little to learn from.
    func settled(from start: Mask, rounds: Int, isNear: ((Int) -> Bool)? = nil) throws(FindingError) -> Outcome? {
        var (object, last): (Mask, Outcome?) = (start, nil)
        for _ in 0..<rounds {
            guard let odds = ColourOdds(part.field, object: object, surroundings: isNear) else { return last }
            let found = try divided(part.field, gain: gains(odds), ties: part.ties).kept(as: hint, in: part)
            let changed = zip(found.cells, object.cells).reduce(0) { $0 + ($1.0 != $1.1 ? 1 : 0) }
            object = found
            last = Outcome(object: found, odds: odds)
            if changed * 1000 < part.cellCount { break }
        }
        return last
    }

    private func gains(_ odds: ColourOdds) -> [Float] {
        prior.indices.map { prior[$0].isFinite ? prior[$0] + odds.log(at: $0) : prior[$0] }
    }
}

extension Mask {
    /// The pieces that a hint means: those with a point inside, else the large ones; small holes are closed.
    func kept(as hint: ObjectHint, in part: Part) -> Mask {
        var (result, pieces) = (self, Pieces(of: self))
        let named = Set(hint.inside.map { pieces.number(at: part.cell(of: $0)) })
        let least = (pieces.sizes.max() ?? 0) / 8
        for at in cells.indices where cells[at] {
            let piece = pieces.numbers[at]
            result.cells[at] =
                hint.inside.isEmpty || hint.outline != nil ? pieces.sizes[piece] >= least || named.contains(piece) : named.contains(piece)
        }
        pieces = Pieces(of: !result)
        let mostHole = result.count / 200
        let open = Set(hint.outside.map { pieces.number(at: part.cell(of: $0)) })
        for at in cells.indices where !result.cells[at] && !open.contains(pieces.numbers[at]) {
            result.cells[at] = pieces.sizes[pieces.numbers[at]] <= mostHole
        }
        return result
    }
}
