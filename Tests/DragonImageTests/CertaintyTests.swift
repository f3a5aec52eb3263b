import DragonModel
import Foundation
import Testing

@testable import DragonImage

@Suite("A fill is as sure as its patches agree")
struct CertaintyTests {
    private let side = 160

    private func disc(_ radius: Double) -> Mask {
        Mask(
            height: side, width: side,
            cells: (0..<side * side).map {
                let (x, y) = (Double($0 % side) - 80, Double($0 / side) - 80)
                return (x * x + y * y).squareRoot() < radius
            })
    }

    /// How sure the texture fill of a disc is.
    private func certainty(radius: Double = 28, _ body: (Int, Int, Int) -> Float) throws -> Double {
        let side = side
        let field = Raster(
            width: side, height: side, planes: (0..<3).map { p in (0..<side * side).map { body(p, $0 % side, $0 / side) } })
        let (mask, hole) = (disc(radius), Hole(disc(radius), reach: 2.5))
        let filled = try TextureFill(field, smooth: field.filled(hole), hole: hole).run()
        return try FillCertainty(filled, hole: mask).value()
    }

    @Test("sure of even ground: a colour, a gradient, fine grain, stripes")
    func even() throws {
        let noise = GaussianNoise(seed: 5, stream: 1).floats(3 * side * side)
        let side = side
        #expect(try certainty { p, _, _ in [0.2, 0.5, 0.7][p] } > 0.99)
        #expect(try certainty { _, x, y in 0.2 + 0.3 * Float(x + y) / 320 } > 0.9)
        #expect(try certainty { p, x, y in 0.5 + 0.03 * noise[(p * side + y) * side + x] } > 0.8)
        #expect(try certainty { _, x, _ in x / 8 % 2 == 0 ? 0.25 : 0.75 } > 0.8)
    }

    @Test("unsure where different structures meet: rays that run together, four colours")
    func meeting() throws {
        let rays = try certainty { p, x, y in 0.5 + 0.4 * sinf(2 * Float(3 + p) * atan2f(Float(y - 80), Float(x - 80))) }
        let colours: [[Float]] = [[0.9, 0.1, 0.1], [0.1, 0.2, 0.9], [0.1, 0.8, 0.2], [0.9, 0.9, 0.9]]
        let four = try certainty { p, x, y in colours[(y < 80 ? 0 : 2) + (x < 80 ? 0 : 1)][p] }
        print("certainty: rays \(rays), four colours \(four)")
        #expect(rays < 0.8 && four < 0.87)
    }

    @Test("what is made of the surroundings is coherent with them, what is not is less so")
    func coherence() throws {
        let side = side
        let stripes = Raster(
            width: side, height: side, planes: (0..<3).map { _ in (0..<side * side).map { $0 % side / 8 % 2 == 0 ? 0.25 : 0.75 } })
        let hole = disc(28)
        let noise = GaussianNoise(seed: 5, stream: 1).floats(side * side)
        let foreign = stripes.map { p, i in hole.cells[i] ? 0.5 + 0.2 * noise[i] : stripes.planes[p][i] }
        let (own, other) = (try FillCertainty(stripes, hole: hole).incoherence(), try FillCertainty(foreign, hole: hole).incoherence())
        print("incoherence: stripes \(own), noise among them \(other)")
        #expect(own < 0.05 && other > 2 * own)
        #expect(try FillCertainty(stripes, hole: Mask(height: side, width: side)).incoherence() == 0)
    }

    @Test("nothing to fill is sure, nothing to compare with is not; the same each time")
    func extremes() throws {
        let plain = Raster(width: 12, height: 12, planeCount: 3, value: 0.5)
        #expect(try FillCertainty(plain, hole: Mask(height: 12, width: 12)).value() == 1)
        #expect(try FillCertainty(plain, hole: Mask(height: 12, width: 12, isWhole: true)).value() == 0)
        let wave: (Int, Int, Int) -> Float = { _, x, y in Float((x * y) % 13) / 13 }
        #expect(try certainty(wave) == certainty(wave))
    }
}
