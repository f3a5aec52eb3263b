import DragonEdit
import DragonImage
import DragonModel
import TestSupport
import Testing

@testable import DragonPhoto

/// A ball with a long beak, before a sky.
private struct Bird {
    let side = 240

    /// The beak goes right from the ball; turned by a right angle it would go down.
    func isBird(_ x: Int, _ y: Int) -> Bool {
        let (dx, dy) = (x - 80, y - 120)
        return dx * dx + dy * dy <= 40 * 40 || isBeak(x, y)
    }
    func isBeak(_ x: Int, _ y: Int) -> Bool { (116..<190).contains(x) && (116..<124).contains(y) }

    var object: Mask { Mask(height: side, width: side, cells: (0..<side * side).map { isBird($0 % side, $0 / side) }) }

    func colour(_ x: Int, _ y: Int, _ p: Int) -> Float {
        let (x, y) = (min(max(x, 0), side - 1), min(max(y, 0), side - 1))
        if isBird(x, y) { return x > 119 ? [0.9, 0.6, 0.1][p] : [0.3, 0.2, 0.2][p] }
        return [0.5, 0.65, 0.9][p]
    }

    var photo: PictureSource { PictureSource(side: side, colour: colour) }

    func edited(_ drag: Drag) throws -> Raster { try PhotoEdit.withoutNetwork(photo, drag) }
}

@Suite("What a drag keeps straight")
struct RigidTests {
    private let bird = Bird()

    private func isSky(_ result: Raster, _ x: Int, _ y: Int) -> Bool { abs(result.planes[2][y * bird.side + x] - 0.9) < 0.05 }
    private func isBeak(_ result: Raster, _ x: Int, _ y: Int) -> Bool { abs(result.planes[0][y * bird.side + x] - 0.9) < 0.05 }

    @Test("a thin part that is held at its tip turns about where it begins, and stays straight")
    func thin() throws {
        // The tip from straight right to up and right: 30 degrees about the beak's root, near 120, 120.
        let drag = Drag(region: nil, handles: [Point(x: 186, y: 120)], targets: [Point(x: 177, y: 87)], held: bird.object)
        let result = try bird.edited(drag)
        // Along the straight line from root to target, all beak; as a bend it would leave the line.
        for share in stride(from: 0.15, through: 0.95, by: 0.1) {
            #expect(isBeak(result, Int(120 + share * 57), Int(120 - share * 33)), "\(share)")
        }
        // Nor does it stay where it was, nor does the ball move.
        for x in stride(from: 150, to: 190, by: 8) { #expect(isSky(result, x, 120), "\(x)") }
        let before = bird.photo.colours(in: bird.photo.size.box)
        for (x, y) in [(80, 120), (50, 100), (80, 90), (60, 150)] {
            #expect((0..<3).allSatisfy { result.planes[$0][y * bird.side + x] == before.planes[$0][y * bird.side + x] })
        }
    }

    @Test("the body bends, as does everything where that is asked for")
    func soft() throws {
        // Held in its middle the ball is no thin part: it bends as before.
        for held in [DragBend.auto, .soft] {
            let drag = Drag(region: nil, handles: [Point(x: 60, y: 120)], targets: [Point(x: 60, y: 105)], held: bird.object, bend: held)
            let footprint = try drag.footprint(on: bird.photo.size, usesPlate: true)
            #expect(footprint.placement == nil)
        }
        let tip = Drag(
            region: nil, handles: [Point(x: 186, y: 120)], targets: [Point(x: 177, y: 87)], held: bird.object, bend: .soft)
        #expect(try tip.footprint(on: bird.photo.size, usesPlate: true).placement == nil)
    }

    @Test("kept rigid, an object or a region is shifted by one handle, and turned by two")
    func rigid() throws {
        let one = try bird.edited(
            Drag(region: nil, handles: [Point(x: 80, y: 120)], targets: [Point(x: 90, y: 150)], held: bird.object, bend: .rigid))
        #expect(isBeak(one, 190, 150) && isSky(one, 180, 120))
        // About the ball's middle by a right angle: the beak points down.
        let handles = [Point(x: 80, y: 120), Point(x: 180, y: 120)]
        let two = try bird.edited(
            Drag(region: bird.object, handles: handles, targets: [Point(x: 80, y: 120), Point(x: 80, y: 220)], bend: .rigid))
        #expect(isBeak(two, 80, 200) && isSky(two, 170, 120))
    }
}
