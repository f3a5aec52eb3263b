import DragonEdit
import DragonImage
import DragonModel
import TestSupport
import Testing

@testable import DragonPhoto

/// A post before a horizon: it can be bent, the horizon cannot.
private struct Horizon {
    let side = 240
    let post = Mask(height: 240, width: 240, cells: (0..<240 * 240).map { (112..<128).contains($0 % 240) && (60..<200).contains($0 / 240) })

    private func colour(_ x: Int, _ y: Int, _ p: Int) -> Float {
        if post[min(max(y, 0), side - 1), min(max(x, 0), side - 1)] { return [0.7, 0.15, 0.1][p] }
        return y < 90 ? [0.55, 0.7, 0.9][p] : [0.35, 0.45, 0.2][p]
    }

    var photo: PictureSource { PictureSource(side: side, colour: colour) }

    /// The post's top to the right and up.
    func bent(holding held: Mask?, texture: Bool) throws -> Raster {
        let drag = Drag(region: nil, handles: [Point(x: 120, y: 70)], targets: [Point(x: 145, y: 58)], held: held)
        guard !texture else { return try PhotoEdit.withoutNetwork(photo, drag) }
        let settings = try EditSettings(drag.name, EditOverrides(), defaults: ModelDefaults(), side: 256)
        return try PhotoEdit(photo: photo, mode: drag, settings: settings).preview().laid(over: photo).colours
    }

    /// Pixels of the ground, away from the post before and after, that are not as they were.
    func changed(_ result: Raster) -> Int {
        let before = photo.colours(in: photo.size.box)
        return (0..<side * side).count { at in
            let (x, y) = (at % side, at / side)
            let isFar = !(105..<160).contains(x)
            return isFar && (0..<3).contains { abs(before.planes[$0][at] - result.planes[$0][at]) > 1e-3 } && y < side
        }
    }
}

@Suite("What a drag holds is bent before its ground, which stays")
struct HeldTests {
    @Test("with a smooth fill and with texture", arguments: [false, true])
    func horizon(texture: Bool) throws {
        let scene = Horizon()
        let result = try scene.bent(holding: scene.post, texture: texture)
        let at = { (x: Int, y: Int) in result.planes.map { $0[y * scene.side + x] } }
        let isNear = { (a: [Float], b: [Float]) in zip(a, b).allSatisfy { abs($0 - $1) < 0.05 } }
        #expect(isNear(at(145, 58), [0.7, 0.15, 0.1]), "the handle's content is at its target")
        #expect(isNear(at(120, 190), [0.7, 0.15, 0.1]), "the post's foot stays")
        // Above and below the horizon, where the post stood.
        let filled = zip(at(115, 75), [0.55, 0.7, 0.9]).allSatisfy { abs($0 - $1) < (texture ? 0.05 : 0.15) }
        #expect(filled, "the sky behind it is filled: \(at(115, 75))")
        #expect(scene.changed(result) == 0)
        // Beside the post the horizon is where it was.
        for x in [100, 165] { #expect(isNear(at(x, 88), [0.55, 0.7, 0.9]) && isNear(at(x, 92), [0.35, 0.45, 0.2])) }
        // Without the post's mask the ground is bent along: the test can fail.
        #expect(scene.changed(try scene.bent(holding: nil, texture: texture)) > 100)
    }

    @Test("a mask of another size or without a pixel is refused")
    func bad() {
        let scene = Horizon()
        for mask in [Mask(height: 3, width: 3, isWhole: true), Mask(height: 240, width: 240)] {
            #expect(throws: EditError.self) { _ = try scene.bent(holding: mask, texture: false) }
        }
    }
}
