import DragonImage

/// What an object casts on its ground: how much of the light that a place has without it is left there, at the object's new place.
/// A shadow takes away from it, a reflection may add.
struct CastShadow {
    /// Factors of light, three planes of the part that is worked on; 1 where nothing is cast.
    private let factors: Raster
    /// Where it is seen: the object hides some of it.
    private let isSeen: [Bool]
    private let region: Mask
    private let box: PixelBox

    /// A reflection adds at most so much; of a shadow at least so much is left.
    private static let brightest: Float = 4
    private static let faintest: Float = 0.05
    /// The least light of a ground, of white's, against which a factor is taken.
    private static let darkest: Float = 0.002
    /// Half the window over which light is compared, of the square root of what is cast on: what is cast is smoother than the ground.
    /// On a ground whose light varies by its mean it is as many times wider; at most.
    private static let window = 0.02
    private static let rough = 8.0
    private static let widest = 0.25

    /// - Parameters:
    ///   - cast: where the object casts something, of the part.
    ///   - object: of the part, likewise.
    ///   - plate: the part without both.
    init(_ cast: Mask, of object: Mask, plate: Raster, _ canvas: EditCanvas) throws {
        let (width, height) = (canvas.box.width, canvas.box.height)
        let (share, covered) = (cast.coverage.planes[0], object.touched)
        // What the object hides of it is taken from around.
        let seen = share.indices.map { covered.cells[$0] ? Float(0) : 1 }
        let inside = share.indices.map { share[$0] > 0 ? seen[$0] : 0 }
        let side = Double(cast.count).squareRoot()
        let variation = Self.variation(of: plate, where: inside)
        let radius = max(Int(min(Self.window * (1 + Self.rough * variation), Self.widest) * side), 1)
        let planes = try (0..<3).map { p -> [Float] in
            try Cancellation.check()
            let light = { (picture: Raster) in
                boxSums(share.indices.map { inside[$0] * max(toLight(picture.planes[p][$0]), 0) }, width, height, radius)
            }
            let (cast, ground, counts) = (light(canvas.colours), light(plate), boxSums(inside, width, height, radius))
            // What darkens on the whole brightens nowhere.
            let sums = inside.indices.reduce((Float(0), Float(0))) { ($0.0 + inside[$1] * cast[$1], $0.1 + inside[$1] * ground[$1]) }
            let range = Self.faintest...(sums.0 < sums.1 ? 1 : Self.brightest)
            let found = share.indices.map { at -> Float in
                guard inside[at] > 0 else { return 1 }
                let least = Self.darkest * counts[at]
                // Its soft edge is in the light already: the mask only ends it.
                return 1 + min(2 * share[at], 1) * (((cast[at] + least) / (ground[at] + least)).clamped(to: range) - 1)
            }
            return smoothedIn(found, weights: seen, width: width, height: height)
        }
        factors = Raster(width: width, height: height, planes: planes)
        isSeen = inside.map { $0 > 0 }
        (region, box) = (cast | covered, canvas.box)
    }

    /// How much a ground's light varies, of its mean.
    private static func variation(of ground: Raster, where inside: [Float]) -> Double {
        var (count, sum, squares) = (1e-9, 0.0, 0.0)
        for at in inside.indices where inside[at] > 0 {
            let light = Double(ground.planes.prefix(3).reduce(0) { $0 + max(toLight($1[at]), 0) })
            (count, sum, squares) = (count + 1, sum + light, squares + light * light)
        }
        let mean = sum / count
        return mean > 0 ? max(squares / count - mean * mean, 0).squareRoot() / mean : 0
    }

    /// A ground freed of it: the picture's own, in the light that it has without.
    func freed(_ ground: Raster, of picture: Raster) -> Raster {
        let ranges = ground.planes.map(samples)
        return ground.map { p, at in
            guard p < 3, isSeen[at] else { return ground.planes[p][at] }
            return toDisplay(toLight(picture.planes[p][at]) / factors.planes[p][at]).clamped(to: ranges[p])
        }
    }

    /// A ground on which it falls where the object is now, and where that is, 0 or 1: it lies to the object as it did.
    ///
    /// - Parameter placement: of the object.
    func falling(on ground: Raster, _ placement: Placement) -> (ground: Raster, reach: [Float]) {
        let (factors, ranges) = (carried(placement), ground.planes.map(samples))
        let result = ground.map { p, at in
            guard p < 3, factors.planes[p][at] != 1 else { return ground.planes[p][at] }
            return toDisplay(toLight(ground.planes[p][at]) * factors.planes[p][at]).clamped(to: ranges[p])
        }
        return (result, isSeen.indices.map { at in (0..<3).contains { abs(factors.planes[$0][at] - 1) > 1e-3 } ? 1 : 0 })
    }

    private func carried(_ placement: Placement) -> Raster {
        guard let bounds = region.bounds else { return factors }
        // Beyond the region nothing is cast, which its border says when it repeats.
        let source = PixelBox(x: bounds.x + box.x, y: bounds.y + box.y, width: bounds.width, height: bounds.height).grown(by: 2)
        let inPart = PixelBox(x: source.x - box.x, y: source.y - box.y, width: source.width, height: source.height)
        let (part, cast) = (factors.repeated(to: inPart), region.cropped(to: inPart))
        let placement = placement.along(source)
        let seen = placement.seen(on: box, margin: 1)
        let moved = placement.moved(part.map { cast.cells[$1] ? part.planes[$0][$1] : 1 }, to: seen, isLight: false)
        return Raster(width: box.width, height: box.height, planes: moved.planes.map { placed($0, seen, on: box, beyond: 1) })
    }
}

extension Placement {
    /// Another box that goes along with the object: turned and scaled about the object's middle.
    func along(_ box: PixelBox) -> Placement {
        let other = Placement(source: box, displacement: .zero, resize: resize, turn: turn)
        let way = turn.turned(Point(x: (other.middle.x - middle.x) * resize, y: (other.middle.y - middle.y) * resize))
        return Placement(
            source: box,
            displacement: Point(x: newMiddle.x + way.x - other.newMiddle.x, y: newMiddle.y + way.y - other.newMiddle.y), resize: resize,
            turn: turn)
    }
}
