import TestSupport
import Testing

@testable import DragonImage

@Suite("An object is turned about its middle")
struct TurnTests {
    /// Every sample another one.
    private func numbered(_ width: Int, _ height: Int) -> Raster {
        Raster(width: width, height: height, planes: [(0..<width * height).map { Float($0) / Float(width * height) }])
    }

    private func placement(_ width: Int, _ height: Int, _ turn: Turn, resize: Double = 1) -> Placement {
        Placement(
            source: PixelBox(x: 20, y: 30, width: width, height: height), displacement: Point(x: 5, y: -3), resize: resize, turn: turn)
    }

    /// The raster where a placement brings it, all of it.
    private func moved(_ raster: Raster, _ placement: Placement) -> Raster {
        placement.moved(raster, to: placement.target, isLight: false)
    }

    @Test("by quarters, mirrored or not, every pixel becomes a pixel", arguments: [(6, 4), (7, 4), (5, 5), (1, 8)])
    func quarters(_ sides: (Int, Int)) {
        let (width, height) = sides
        let source = numbered(width, height)
        let at = { (x: Int, y: Int) in source.planes[0][y * width + x] }
        for isMirrored in [false, true] {
            let column = { (x: Int) in isMirrored ? width - 1 - x : x }
            let expected: [Double: (Int, Int, (Int, Int) -> Float)] = [
                0: (width, height, { at(column($0), $1) }), 90: (height, width, { at(column($1), height - 1 - $0) }),
                180: (width, height, { at(column(width - 1 - $0), height - 1 - $1) }),
                -90: (height, width, { at(column(width - 1 - $1), $0) }),
            ]
            for (degrees, (columns, rows, sample)) in expected {
                let placement = placement(width, height, Turn(degrees: degrees, isMirrored: isMirrored))
                #expect(placement.isExact && placement.target.width == columns && placement.target.height == rows)
                let wanted = (0..<columns * rows).map { sample($0 % columns, $0 / columns) }
                #expect(moved(source, placement).planes[0] == wanted, "\(degrees)°, mirrored: \(isMirrored)")
            }
        }
    }

    @Test("a slope comes out as a slope the other way, at any angle and size", arguments: [10.0, 45, 137, -60], [0.4, 1, 2.3])
    func slope(degrees: Double, resize: Double) {
        let (width, height) = (90, 70)
        let slope = Raster(
            width: width, height: height,
            planes: [(0..<width * height).map { 0.1 + 0.004 * (Float($0 % width) + 0.5) + 0.003 * (Float($0 / width) + 0.5) }])
        let placement = placement(width, height, Turn(degrees: degrees, isMirrored: degrees > 100), resize: resize)
        let (found, target) = (moved(slope, placement), placement.target)
        var worst: Float = 0
        for at in found.planes[0].indices {
            let point = Point(x: Double(target.x + at % target.width) + 0.5, y: Double(target.y + at / target.width) + 0.5)
            let source = placement.source(of: point)
            let (x, y) = (source.x - 20, source.y - 30)
            // Not where the border repeats.
            let margin = 2 * max(1, 1 / resize)
            guard x > margin, y > margin, x < 90 - margin, y < 70 - margin else { continue }
            worst = max(worst, abs(found.planes[0][at] - (0.1 + 0.004 * Float(x) + 0.003 * Float(y))))
        }
        #expect(worst < (resize < 1 ? 1e-4 : 1e-5))
        // Clockwise: what lay right of the middle lies below it after a quarter.
        let way = Turn(degrees: 90).turned(Point(x: 1, y: 0))
        #expect(way == Point(x: 0, y: 1))
    }

    @Test("a whole turn more is none, and a turn back is one")
    func whole() {
        #expect(Turn(degrees: 360) == .none && Turn(degrees: -90) == Turn(degrees: 270))
        for turn in [Turn(degrees: 33), Turn(degrees: 200, isMirrored: true)] {
            let back = turn.unturned(turn.turned(Point(x: 3, y: -7)))
            #expect(abs(back.x - 3) < 1e-12 && abs(back.y + 7) < 1e-12)
        }
    }

    @Test("the box around it holds all of it, at any angle")
    func box() {
        for degrees in stride(from: 0.0, to: 360, by: 7) {
            let placement = placement(31, 12, Turn(degrees: degrees), resize: 1.5)
            let target = placement.target
            for corner in [Point(x: 20, y: 30), Point(x: 51, y: 30), Point(x: 20, y: 42), Point(x: 51, y: 42)] {
                let way = placement.turn.turned(
                    Point(x: (corner.x - placement.middle.x) * 1.5, y: (corner.y - placement.middle.y) * 1.5))
                let (x, y) = (placement.newMiddle.x + way.x, placement.newMiddle.y + way.y)
                #expect(x >= Double(target.x) - 1e-9 && x <= Double(target.endX) + 1e-9)
                #expect(y >= Double(target.y) - 1e-9 && y <= Double(target.endY) + 1e-9)
            }
        }
    }

    @Test("on the working grid a turned object lies where its pixels were turned to", arguments: [0.0, 90, 30, 250])
    func aligned(degrees: Double) {
        let (side, box) = (256, PixelBox(x: 90, y: 70, width: 50, height: 30))
        let object = Mask(
            height: side, width: side, cells: (0..<side * side).map { (90..<140).contains($0 % side) && (70..<100).contains($0 / side) })
        let placement = Placement(
            source: box, displacement: Point(x: 12, y: 40), resize: 1.4, turn: Turn(degrees: degrees, isMirrored: true))
        let source = PictureSource(width: side, height: side) { box in
            Raster(
                width: box.width, height: box.height,
                planes: (0..<3).map { p in
                    (0..<box.width * box.height).map { at in
                        let (x, y) = (box.x + at % box.width, box.y + at / box.width)
                        return 0.2 + 0.002 * Float(p == 0 ? x : p == 1 ? y : x + y)
                    }
                })
        }
        let grid = WorkGrid(
            affected: box.union(placement.target), canvas: source.size, margin: 20, window: 128, multiple: 64)
        let (colours, laid) = grid.aligned(source, object, placement)
        var worst: Float = 0
        for at in laid.cells.indices where laid.cells[at] {
            let cell = (x: Double(at % laid.width) + 0.5, y: Double(at / laid.width) + 0.5)
            let from = placement.source(
                of: Point(x: Double(grid.frame.x) + cell.x * grid.step, y: Double(grid.frame.y) + cell.y * grid.step))
            #expect(from.x > 88 && from.x < 142 && from.y > 68 && from.y < 102)
            worst = max(worst, abs(colours.planes[0][at] - (0.2 + 0.002 * Float(from.x - 0.5))))
        }
        #expect(worst < 2e-3)
        let area = Double(laid.count) * grid.step * grid.step
        #expect(abs(area / (50 * 30 * 1.4 * 1.4) - 1) < 0.08)
    }
}
