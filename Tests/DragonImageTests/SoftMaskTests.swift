import Testing

@testable import DragonImage

@Suite("Masks hold pixels in part; warps and fills follow them")
struct SoftMaskTests {
    private let side = 128

    @Test("a mask of shares is set from one half on; whole shares are no softness")
    func shares() {
        let mask = Mask(height: 1, width: 4, shares: [0, 127, 128, 255])
        #expect(mask.cells == [false, false, true, true])
        #expect(mask.isSoft && mask.touched.cells == [false, true, true, true])
        #expect(Mask(height: 1, width: 2, shares: [0, 255]) == Mask(height: 1, width: 2, cells: [false, true]))
        #expect(mask.cropped(to: PixelBox(x: 1, y: -1, width: 4, height: 2)).coverage.planes[0][4...] == [127.0 / 255, 128.0 / 255, 1, 0])
    }

    @Test("a drag fades with its region's share")
    func drag() {
        let box = PixelBox(x: 0, y: 0, width: side, height: side)
        let warp = DragWarp(handles: [Point(x: 64, y: 64)], targets: [Point(x: 70, y: 64)], radius: 90)
        let hard = WarpField(warp, region: Mask(height: side, width: side, isWhole: true), box: box)
        let soft = WarpField(
            warp, region: Mask(height: side, width: side, shares: Array(repeating: 192, count: side * side)), box: box)
        #expect(abs(soft.dx[64 * side + 64] - hard.dx[64 * side + 64] * 192 / 255) < 1e-4)
    }

    @Test("the transfer function and its inverse agree, on both sides of black")
    func transfer() {
        for value: Float in [-2, -0.5, -0.01, 0, 0.003, 0.04, 0.5, 1, 4] {
            #expect(abs(toDisplay(toLight(value)) - value) < 1e-5 * max(1, abs(value)))
        }
    }

    @Test("filling ends where its caller no longer wants it")
    func cancelled() {
        let raster = Raster(width: 96, height: 96, planeCount: 3, value: 0.5)
        let hole = Hole(
            Mask(height: 96, width: 96, cells: (0..<96 * 96).map { (40..<60).contains($0 % 96) && (40..<60).contains($0 / 96) }), reach: 2)
        let filled = raster.filled(hole)
        #expect(throws: CancellationError.self) {
            try Cancellation.asking({ true }) { _ = try TextureFill(raster, smooth: filled, hole: hole).run() }
        }
        #expect(!Cancellation.isAsked)
    }
}
