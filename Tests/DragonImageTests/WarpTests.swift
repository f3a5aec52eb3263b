import DragonImage
import Testing

@Suite("A warp leaves no traces of what it carries past a border that stays")
struct WarpTests {
    private let side = 128

    /// A dark upright line on grey.
    private var line: Raster {
        let plane = (0..<side * side).map { at -> Float in (38..<44).contains(at % side) ? 0.1 : 0.6 }
        return Raster(width: side, height: side, planes: [plane, plane, plane])
    }

    /// Two upright parts joined at the bottom: around the line, and around where it goes, as a tight selection has them.
    private var region: Mask {
        Mask(
            height: side, width: side,
            cells: (0..<side * side).map { at in
                let (x, y) = (at % side, at / side)
                return (8..<120).contains(y) && ((28..<50).contains(x) || (64..<100).contains(x) || (28..<100).contains(x) && y >= 100)
            })
    }

    private func warped(to x: Double) -> (plain: Raster, mended: Raster, field: WarpField) {
        let warp = DragWarp(handles: [Point(x: 41, y: 50)], targets: [Point(x: x, y: 50)], radius: 300)
        let field = WarpField(warp, region: region, box: PixelBox(x: 0, y: 0, width: side, height: side))
        let plain = field.applied(to: line)
        return (plain, field.mended(plain), field)
    }

    /// The darkest that the part which the line has left shows, far from both ends.
    private func darkest(_ raster: Raster) -> Float {
        (30..<80).flatMap { y in (28..<62).map { raster.planes[0][y * side + $0] } }.min() ?? 0
    }

    @Test("no thread of a line is left at the border of a tight selection")
    func threads() {
        let (plain, mended, _) = warped(to: 80)
        #expect(darkest(plain) < 0.45, "pressed together, the line is a thread")
        #expect(darkest(mended) > 0.5)
        let dark = (60..<104).filter { mended.planes[0][50 * side + $0] < 0.3 }
        #expect(!dark.isEmpty && dark.allSatisfy { abs($0 - 80) <= 6 }, "the line is where it was dragged: \(dark)")
    }

    @Test("the thread is told as narrowed, and what is sheared along a border is not")
    func narrowed() {
        let (plain, _, field) = warped(to: 80)
        let (dark, narrowed) = ((30..<80).flatMap { y in (28..<62).map { y * side + $0 } }, field.narrowed)
        #expect(dark.filter { plain.planes[0][$0] < 0.45 }.allSatisfy { narrowed[$0] == 1 })
        // Shifted to the right within a band, all alike: sheared at its borders.
        let band = Mask(height: side, width: side, cells: (0..<side * side).map { (50..<80).contains($0 / side) })
        let shear = WarpField(
            DragWarp(handles: [Point(x: 44, y: 65)], targets: [Point(x: 64, y: 65)], radius: 3000), region: band,
            box: PixelBox(x: 0, y: 0, width: side, height: side))
        #expect(shear.narrowed.allSatisfy { $0 == 0 })
        #expect(shear.mended(shear.applied(to: line)).planes != shear.applied(to: line).planes, "sheared it is")
    }

    @Test("what is not pressed together stays bit for bit")
    func others() {
        let (plain, mended, field) = warped(to: 80)
        let moved = field.moved
        #expect(moved.cells.indices.allSatisfy { moved.cells[$0] || mended.planes[0][$0] == line.planes[0][$0] })
        let gentle = warped(to: 42)
        #expect(gentle.mended.planes == gentle.plain.planes)
        #expect(plain.planes != mended.planes)
    }
}
