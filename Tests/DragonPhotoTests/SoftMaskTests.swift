import DragonImage
import DragonModel
import Testing

@testable import DragonEdit
@testable import DragonPhoto

@Suite("Soft masks stay soft, and colours beyond 0 … 1 stay what they are")
struct SoftMaskTests {
    private let side = 128

    /// A photo of one colour on the left of a column, of another from there on.
    private func photo(_ left: [Float], _ right: [Float], edge: Int) -> PictureSource {
        PictureSource(width: side, height: side) { box in
            Raster(
                width: box.width, height: box.height,
                planes: (0..<3).map { p in (0..<box.width * box.height).map { $0 % box.width + box.x < edge ? left[p] : right[p] } })
        }
    }

    /// Rows 32 to 95, whose share falls from 1 at column 24 to 0 at column 56.
    private var ramp: Mask {
        Mask(
            height: side, width: side,
            shares: (0..<side * side).map { at in
                let (x, y) = (at % side, at / side)
                guard (32..<96).contains(y), x >= 8, x < 56 else { return 0 }
                return UInt8(min(255, (56 - x) * 255 / 32))
            })
    }

    @Test("what is carried mixes with its new surroundings by its share, and leaves by its share")
    func move() throws {
        // Bright where the object is and beyond; dark where it goes.
        let before = photo([0.8, 0.6, 0.7], [0.2, 0.2, 0.2], edge: 64)
        let edit = try PhotoEdit(before, Move(object: ramp, by: Point(x: 68, y: 0)))
        let after = try edit.preview().laid(over: before).colours
        for x in 10..<54 {
            let share = ramp.coverage.planes[0][64 * side + x]
            let arrived = after.planes[0][64 * side + x + 68]
            #expect(abs(arrived - (share * 0.8 + (1 - share) * 0.2)) < 0.01, "column \(x)")
            // The place it leaves is as its surroundings, which look the same.
            #expect(abs(after.planes[0][64 * side + x] - 0.8) < 0.02)
        }
    }

    @Test("what a mask holds in part stays in part")
    func remainder() throws {
        // The object is bright inside its columns only, on dark ground.
        let before = PictureSource(width: side, height: side) { box in
            Raster(
                width: box.width, height: box.height,
                planes: (0..<3).map { _ in
                    (0..<box.width * box.height).map { (8..<56).contains($0 % box.width + box.x) ? 0.8 : 0.2 }
                })
        }
        let edit = try PhotoEdit(before, Move(object: ramp, by: Point(x: 60, y: 0)))
        let canvas = try edit.canvas(filling: .smooth)
        let composition = try edit.mode.compose(canvas)
        let (box, share) = (canvas.box, ramp.coverage.planes[0][64 * side + 52])
        // Twelve pixels from where the share is one half, beyond all fringes.
        let found = composition.base.planes[0][(64 - box.y) * box.width + 52 - box.x]
        #expect(found < 0.8)
        #expect(found > 0.8 - share * 0.8)
    }

    @Test("light brighter than white and colours beyond sRGB are carried; the network sees 0 … 1", arguments: [1, 1.3])
    func extendedRange(resize: Double) throws {
        let bright: [Float] = [3, -0.25, 1.5]
        let before = photo(bright, [0.2, 0.2, 0.2], edge: 40)
        let object = Mask(
            height: side, width: side, cells: (0..<side * side).map { (8..<40).contains($0 % side) && (40..<80).contains($0 / side) })
        let edit = try PhotoEdit(before, Move(object: object, by: Point(x: 60, y: 0), resize: resize))
        let after = try edit.preview().laid(over: before).colours
        for p in 0..<3 { #expect(abs(after.planes[p][60 * side + 84] - bright[p]) < 1e-4) }
        let canvas = try edit.canvas(filling: .smooth)
        let seen = WorkingPicture(canvas.grid.onGrid(try edit.mode.compose(canvas).seen)).values
        #expect(seen.allSatisfy { (-1...1).contains($0) } && seen.contains(1) && seen.contains(-1))
    }

}
