import DragonEdit
import DragonImage
import DragonModel
import TestSupport
import Testing

@testable import DragonPhoto

@Suite("A pasted object leaves its old ground behind")
struct FringeTests {
    private let side = 160

    /// How much of each pixel a disc covers, its edge over some pixels.
    private func shares(softness: Float) -> [Float] {
        (0..<side * side).map { at in
            let (dx, dy) = (Float(at % side - 80), Float(at / side - 80))
            return min(max((30 - (dx * dx + dy * dy).squareRoot()) / softness + 0.5, 0), 1)
        }
    }

    private func object(_ at: Int, _ p: Int) -> Float { [0.2, 0.25, 0.5][p] + 0.002 * Float(at % side - 80) }

    /// A dark disc on a pale ground, in the colours of a camera: pixels of the edge show both.
    private func reference(_ shares: [Float]) -> PictureSource {
        let planes = (0..<3).map { p in shares.indices.map { 0.95 + shares[$0] * (object($0, p) - 0.95) } }
        let all = Raster(width: side, height: side, planes: planes)
        return PictureSource(width: side, height: side) { all.repeated(to: $0) }
    }

    private func pasted(_ reference: PictureSource, _ shares: [Float]) throws -> Raster {
        let dark = PictureSource(width: side, height: side) { box in
            Raster(width: box.width, height: box.height, planeCount: 3, value: 0.05)
        }
        let mask = Mask(height: side, width: side, shares: shares.map { UInt8(($0 * 255).rounded()) })
        let mode = Paste(object: mask, reference: reference, offset: Point(x: 0, y: 0.5))
        return try PhotoEdit.withoutNetwork(dark, mode)
    }

    @Test("pixels that show both are freed of it: no pale rim on a dark scene", arguments: [Float(3), 8])
    func mixed(softness: Float) throws {
        let shares = shares(softness: softness)
        let result = try pasted(reference(shares), shares)
        // As they were, edge pixels would be brighter than the object by up to a quarter.
        for at in shares.indices { #expect(result.planes[0][at] < object(at, 0) + 0.04) }
        #expect(abs(result.planes[2][80 * side + 80] - 0.5) < 0.01)
    }

    @Test("a hard edge under a soft mask keeps its pixels")
    func hard() throws {
        let (edge, soft) = (shares(softness: 0.01), shares(softness: 6))
        let result = try pasted(reference(edge), soft)
        let ring = edge.indices.filter { edge[$0] == 1 && soft[$0] > 0.55 && soft[$0] < 0.95 }
        #expect(!ring.isEmpty)
        for at in ring where edge[at - side] == 1 && edge[at + side] == 1 && edge[at - 2 * side] == 1 {
            #expect(result.planes[0][at] < object(at, 0) + 0.02)
        }
    }
}
