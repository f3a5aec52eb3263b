import DragonModel
import Testing

@testable import DragonEdit

@Suite("Soft masks stay soft, and colours beyond 0 … 1 stay what they are")
struct SoftMaskTests {
    private let side = 128

    /// A photo of one colour on the left of a column, of another from there on.
    private func photo(_ left: [Float], _ right: [Float], edge: Int) -> Photo {
        Photo(width: side, height: side) { box in
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

    @Test("a mask of shares is set from one half on; whole shares are no softness")
    func shares() {
        let mask = Mask(height: 1, width: 4, shares: [0, 127, 128, 255])
        #expect(mask.cells == [false, false, true, true])
        #expect(mask.isSoft && mask.touched.cells == [false, true, true, true])
        #expect(Mask(height: 1, width: 2, shares: [0, 255]) == Mask(height: 1, width: 2, cells: [false, true]))
        #expect(mask.cropped(to: PixelBox(x: 1, y: -1, width: 4, height: 2)).coverage.planes[0][4...] == [127.0 / 255, 128.0 / 255, 1, 0])
    }

    @Test("what is carried mixes with its new surroundings by its share, and leaves by its share")
    func move() throws {
        // Bright where the object is and beyond; dark where it goes.
        let before = photo([0.8, 0.6, 0.7], [0.2, 0.2, 0.2], edge: 64)
        let edit = PhotoEdit(photo: before, action: .move(object: ramp, by: Point(x: 68, y: 0), resize: 1, fill: nil), window: 64)
        let after = try edit.preview().laid(over: before).colours
        for x in 10..<54 {
            let share = Float(ramp.shares?[64 * side + x] ?? 0) / 255
            let arrived = after.planes[0][64 * side + x + 68]
            #expect(abs(arrived - (share * 0.8 + (1 - share) * 0.2)) < 0.01, "column \(x)")
            // The place it leaves is as its surroundings, which look the same.
            #expect(abs(after.planes[0][64 * side + x] - 0.8) < 0.02)
        }
    }

    @Test("what a mask holds in part stays in part")
    func remainder() throws {
        // The object is bright inside its columns only, on dark ground.
        let before = Photo(width: side, height: side) { box in
            Raster(
                width: box.width, height: box.height,
                planes: (0..<3).map { _ in
                    (0..<box.width * box.height).map { (8..<56).contains($0 % box.width + box.x) ? 0.8 : 0.2 }
                })
        }
        let composition = try Composition(
            PhotoEdit(photo: before, action: .move(object: ramp, by: Point(x: 60, y: 0), resize: 1, fill: nil), window: 64), fill: .quick)
        let (box, share) = (composition.work.box, Float(ramp.shares?[64 * side + 52] ?? 0) / 255)
        // Twelve pixels from where the share is one half, beyond all fringes.
        let found = composition.base.planes[0][(64 - box.y) * box.width + 52 - box.x]
        #expect(found > 0.8 - share * 0.8 && found < 0.8)
    }

    @Test("a drag fades with its region's share")
    func drag() {
        let box = PixelBox(x: 0, y: 0, width: side, height: side)
        let warp = DragWarp(handles: [Point(x: 64, y: 64)], targets: [Point(x: 70, y: 64)], radius: 90)
        let hard = WarpField(warp, region: Mask(height: side, width: side, filled: true), box: box)
        let soft = WarpField(
            warp, region: Mask(height: side, width: side, shares: Array(repeating: 192, count: side * side)), box: box)
        #expect(abs(soft.dx[64 * side + 64] - hard.dx[64 * side + 64] * 192 / 255) < 1e-4)
    }

    @Test("light brighter than white and colours beyond sRGB are carried; the network sees 0 … 1", arguments: [1, 1.3])
    func extendedRange(resize: Double) throws {
        let bright: [Float] = [3, -0.25, 1.5]
        let before = photo(bright, [0.2, 0.2, 0.2], edge: 40)
        let object = Mask(
            height: side, width: side, cells: (0..<side * side).map { (8..<40).contains($0 % side) && (40..<80).contains($0 / side) })
        let edit = PhotoEdit(photo: before, action: .move(object: object, by: Point(x: 60, y: 0), resize: resize, fill: nil), window: 64)
        let after = try edit.preview().laid(over: before).colours
        for p in 0..<3 { #expect(abs(after.planes[p][60 * side + 84] - bright[p]) < 1e-4) }
        let seen = try PhotoPlan(edit, fill: .quick).picture.values
        #expect(seen.allSatisfy { (-1...1).contains($0) } && seen.contains(1) && seen.contains(-1))
    }

    @Test("the transfer function and its inverse agree, on both sides of black")
    func transfer() {
        for value: Float in [-2, -0.5, -0.01, 0, 0.003, 0.04, 0.5, 1, 4] {
            #expect(abs(toDisplay(toLight(value)) - value) < 1e-5 * max(1, abs(value)))
        }
    }

    @Test("filling ends where its caller no longer wants it")
    func cancelled() {
        struct Unwanted: Error {}
        let raster = Raster(width: 96, height: 96, planeCount: 3, filled: 0.5)
        let hole = Hole(
            Mask(height: 96, width: 96, cells: (0..<96 * 96).map { (40..<60).contains($0 % 96) && (40..<60).contains($0 / 96) }), reach: 2)
        #expect(throws: Unwanted.self) {
            _ = try TextureFill(raster, smooth: raster.filled(hole), hole: hole, checkpoint: { throw Unwanted() }).run()
        }
    }
}
