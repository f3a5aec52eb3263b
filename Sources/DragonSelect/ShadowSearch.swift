import DragonImage
import Foundation

/// Finds what an object casts on the ground beside it: cells in contact with the object that have less light than ground of the same
/// hue farther away, less by more than that ground varies, and more alike than anything else around.
struct ShadowSearch {
    private let part: Part
    private let object: Mask
    /// The object's mean side, in cells.
    private let side: Float
    /// Of each cell to the object, in cells.
    private let distances: [Float]

    /// Sides, in cells, of the part that is looked at: the object has a third of them, about.
    static let searchedSide = 224
    /// What is looked at around an object, of its side.
    static let margin = 1.0
    /// Ground that tells what the light is without the object is so far away, of the object's side.
    private static let away: Float = 0.25
    /// Cells of such ground: at least to say anything, and as many as are asked at most.
    private static let ground = (least: 200, most: 800)
    /// Differences of hue (log of a channel's share of the light) and of place (of the object's side) within which ground is alike.
    private static let likeness = (hue: Float(0.12), place: Float(0.7))
    /// Ground that is alike has to weigh so much.
    private static let leastWeight: Float = 2
    /// Log of the light that is left in a shadow and in its border, at most, and the same in deviations of the ground.
    private static let shade = (log: Float(-0.2), deviations: Float(-1.5))
    private static let border = (log: Float(-0.08), deviations: Float(-0.6))
    private static let darkness: Float = -0.25
    /// Width of a border, and how near the object a shadow begins, in cells.
    private static let steps = 4
    private static let contact: Float = 2.5
    /// A shadow's size, of the object's; how much of the object's edge it touches; how much as dark may lie elsewhere, of its size.
    private static let size = Float(0.03)...Float(1.5)
    private static let leastContact: Float = 0.03
    private static let mostElsewhere: Float = 1
    /// A shadow that goes on beyond what is looked at is none of the object's: of its size.
    private static let mostAtEnd: Float = 0.1

    init(_ part: Part, object: Mask, side: Float) {
        (self.part, self.object, self.side) = (part, object, side)
        distances = DistanceField(to: object).distances
    }

    private var width: Int { part.field.width }
    private var height: Int { part.field.height }

    /// The shadow's cells; nil for none.
    func cells() -> Mask? {
        let depth = depths()
        guard let depth else { return nil }
        let dark = mask { depth[$0].log < Self.shade.log && depth[$0].deviations < Self.shade.deviations }
        let pieces = Pieces(of: dark)
        let contacts = object.cells.indices.filter { !object.cells[$0] && distances[$0] <= Self.contact }
        var touching: [Int: Int] = [:]
        for at in contacts where dark.cells[at] { touching[pieces.numbers[at], default: 0] += 1 }
        let chosen = Set(
            touching.filter {
                Float($0.value) >= Self.leastContact * Float(contacts.count) && pieces.sizes[$0.key] * 100 >= object.count
            }.keys)
        let shadow = mask { dark.cells[$0] && chosen.contains(pieces.numbers[$0]) }
        guard isOne(shadow, dark: dark, depth.map(\.log)) else { return nil }
        return bordered(shadow) { depth[$0].log < Self.border.log && depth[$0].deviations < Self.border.deviations }
    }

    private func mask(_ isSet: (Int) -> Bool) -> Mask {
        Mask(height: height, width: width, cells: object.cells.indices.map { !object.cells[$0] && isSet($0) })
    }

    /// Whether dark cells are a shadow, and not how the ground is.
    private func isOne(_ shadow: Mask, dark: Mask, _ depth: [Float]) -> Bool {
        let (count, cells) = (Float(shadow.count), shadow.indices)
        guard count > 0, Self.size.contains(count / Float(object.count)) else { return false }
        let elsewhere = dark.indices.count { !shadow.cells[$0] && distances[$0] > 0.1 * side }
        let atEnd = cells.count { $0 % width == 0 || $0 % width == width - 1 || $0 / width == 0 || $0 / width == height - 1 }
        return Float(elsewhere) <= Self.mostElsewhere * count && Float(atEnd) <= Self.mostAtEnd * count
            && cells.reduce(0) { $0 + depth[$1] } / count <= Self.darkness
    }

    /// With what is next to it and darker yet than the ground.
    private func bordered(_ shadow: Mask, isDark: (Int) -> Bool) -> Mask {
        var result = shadow
        for _ in 0..<Self.steps {
            let near = DistanceField(to: result, reach: 2).distances
            result = result | mask { near[$0] < 1.5 && isDark($0) }
        }
        return result
    }

    /// How much darker than its like each cell is: log of its light, and that in deviations. nil where there is too little ground.
    private func depths() -> [(log: Float, deviations: Float)]? {
        let features = features()
        let far = object.cells.indices.filter { distances[$0] > Self.away * side }
        guard far.count >= Self.ground.least else { return nil }
        let step = max(1, Double(far.count) / Double(Self.ground.most))
        let known = stride(from: 0, to: Double(far.count), by: step).map { features[far[Int($0)]] }
        return features.indices.map { at in
            guard !object.cells[at] else { return (0, 0) }
            let own = features[at]
            var (weight, sum, squares): (Float, Float, Float) = (0, 0, 0)
            for other in known {
                let (hue, place) = (own.hue - other.hue, own.place - other.place)
                let w = expf(-0.5 * ((hue * hue).sum() + (place * place).sum()))
                (weight, sum, squares) = (weight + w, sum + w * other.light, squares + w * other.light * other.light)
            }
            guard weight > Self.leastWeight else { return (0, 0) }
            let mean = sum / weight
            let difference = own.light - mean
            return (difference, difference / (max(squares / weight - mean * mean, 0) + 0.0025).squareRoot())
        }
    }

    /// What tells ground of one kind: log of the light, hue and place in units of their likeness. Of smoothed cells, without the
    /// object's.
    private func features() -> [(light: Float, hue: SIMD3<Float>, place: SIMD2<Float>)] {
        let seen = object.cells.map { $0 ? Float(0) : 1 }
        let smooth = { (plane: [Float]) in boxSums(boxSums(plane, width, height, 1), width, height, 1) }
        let counts = smooth(seen)
        let planes = (0..<3).map { p in smooth(seen.indices.map { seen[$0] * toLight(part.field.colours[$0][p] / 255) }) }
        return seen.indices.map { at in
            let light = SIMD3(planes[0][at], planes[1][at], planes[2][at]) / max(counts[at], 1e-6)
            let log = logf(light.sum() / 3 + 0.003)
            let hue = SIMD3(logf(light.x + 0.003), logf(light.y + 0.003), logf(light.z + 0.003)) - log
            let place = SIMD2(Float(at % width), Float(at / width)) / (side * Self.likeness.place)
            return (log, hue / Self.likeness.hue, place)
        }
    }
}

extension ObjectFinder {
    /// The shadow of an object that was found or drawn: roughly, a little wider than what is dark, with a soft border.
    ///
    /// - Parameter object: of the picture's size.
    /// - Returns: nil where no shadow is seen beside it.
    public func shadow(of object: Mask) throws(FindingError) -> Mask? {
        guard object.size == size else { throw .outlineSize(object.size, picture: size) }
        guard let bounds = object.touched.bounds else { throw .emptyOutline }
        let pixels = bounds.grown(by: Int(bounds.meanSide * ShadowSearch.margin) + 4).clipped(to: size.box)
        let part = Part(pyramid, showing: pixels, within: ShadowSearch.searchedSide)
        let search = ShadowSearch(part, object: object.sampled(in: part), side: Float(bounds.meanSide) / Float(part.scale))
        guard let cells = search.cells() else { return nil }
        return soft(cells, in: part)
    }

    /// Cells as pixels of the picture, grown by two and faded over three.
    private func soft(_ cells: Mask, in part: Part) -> Mask {
        let ramp = cells.ramp(inner: 1.5, outer: 4.5)
        var shares = [UInt8](repeating: 0, count: size.width * size.height)
        let scale = Float(part.scale)
        let box = PixelBox(
            x: part.box.x * part.scale, y: part.box.y * part.scale, width: part.box.width * part.scale,
            height: part.box.height * part.scale
        ).clipped(to: size.box)
        for y in box.y..<box.endY {
            let row = (Float(y) + 0.5) / scale - Float(part.box.y) - 0.5
            for x in box.x..<box.endX {
                let share = bilinear(ramp, cells.width, cells.height, (Float(x) + 0.5) / scale - Float(part.box.x) - 0.5, row)
                shares[y * size.width + x] = UInt8((share * 255).rounded())
            }
        }
        return Mask(height: size.height, width: size.width, shares: shares)
    }
}

extension Mask {
    /// A part's cells of which the mask holds any pixel.
    fileprivate func sampled(in part: Part) -> Mask {
        let all = touched
        var result = Mask(height: part.field.height, width: part.field.width)
        for at in all.indices {
            let (y, x) = (at / width / part.scale - part.box.y, at % width / part.scale - part.box.x)
            if result.contains(y, x) { result[y, x] = true }
        }
        return result
    }
}
