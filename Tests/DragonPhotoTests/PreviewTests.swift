import DragonEdit
import DragonImage
import DragonModel
import TestSupport
import Testing

@testable import DragonPhoto

@Suite("A warp and a preview do what the edit intends")
struct PreviewTests {
    private let side = 128

    /// A photo of a bright disc of radius 12 on a dark ramp.
    private func photo(_ x: Int, _ y: Int) -> PictureSource {
        PictureSource(width: side, height: side) { box in
            Raster(
                width: box.width, height: box.height,
                planes: (0..<3).map { p in
                    (0..<box.width * box.height).map { i in
                        let (px, py) = (i % box.width + box.x, i / box.width + box.y)
                        let isInside = (px - x) * (px - x) + (py - y) * (py - y) <= 144
                        return isInside ? [0.9, 0.8, 0.2][p] : 0.1 + Float(px) / 1024
                    }
                })
        }
    }

    private func disc(_ x: Int, _ y: Int, radius: Int = 12) -> Mask {
        Mask(
            height: side, width: side,
            cells: (0..<side * side).map { ($0 % side - x) * ($0 % side - x) + ($0 / side - y) * ($0 / side - y) <= radius * radius })
    }

    @Test("a move's preview has the object at its new place, the ramp at the old one, all else as it was")
    func move() throws {
        let (before, after) = (photo(40, 64), photo(80, 64))
        let edit = try PhotoEdit(before, Move(object: disc(40, 64), by: Point(x: 40, y: 0)))
        let found = try edit.preview().laid(over: before).colours
        let wanted = after.colours(in: PixelBox(x: 0, y: 0, width: side, height: side))
        // The object's edge is softened by a pixel.
        let rim = zip(disc(80, 64, radius: 14).cells, disc(80, 64, radius: 10).cells).map { $0 && !$1 }
        for p in 0..<3 {
            let worst = (0..<side * side).reduce(Float(0)) { rim[$1] ? $0 : max($0, abs(found.planes[p][$1] - wanted.planes[p][$1])) }
            #expect(worst < 0.02)
        }
    }

    @Test("a drag brings each handle's content to its target, and changes nothing outside the region")
    func drag() throws {
        let before = photo(50, 64)
        let region = disc(56, 64, radius: 40)
        let (handles, targets) = ([Point(x: 50, y: 64), Point(x: 56, y: 90)], [Point(x: 62, y: 64), Point(x: 56, y: 90)])
        let edit = try PhotoEdit(before, Drag(region: region, handles: handles, targets: targets))
        let layer = try edit.preview()
        let found = layer.laid(over: before).colours
        let source = before.colours(in: PixelBox(x: 0, y: 0, width: side, height: side))
        for (handle, target) in zip(handles, targets) {
            let (from, to) = (Int(handle.y) * side + Int(handle.x), Int(target.y) * side + Int(target.x))
            #expect(abs(found.planes[2][to] - source.planes[2][from]) < 0.02)
        }
        #expect((0..<side * side).allSatisfy { region.cells[$0] || found.planes[1][$0] == source.planes[1][$0] })
    }

    @Test("a warp never folds, however far the drag")
    func folds() {
        for length in [4.0, 20, 60] {
            let warp = DragWarp(handles: [Point(x: 30, y: 64)], targets: [Point(x: 30 + length, y: 64)], area: 400)
            let places = (0..<side).map { Double($0) - warp.shift(at: Point(x: Double($0), y: 64)).x }
            #expect(zip(places, places.dropFirst()).allSatisfy { $0 < $1 }, "\(length)")
        }
    }

    @Test("previews of every mode, and clear words for what cannot be")
    func modes() throws {
        let base = photo(40, 64)
        let other = photo(90, 30)
        let modes: [any EditMode] = [
            Landmark(handles: [Point(x: 40, y: 64)], targets: [Point(x: 50, y: 60)]),
            Appearance(object: disc(40, 64), reference: other, referenceObject: disc(90, 30)),
            Paste(object: disc(90, 30), reference: other, offset: Point(x: -40, y: 50), resize: 1.5),
            Move(object: disc(40, 64), by: Point(x: 0, y: 0), resize: 0.5),
        ]
        for mode in modes {
            let layer = try PhotoEdit(base, mode).preview()
            #expect(layer.coverage.contains { $0 > 0 } && areFinite(layer.colours.planes.flatMap { $0 }), "\(mode.name)")
        }
        let empty = Move(object: Mask(height: side, width: side), by: Point(x: 4, y: 0))
        #expect(throws: EditError.emptyMask(what: "the mask")) { try PhotoEdit(base, empty).preview() }
    }

    @Test("an object moves within a transparent layer: it stays opaque, its old place becomes transparent")
    func alpha() throws {
        let object = disc(40, 64)
        let base = photo(40, 64)
        let (side, shown) = (side, object.cells.map { $0 ? Float(1) : 0 })
        let layer = PictureSource(width: side, height: side, hasAlpha: true) { box in
            let alpha = (0..<box.width * box.height).map { i in
                let (x, y) = (i % box.width + box.x, i / box.width + box.y)
                return x >= 0 && y >= 0 && x < side && y < side ? shown[y * side + x] : 0
            }
            return Raster(width: box.width, height: box.height, planes: base.colours(in: box).planes + [alpha])
        }
        let edit = try PhotoEdit(layer, Move(object: object, by: Point(x: 40, y: 0)))
        let found = try edit.preview()
        let alpha = { (x: Int, y: Int) in found.colours.planes[3][(y - found.box.y) * found.box.width + x - found.box.x] }
        #expect(alpha(80, 64) == 1 && alpha(40, 64) < 0.01 && found.colours.planes.count == 4)
        #expect(found.colours.planes[0][(64 - found.box.y) * found.box.width + 80 - found.box.x] > 0.85)
    }
}
