import DragonEdit
import DragonImage
import DragonModel
import TestSupport
import Testing

@testable import DragonPhoto

/// A ball before a sky that brightens downwards, with a little grain.
private struct Sky {
    let side = 256
    /// What of the pixels around the ball can be seen.
    var isCutOut = false

    func disc(_ x: Int, _ y: Int, _ radius: Float) -> Mask {
        Mask(
            height: side, width: side,
            cells: (0..<side * side).map { at in
                let (dx, dy) = (Float(at % side - x), Float(at / side - y))
                return dx * dx + dy * dy <= radius * radius
            })
    }

    func sky(_ x: Int, _ y: Int, _ p: Int) -> Float {
        0.25 + [0.1, 0.2, 0.35][p] + 0.0015 * Float(y) + Float((x * 31 + y * 17) % 13) / 13 * 0.012
    }

    /// The picture with its ball somewhere.
    func colours(ballAt x: Int, _ y: Int) -> Raster {
        let ball = disc(x, y, 24)
        let own = Raster(
            width: side, height: side,
            planes: (0..<3).map { p in
                (0..<side * side).map { ball.cells[$0] ? [0.7, 0.15, 0.1][p] : sky($0 % side, $0 / side, p) }
            })
        guard isCutOut else { return own }
        return Raster(width: side, height: side, planes: own.planes + [ball.cells.map { $0 ? 1 : 0 }])
    }

    var photo: PictureSource {
        let all = colours(ballAt: 60, 60)
        return PictureSource(width: side, height: side, hasAlpha: isCutOut) { all.repeated(to: $0) }
    }
}

@Suite("An outline that is too wide leaves no seam")
struct WideOutlineTests {
    private let sky = Sky()

    private func mean(_ a: Raster, _ b: Raster, where cells: Mask) -> Float {
        cells.indices.reduce(0) { sum, at in (0..<3).reduce(sum) { $0 + abs(a.planes[$1][at] - b.planes[$1][at]) } }
            / Float(3 * cells.count)
    }

    private func largest(_ a: Raster, _ b: Raster, where cells: Mask) -> Float {
        cells.indices.reduce(0) { worst, at in (0..<3).reduce(worst) { max($0, abs(a.planes[$1][at] - b.planes[$1][at])) } }
    }

    @Test("what it carries of a sky is in the colours of the sky at the new place, and the object in its own")
    func move() throws {
        let result = try PhotoEdit.withoutNetwork(sky.photo, Move(object: sky.disc(60, 60, 30), by: Point(x: 100, y: 120)))
        let truth = sky.colours(ballAt: 160, 180)
        // Carried as it was, the sky would be off by 0.18.
        #expect(mean(result, truth, where: sky.disc(160, 180, 31) & !sky.disc(160, 180, 28)) < 0.025)
        #expect(mean(result, truth, where: sky.disc(160, 180, 30) & !sky.disc(160, 180, 25)) < 0.09)
        #expect(largest(result, truth, where: sky.disc(160, 180, 22)) < 1e-3)
    }

    @Test("an outline that follows its object keeps every bit of it")
    func exact() throws {
        let result = try PhotoEdit.withoutNetwork(sky.photo, Move(object: sky.disc(60, 60, 24), by: Point(x: 100, y: 120)))
        #expect(largest(result, sky.colours(ballAt: 160, 180), where: sky.disc(160, 180, 22)) < 1e-6)
    }

    @Test("pasted too, but for a cut-out, around which there is no ground")
    func paste() throws {
        let dark = sky.colours(ballAt: 400, 400).map { _, _ in 0.1 }
        let ground = PictureSource(width: sky.side, height: sky.side) { dark.repeated(to: $0) }
        let pasted = try PhotoEdit.withoutNetwork(
            ground, Paste(object: sky.disc(60, 60, 30), reference: sky.photo, offset: Point(x: 60, y: 60)))
        let rim = sky.disc(120, 120, 31) & !sky.disc(120, 120, 29)
        // As it was it would be brighter by 0.4.
        #expect(mean(pasted, dark, where: rim) < 0.08)
        let cut = Sky(isCutOut: true)
        let whole = try PhotoEdit.withoutNetwork(
            ground, Paste(object: sky.disc(60, 60, 24), reference: cut.photo, offset: Point(x: 60, y: 60)))
        #expect(largest(whole, sky.colours(ballAt: 120, 120), where: sky.disc(120, 120, 22)) < 1e-6)
    }
}
