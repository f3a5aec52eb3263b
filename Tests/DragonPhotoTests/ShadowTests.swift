import DragonEdit
import DragonImage
import DragonModel
import TestSupport
import Testing

@testable import DragonPhoto

/// A box on a mottled floor, which takes a known part of the light beside it.
private struct Floor {
    let side = 240
    /// What of the light is left there.
    var light: [Float] = [0.4, 0.45, 0.5]
    let object = rectangle(40..<70, 60..<100)
    /// To the right of the box, and under its foot.
    let shadow = rectangle(50..<110, 88..<106)

    private static func rectangle(_ x: Range<Int>, _ y: Range<Int>) -> Mask {
        Mask(height: 240, width: 240, cells: (0..<240 * 240).map { x.contains($0 % 240) && y.contains($0 / 240) })
    }

    /// The floor's own colour.
    func floor(_ x: Int, _ y: Int, _ p: Int) -> Float { [0.6, 0.5, 0.4][p] + 0.06 * Float((x * 7 + y * 13) % 11) / 11 }

    func colour(_ x: Int, _ y: Int, _ p: Int) -> Float {
        let (x, y) = (min(max(x, 0), side - 1), min(max(y, 0), side - 1))
        if object[y, x] { return [0.1, 0.3, 0.8][p] }
        return shadow[y, x] ? toDisplay(toLight(floor(x, y, p)) * light[p]) : floor(x, y, p)
    }

    var photo: PictureSource { PictureSource(side: side, colour: colour) }

    func edited(_ mode: any EditMode) throws -> Raster { try PhotoEdit.withoutNetwork(photo, mode) }

    /// Of the light that the floor has in an edited picture, mean over some pixels.
    func lightLeft(_ result: Raster, _ x: Range<Int>, _ y: Range<Int>, _ p: Int) -> Float {
        let places = y.flatMap { row in x.map { ($0, row) } }
        let sum = places.reduce(Float(0)) { $0 + toLight(result.planes[p][$1.1 * side + $1.0]) / toLight(floor($1.0, $1.1, p)) }
        return sum / Float(places.count)
    }
}

@Suite("What an object casts goes where it goes")
struct ShadowTests {
    @Test("a shadow, and a reflection, as a factor of the light", arguments: [[0.4, 0.45, 0.5], [1.5, 1.3, 1.2]] as [[Float]])
    func moved(light: [Float]) throws {
        let floor = Floor(light: light)
        let result = try floor.edited(Move(object: floor.object, by: Point(x: 80, y: 90), shadow: floor.shadow))
        for p in 0..<3 {
            // Beside the object, at its new and its old place.
            let (new, old) = (floor.lightLeft(result, 156..<184, 180..<194, p), floor.lightLeft(result, 76..<104, 90..<104, p))
            #expect(abs(new / light[p] - 1) < 0.06, "\(p): \(new) of \(light[p])")
            #expect(abs(old - 1) < 0.06, "\(p): \(old)")
            // Left without its mask it stays where it was: the test can fail.
            let without = try floor.edited(Move(object: floor.object, by: Point(x: 80, y: 90)))
            #expect(abs(floor.lightLeft(without, 76..<104, 92..<104, p) / light[p] - 1) < 0.06)
            #expect(abs(floor.lightLeft(without, 156..<184, 180..<194, p) - 1) < 0.06)
        }
        // The floor's own marks stay where the shadow was.
        let mark = { (x: Int, y: Int) in result.planes[1][y * floor.side + x] - floor.floor(x, y, 1) }
        #expect((76..<104).allSatisfy { abs(mark($0, 97)) < 0.06 })
    }

    @Test("it is scaled and turned with the object")
    func turned() throws {
        let floor = Floor()
        // Its box's middle is at 55,80; the shadow lies to its right, then below it.
        let result = try floor.edited(
            Move(object: floor.object, by: Point(x: 85, y: 20), resize: 0.5, turn: Turn(degrees: 90), shadow: floor.shadow))
        // 100,97 in the picture is 45,17 from the middle, which goes to 140,100.
        let (x, y) = (140 - 17 / 2, 100 + 45 / 2)
        #expect(abs(floor.lightLeft(result, x - 2..<x + 2, y - 3..<y + 3, 0) / 0.4 - 1) < 0.1)
        #expect(abs(floor.lightLeft(result, 150..<160, 120..<130, 0) - 1) < 0.05)
    }

    @Test("a removed object takes it along; what lies beyond it stays")
    func removed() throws {
        let floor = Floor()
        let result = try floor.edited(Remove(object: floor.object, shadow: floor.shadow))
        for p in 0..<3 { #expect(abs(floor.lightLeft(result, 72..<108, 90..<104, p) - 1) < 0.06) }
        let before = floor.photo.colours(in: floor.photo.size.box)
        #expect((0..<floor.side).allSatisfy { result.planes[0][200 * floor.side + $0] == before.planes[0][200 * floor.side + $0] })
    }

    @Test("a mask of another size, of nothing or of everything is refused")
    func bad() {
        let floor = Floor()
        for shadow in [
            Mask(height: 3, width: 3, isWhole: true), Mask(height: floor.side, width: floor.side),
            Mask(height: floor.side, width: floor.side, isWhole: true),
        ] {
            #expect(throws: EditError.self) { try floor.edited(Move(object: floor.object, by: Point(x: 9, y: 9), shadow: shadow)) }
            #expect(throws: EditError.self) { try floor.edited(Remove(object: floor.object, shadow: shadow)) }
        }
    }
}
