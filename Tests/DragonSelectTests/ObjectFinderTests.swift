import DragonImage
import TestSupport
import Testing

@testable import DragonSelect

/// A drawn picture whose object is known: a head on a body, striped in two colours, on a mottled ground that brightens to the right.
private struct Drawing {
    let width: Int
    let height: Int
    /// Half the width of the ramp along the object's edge, in pixels.
    var softness: Float = 0.5

    /// How much of a pixel is the object's.
    func share(_ x: Int, _ y: Int) -> Float {
        let unit = Float(min(width, height))
        let (px, py) = (Float(x) + 0.5 - Float(width) / 2, Float(y) + 0.5 - Float(height) / 2)
        func inside(_ cx: Float, _ cy: Float, _ radius: Float) -> Float {
            let (dx, dy) = (px - cx * unit, py - cy * unit)
            return radius * unit - (dx * dx + dy * dy).squareRoot()
        }
        let depth = max(inside(0, 0.08, 0.17), inside(0.1, -0.14, 0.09))
        return min(max(depth / (2 * softness) + 0.5, 0), 1)
    }

    var picture: PictureSource {
        var random = Numbers(seed: 3)
        var planes = [[Float]](repeating: [], count: 3)
        for y in 0..<height {
            for x in 0..<width {
                let share = share(x, y)
                let stripe = (x * 24 / min(width, height)) % 2 == 0
                let object: [Float] = stripe ? [0.75, 0.3, 0.2] : [0.85, 0.75, 0.3]
                let ground: [Float] = [0.2 + 0.2 * Float(x) / Float(width), 0.4, 0.45 + 0.2 * Float(y) / Float(height)]
                let noise = 0.04 * random.uniform()
                for c in 0..<3 { planes[c].append(ground[c] + share * (object[c] - ground[c]) + noise) }
            }
        }
        let raster = Raster(width: width, height: height, planes: planes)
        return PictureSource(width: width, height: height) { raster.repeated(to: $0) }
    }

    var truth: Mask { mask { share($0, $1) >= 0.5 } }

    func mask(_ isSet: (Int, Int) -> Bool) -> Mask {
        Mask(height: height, width: width, cells: (0..<width * height).map { isSet($0 % width, $0 / width) })
    }

    /// A circle about all of it, a third larger than it need be.
    var outline: Outline {
        let unit = Double(min(width, height))
        return Outline(
            mask { x, y in
                let (dx, dy) = (Double(x) - Double(width) / 2 - 0.03 * unit, Double(y) - Double(height) / 2 - 0.01 * unit)
                return (dx * dx + dy * dy).squareRoot() < 0.34 * unit
            })
    }
}

/// Cells in both of those in either.
private func agreement(_ a: Mask, _ b: Mask) -> Double { Double((a & b).count) / Double(max(1, (a | b).count)) }

@Suite("An object is found by where it is, roughly")
struct ObjectFinderTests {
    private let drawing = Drawing(width: 300, height: 220)

    private func found(_ hint: ObjectHint, in drawing: Drawing) throws -> Mask {
        try ObjectFinder(drawing.picture).object(for: hint).mask
    }

    @Test("by an outline, a box or a point")
    func ways() throws {
        let body = Point(x: 150, y: 128)
        let hints = [
            ObjectHint(outline: drawing.outline), ObjectHint(box: PixelBox(x: 104, y: 52, width: 92, height: 118), in: drawing.truth.size),
            ObjectHint(inside: [body]),
        ]
        for hint in hints { #expect(agreement(try found(hint, in: drawing), drawing.truth) > 0.97) }
        // The test can fail: what was drawn is far from it.
        #expect(agreement(Mask(height: 220, width: 300, cells: drawing.outline.mask.cells), drawing.truth) < 0.6)
    }

    @Test("in a picture of another size alike, down to its own pixels")
    func sizes() throws {
        for (width, height) in [(1800, 1300), (97, 83)] {
            let large = Drawing(width: width, height: height)
            #expect(agreement(try found(ObjectHint(outline: large.outline), in: large), large.truth) > 0.97)
            #expect(
                agreement(try found(ObjectHint(inside: [Point(x: Double(width) / 2, y: Double(height) * 0.58)]), in: large), large.truth)
                    > 0.97)
        }
    }

    @Test("points add to it and take away from it")
    func points() throws {
        let finder = ObjectFinder(drawing.picture)
        let first = ObjectHint(outline: drawing.outline)
        let head = Point(x: 172, y: 79)
        var less = first
        less.outside = [head]
        let without = try finder.object(for: less).mask
        #expect(!without[Int(head.y), Int(head.x)])
        // Far from any point nothing changes.
        #expect(without[128, 150])
        // A point on the ground is taken in, though nothing looks like the object there.
        var more = first
        more.inside = [Point(x: 60, y: 200)]
        #expect(try finder.object(for: more).mask[200, 60])
    }

    @Test("two things on a ground that brightens evenly, and nothing between them that no other place has the colour of")
    func slope() throws {
        var random = Numbers(seed: 5)
        let (width, height) = (320, 256)
        let disc = { (x: Int, y: Int) in (x - 110) * (x - 110) + (y - 110) * (y - 110) < 40 * 40 }
        let bar = { (x: Int, y: Int) in (225..<256).contains(x) && (70..<150).contains(y) }
        var planes = [[Float]](repeating: [], count: 3)
        for at in 0..<width * height {
            let (x, y) = (at % width, at / width)
            let light = Float(y) / Float(height)
            let ground: [Float] = [0.35 - 0.16 * light, 0.48 - 0.19 * light, 0.32 - 0.09 * light]
            let colour = disc(x, y) ? [0.85, 0.54, 0.16] : bar(x, y) ? [0.23, 0.35, 0.82] : ground
            let noise = 0.04 * random.uniform()
            for c in 0..<3 { planes[c].append(colour[c] + noise) }
        }
        let raster = Raster(width: width, height: height, planes: planes)
        let finder = ObjectFinder(PictureSource(width: width, height: height) { raster.repeated(to: $0) })
        let things = Mask(
            height: height, width: width, cells: (0..<width * height).map { disc($0 % width, $0 / width) || bar($0 % width, $0 / width) })
        var hint = ObjectHint(inside: [Point(x: 110, y: 110), Point(x: 240, y: 110)])
        #expect(agreement(try finder.object(for: hint).mask, things) > 0.97)
        hint.outside = [Point(x: 190, y: 110)]
        #expect(agreement(try finder.object(for: hint).mask, things) > 0.97)
    }

    /// Of the pixels that are the object's in part: the mean error of their shares, and how many are found so.
    private func edge(softness: Float) throws -> (error: Float, partly: Int) {
        var drawing = drawing
        drawing.softness = softness
        let object = try ObjectFinder(drawing.picture).object(for: ObjectHint(outline: drawing.outline))
        let shares = object.mask.coverage.planes[0]
        var (error, count) = (Float(0), Float(0))
        for at in shares.indices {
            let share = drawing.share(at % drawing.width, at / drawing.width)
            guard share > 0.02, share < 0.98 else { continue }
            error += abs(shares[at] - share)
            count += 1
        }
        return (error / count, shares.count { $0 > 0.1 && $0 < 0.9 })
    }

    @Test("a hard edge is drawn finer than a cut draws it; a soft one is softer")
    func edges() throws {
        let (hard, soft) = (try edge(softness: 0.5), try edge(softness: 3))
        // Whole pixels in the right places are off by a quarter.
        #expect(hard.error < 0.22)
        #expect(hard.partly > 0 && soft.partly > 2 * hard.partly)
    }

    @Test("the same hint gives the same bits; what is not said is refused")
    func refusals() throws {
        let finder = ObjectFinder(drawing.picture)
        let hint = ObjectHint(inside: [Point(x: 150, y: 128)])
        #expect(try finder.object(for: hint).mask == finder.object(for: hint).mask)
        #expect(throws: FindingError.noHint) { try finder.object(for: ObjectHint(outside: [Point(x: 1, y: 1)])) }
        let beyond = Point(x: 300, y: 10)
        #expect(throws: FindingError.pointBeyond(beyond, size: finder.size)) { try finder.object(for: ObjectHint(inside: [beyond])) }
        let empty = Mask(height: 220, width: 300)
        #expect(throws: FindingError.emptyOutline) { try finder.object(for: ObjectHint(outline: Outline(empty))) }
        let other = Mask(height: 10, width: 10, isWhole: true)
        #expect(throws: FindingError.outlineSize(other.size, picture: finder.size)) {
            try finder.object(for: ObjectHint(outline: Outline(other)))
        }
    }

    @Test("pictures in which nothing can be told apart, of a pixel and of one colour, end well")
    func nothing() throws {
        for (width, height) in [(1, 1), (3, 200), (64, 64)] {
            let flat = Raster(width: width, height: height, planeCount: 3, value: 0.5)
            let finder = ObjectFinder(PictureSource(width: width, height: height) { flat.repeated(to: $0) })
            let hints = [
                ObjectHint(inside: [Point(x: 0, y: 0)]), ObjectHint(outline: Outline(Mask(height: height, width: width, isWhole: true))),
                ObjectHint(inside: [Point(x: 0, y: 0)], outside: [Point(x: 0, y: 0)]),
            ]
            for hint in hints {
                do {
                    let object = try finder.object(for: hint)
                    #expect(object.mask.size == finder.size)
                } catch { #expect(error == .nothingFound) }
            }
        }
    }
}
