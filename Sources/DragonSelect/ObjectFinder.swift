public import DragonImage
import Foundation
import Synchronization

/// Finds objects in a picture by where they are, roughly: a point, a box, or what was drawn around them.
///
/// A graph cut tells them by colours and edges, first in the small, then along the border in the large; the border's colours give
/// it its soft edge. No network is needed; where one has looked at the picture, what it attends to tells them as well.
public final class ObjectFinder: Sendable {
    let pyramid: PicturePyramid
    /// How large the object under a first point was taken for, and whether by attention too, so that more points are answered sooner.
    private let known = Mutex<(point: Point, isAttended: Bool, radius: Int)?>(nil)
    private let chain = Mutex<AttentionChain?>(nil)

    /// Sides, in cells, of the part on which an object is searched first, and of the finest on which its border is followed.
    private static let searchedSide = 288
    private static let finestSide = 720
    private static let rounds = 5
    /// Of the surroundings, how much looks as strange as an object; of an outline, how much has to look so at least.
    private static let strangeShare = 0.03
    private static let leastStrange = 0.1
    /// What is looked at around an object, of its side.
    private static let margin = 0.25

    /// Takes a picture in.
    public init(_ picture: PictureSource) { pyramid = PicturePyramid(picture) }

    /// Columns and rows of the picture.
    public var size: PixelSize { pyramid.size }

    /// From now on objects are told by what a network attends to as well; nil ends that.
    public func attend(_ attention: AttentionChain?) { chain.withLock { $0 = attention } }

    /// The picture, halved as often as its longer side stays at least so long.
    public func picture(atLeast side: Int) -> PictureSource {
        pyramid.levels.last { max($0.width, $0.height) >= side }?.source ?? pyramid.levels[0].source
    }

    /// The object that a hint means.
    public func object(for hint: ObjectHint) throws(FindingError) -> FoundObject {
        for point in hint.inside + hint.outside {
            guard point.x >= 0, point.y >= 0, point.x < Double(size.width), point.y < Double(size.height) else {
                throw .pointBeyond(point, size: size)
            }
        }
        guard let outline = hint.outline else {
            guard !hint.inside.isEmpty else { throw .noHint }
            return try finished(try underPoints(hint), hint)
        }
        guard outline.fits(size) else { throw .outlineSize(outline.mask.size, picture: size) }
        guard let bounds = outline.bounds else { throw .emptyOutline }
        return try finished(try within(outline, bounds, hint), hint)
    }

    /// An object in the part in which it was searched first.
    private struct Found {
        let part: Part
        /// Its side, about, in the part's cells.
        let side: Float
        let outcome: Search.Outcome

        /// The same in another part's cells.
        func side(in other: Part) -> Float { side * Float(part.scale) / Float(other.scale) }
    }

    // MARK: - Where to search

    private func within(_ outline: Outline, _ bounds: PixelBox, _ hint: ObjectHint) throws(FindingError) -> Found {
        let side = bounds.meanSide
        // Points beyond what was drawn may add to it.
        let reach = Int(side * Self.margin) + 2
        let pixels = hint.inside.reduce(bounds) { $0.union(PixelBox(x: Int($1.x), y: Int($1.y), width: 1, height: 1)) }
        let part = Part(pyramid, showing: pixels.grown(by: reach).clipped(to: size.box), within: Self.searchedSide)
        let drawn = outline.sampled(in: part.box, scale: part.scale)
        let cells = Float(side) / Float(part.scale)
        let beyond = part.distances(to: hint.inside.map(part.cell).filter { Pieces(of: drawn).number(at: $0) < 0 })
        let likely = outline.isBox ? Self.likely(inBox: drawn) : drawn.depth.map { Self.ramp($0 / cells, [(0, -2), (0.04, 0), (0.12, 3)]) }
        let seen = seen(in: drawn, hint, on: part)
        let prior = drawn.cells.indices.map { at -> Float in
            if drawn.cells[at] { return likely[at] + (seen?[at] ?? 0) }
            return beyond[at] < cells * Float(Self.margin) ? -1 + (seen?[at] ?? 0) : -.infinity
        }
        var start = strange(drawn, in: part)
        if let seen, start != nil {
            for at in seen.indices where drawn.cells[at] && seen[at] > AttentionMap.certain { start?.cells[at] = true }
        }
        return try found(Search(part, hint: hint, side: cells, prior: prior), from: start) { prior[$0] == -.infinity }
    }

    /// How much of a drawing the object fills, and of a box.
    private static let filled = (outline: Float(0.8), box: Float(0.65))

    /// What a network attends to from the deepest place of what was drawn on, where the object is if anywhere, and from points on it:
    /// log odds of the part's cells; nil where none has looked at the picture.
    private func seen(in drawn: Mask, _ hint: ObjectHint, on part: Part) -> [Float]? {
        guard let chain = chain.withLock({ $0 }) else { return nil }
        let depth = drawn.depth
        let deepest = depth.indices.max { depth[$0] < depth[$1] }.map { [part.pixel($0)] } ?? []
        let map = AttentionMap(chain, inside: deepest + hint.inside, outside: hint.outside, in: size)
        let share = hint.outline?.isBox == true ? Self.filled.box : Self.filled.outline
        return map.logOdds(area: Float(drawn.count) * share, in: part).cells
    }

    /// Log odds in a box: an ellipse in it is the object's.
    private static func likely(inBox drawn: Mask) -> [Float] {
        guard let box = drawn.bounds else { return [] }
        let middle = (x: Float(box.x) + Float(box.width) / 2, y: Float(box.y) + Float(box.height) / 2)
        return drawn.cells.indices.map { at in
            let x = (Float(at % drawn.width) + 0.5 - middle.x) * 2 / Float(box.width)
            let y = (Float(at / drawn.width) + 0.5 - middle.y) * 2 / Float(box.height)
            return ramp((x * x + y * y).squareRoot(), [(0.5, 2), (0.85, 0), (1.1, -1.5), (1.4, -3)])
        }
    }

    private func underPoints(_ hint: ObjectHint) throws(FindingError) -> Found {
        let level = pyramid.levels.count - 1
        let grid = pyramid.levels[level]
        let whole = Part(pyramid, level: level, box: PixelBox(x: 0, y: 0, width: grid.width, height: grid.height))
        let map = chain.withLock { $0 }.map { AttentionMap($0, inside: hint.inside, outside: hint.outside, in: size) }
        guard let radius = try radius(at: hint.inside[0], in: whole, map),
            let coarse = try ClickSearch(part: whole, hint: hint, map: map).object(near: radius),
            let pixels = whole.pixels(around: coarse, in: size, margin: { Int($0 * Self.margin) + whole.scale })
        else { throw .nothingFound }
        let part = Part(pyramid, showing: pixels, within: Self.searchedSide)
        let object = part.taken(coarse, of: whole)
        guard let bounds = object.bounds else { throw .nothingFound }
        let cells = Float(bounds.meanSide)
        var prior = object.depth.map { Self.ramp($0 / cells, [(-0.15, -4), (-0.05, -1), (0, 0), (0.1, 2)]) }
        if let map { prior = zip(prior, map.logOdds(area: Float(object.count), in: part).cells).map(+) }
        return try found(Search(part, hint: hint, side: cells, prior: prior))
    }

    private func radius(at point: Point, in whole: Part, _ map: AttentionMap?) throws(FindingError) -> Int? {
        let isAttended = map != nil
        if let known = known.withLock({ $0 }), known.point == point, known.isAttended == isAttended { return known.radius }
        guard let radius = try ClickSearch(part: whole, hint: ObjectHint(inside: [point]), map: map).radius() else { return nil }
        known.withLock { $0 = (point, isAttended, radius) }
        return radius
    }

    /// What of a drawn area does not look like what lies around it; nil where that is too little to be the object.
    private func strange(_ drawn: Mask, in part: Part) -> Mask? {
        let outside = drawn.cells.indices.filter { !drawn.cells[$0] }
        guard outside.count >= 50 else { return nil }
        // Of a ground that brightens evenly the inner colours lie between the outer ones: places and narrow colours would make
        // them strange.
        let mixture = ColourMixture(of: part.field, parts: ColourOdds.surroundingParts, hasPlaces: false, noise: 100) { !drawn.cells[$0] }
        let familiar = { (at: Int) in mixture.logDensity(part.field.colours[at], at: part.field.place(of: at)) }
        let usual = outside.map(familiar).sorted()[Int(Double(outside.count) * Self.strangeShare)]
        let mask = Mask(
            height: drawn.height, width: drawn.width, cells: drawn.cells.indices.map { drawn.cells[$0] && familiar($0) < usual })
        return Double(mask.count) >= Double(drawn.count) * Self.leastStrange ? mask : nil
    }

    private func found(_ search: Search, from first: Mask? = nil, isNear: ((Int) -> Bool)? = nil) throws(FindingError) -> Found {
        let start = first ?? Mask(height: search.part.field.height, width: search.part.field.width, cells: search.prior.map { $0 > 0 })
        guard let outcome = try search.settled(from: start, rounds: Self.rounds, isNear: isNear), outcome.object.count > 0 else {
            throw .nothingFound
        }
        return Found(part: search.part, side: search.side, outcome: outcome)
    }

    /// Straight lines between points that rise in x, level beyond.
    private static func ramp(_ x: Float, _ points: [(x: Float, y: Float)]) -> Float {
        for (a, b) in zip(points, points.dropFirst()) where x < b.x {
            return x <= a.x ? a.y : a.y + (b.y - a.y) * (x - a.x) / (b.x - a.x)
        }
        return points.last?.y ?? 0
    }

    // MARK: - Into the large

    private func finished(_ found: Found, _ hint: ObjectHint) throws(FindingError) -> FoundObject {
        var (part, object) = (found.part, found.outcome.object)
        while part.level > 0 {
            guard let bounds = object.bounds, max(bounds.width, bounds.height) * 2 <= Self.finestSide else { break }
            let finer = part.finer(pyramid)
            object = try followed(finer.taken(object, of: part), in: finer, found, hint)
            part = finer
        }
        let decided = part.decided(by: hint, side: found.side(in: part))
        return SoftEdge(part: part, object: object, decided: decided).found(in: pyramid)
    }

    /// The division along a border that is known to some cells.
    private func followed(_ object: Mask, in part: Part, _ found: Found, _ hint: ObjectHint) throws(FindingError) -> Mask {
        var gain = object.depth.enumerated().map { at, depth -> Float in
            abs(depth) > 3
                ? (depth > 0 ? .infinity : -.infinity)
                : found.outcome.odds.log(part.field.colours[at], at: found.part.place(of: at, in: part)) + depth / 3
        }
        for (cell, isInside) in part.decided(by: hint, side: found.side(in: part)) { gain[cell] = isInside ? .infinity : -.infinity }
        return try divided(part.field, gain: gain, ties: part.ties)
    }
}
