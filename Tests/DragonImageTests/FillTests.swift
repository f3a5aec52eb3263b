import DragonModel
import Testing

@testable import DragonImage

@Suite("A moved object's place is filled as its surroundings are, and nothing else changes")
struct FillTests {
    /// A square with a round hole: small, or larger than patches are sought everywhere for.
    private struct Ground {
        let side: Int
        let hole: Mask

        init(_ side: Int, radius: Double = 24) {
            self.side = side
            let scale = Double(side) / 160
            hole = Mask(
                height: side, width: side,
                cells: (0..<side * side).map {
                    let (x, y) = (Double($0 % side) - 70 * scale, Double($0 / side) - 80 * scale)
                    return (x * x + y * y).squareRoot() < radius * scale
                })
        }

        /// A field with something else in the hole, filled.
        func filled(_ field: Raster) throws -> Raster {
            let marked = field.map { p, i in hole.cells[i] ? [0.9, 0.1, 0.4][p] : field.planes[p][i] }
            let gap = Hole(hole, reach: 2.5)
            return try TextureFill(marked, smooth: marked.filled(gap), hole: gap).run()
        }

        func field(_ body: (Int, Int, Int) -> Float) -> Raster {
            Raster(width: side, height: side, planes: (0..<3).map { p in (0..<side * side).map { body(p, $0 % side, $0 / side) } })
        }
    }

    private static let sides = [160, 720]

    @Test("flat colour stays flat, a gradient goes on", arguments: sides)
    func smoothFields(side: Int) throws {
        let ground = Ground(side)
        let fields = [
            ground.field { p, _, _ in [0.2, 0.5, 0.7][p] },
            ground.field { p, x, y in 0.2 + 0.32 * Float(x) / Float(side) + 0.16 * Float(y * p) / Float(side) },
        ]
        for (number, wanted) in fields.enumerated() {
            let found = try ground.filled(wanted)
            let worst =
                (0..<3).map { p in zip(found.planes[p], wanted.planes[p]).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) } }.max() ?? 1
            #expect(worst <= 1.0 / 255, "field \(number)")
        }
    }

    @Test("grain keeps its variance within a tenth", arguments: sides)
    func grain(side: Int) throws {
        let ground = Ground(side)
        let noise = GaussianNoise(seed: 5, stream: 1).floats(3 * side * side)
        let wanted = ground.field { p, x, y in 0.5 + 0.05 * noise[(p * side + y) * side + x] }
        let found = try ground.filled(wanted)
        let variance = { (plane: [Float], inside: Bool) -> Float in
            let values = ground.hole.cells.indices.filter { ground.hole.cells[$0] == inside }.map { plane[$0] }
            let mean = values.reduce(0, +) / Float(values.count)
            return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(values.count)
        }
        for plane in found.planes { #expect(abs(variance(plane, true) / variance(plane, false) - 1) < 0.1) }
    }

    @Test("stripes go on through the hole, and what the hole held is gone", arguments: sides)
    func stripes(side: Int) throws {
        let ground = Ground(side)
        let wanted = ground.field { _, x, _ in x / 8 % 2 == 0 ? 0.25 : 0.75 }
        let found = try ground.filled(wanted)
        let cells = ground.hole.indices
        let far = cells.count { abs(found.planes[1][$0] - wanted.planes[1][$0]) > 0.15 }
        #expect(Double(far) < 0.1 * Double(cells.count), "\(far) of \(cells.count)")
    }

    @Test("rough ground beside plain ground of the same colour stays rough", arguments: [160, 320])
    func roughness(side: Int) throws {
        let ground = Ground(side, radius: 36)
        let horizon = 64 * side / 160
        let shares = try (0..<10).map { seed -> Float in
            let blobs = Self.blobs(of: Float(side) / 25, side, seed: UInt64(seed))
            let wanted = ground.field { _, x, y in y > horizon ? 0.5 + 0.12 * blobs[y * side + x] : 0.5 }
            let plane = try ground.filled(wanted).planes[0]
            let step = { (isInside: Bool) -> Float in
                let cells = ground.hole.cells.indices.filter {
                    ground.hole.cells[$0] == isInside && $0 / side > horizon + 5 && $0 % side > 0
                }
                return cells.reduce(Float(0)) { $0 + abs(plane[$1] - plane[$1 - 1]) } / Float(cells.count)
            }
            return step(true) / step(false)
        }
        // Compared by colours alone, patches give less than half of it.
        #expect(shares.reduce(0, +) / 10 > 0.55, "\(shares)")
    }

    /// Smooth noise of unit variance at its knots, which are `size` pixels apart.
    private static func blobs(of size: Float, _ side: Int, seed: UInt64) -> [Float] {
        let knots = Int(Float(side) / size) + 2
        let grid = GaussianNoise(seed: seed, stream: 3).floats(knots * knots)
        return (0..<side * side).map { bilinear(grid, knots, knots, Float($0 % side) / size, Float($0 / side) / size) }
    }

    @Test("outside the hole and its fringe every sample is as it was")
    func outside() throws {
        let ground = Ground(160)
        let wanted = ground.field { p, x, y in Float((x * 7 + y * 13 + p * 5) % 32) / 32 }
        let found = try ground.filled(wanted)
        let distances = DistanceField(to: ground.hole).distances
        for p in 0..<3 { #expect(distances.indices.allSatisfy { distances[$0] < 4 || found.planes[p][$0] == wanted.planes[p][$0] }) }
    }

    @Test("a hole without surroundings, one at the border and one of a pixel are filled")
    func extremes() throws {
        let tiny = Raster(width: 5, height: 4, planeCount: 3, value: 0.5)
        for cells in [[0], Array(0..<19), [9]] {
            let hole = Hole(Mask(height: 4, width: 5, cells: (0..<20).map { cells.contains($0) }), reach: 1)
            let found = try TextureFill(tiny, smooth: tiny.filled(hole), hole: hole).run()
            #expect(found.planes.allSatisfy { $0.allSatisfy { abs($0 - 0.5) < 1e-5 } })
        }
    }
}
