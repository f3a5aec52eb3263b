import DragonEdit
import DragonImage
import DragonModel
import DragonTensor
import TestSupport
import Testing

@testable import DragonPhoto

@Suite("With the embedded model a moved object leaves no trace")
struct EmbeddedModelTests {
    private static let path = inRepository("Install/model/embedded")
    private let side = 256

    private func disc(_ x: Int, _ y: Int, radius: Int) -> Mask {
        Mask(
            height: side, width: side,
            cells: (0..<side * side).map { ($0 % side - x) * ($0 % side - x) + ($0 / side - y) * ($0 / side - y) <= radius * radius })
    }

    /// A ground with a disc on it, and after a move of the disc by 90 pixels, whole.
    private func moved(
        with overrides: EditOverrides = EditOverrides(), _ ground: @escaping @Sendable (Int, Int, Int) -> Float
    ) throws -> Raster {
        let (side, object) = (side, disc(80, 128, radius: 30).cells)
        let photo = PictureSource(width: side, height: side) { box in
            Raster(
                width: box.width, height: box.height,
                planes: (0..<3).map { p in
                    (0..<box.width * box.height).map { i in
                        let x = min(max(i % box.width + box.x, 0), side - 1)
                        let y = min(max(i / box.width + box.y, 0), side - 1)
                        return object[y * side + x] ? [0.8, 0.3, 0.2][p] : ground(p, x, y)
                    }
                })
        }
        let context = ComputeContext(threads: 2)
        let files = try ModelFiles(path: Self.path)
        let model = try DiffusionModel(files: files, in: context)
        let mode = Move(object: disc(80, 128, radius: 30), by: Point(x: 90, y: 0))
        let settings = try EditSettings(mode.name, overrides, defaults: files.defaults, side: files.workingSide)
        let layer = try PhotoEdit(photo: photo, mode: mode, settings: settings).run(model, prompts: model.prompts(""), in: context)
        return layer.laid(over: photo).colours
    }

    /// Everything but the disc at its new place and its softened rim.
    private var surroundings: [Int] { (!disc(170, 128, radius: 33)).indices }

    @Test("no seam above 1/255 on flat and graded grounds")
    func seams() throws {
        let grounds: [@Sendable (Int, Int, Int) -> Float] = [
            { p, _, _ in [0.3, 0.5, 0.6][p] }, { _, x, y in 0.2 + 0.0016 * Float(x) + 0.0008 * Float(y) },
        ]
        let cells = surroundings
        for (number, ground) in grounds.enumerated() {
            let found = try moved(ground)
            for p in 0..<3 {
                let worst = cells.reduce(Float(0)) { max($0, abs(found.planes[p][$1] - ground(p, $1 % side, $1 / side))) }
                #expect(worst <= 1.0 / 255, "ground \(number)")
            }
        }
    }

    @Test("left to the network alone, the old place empties where its start is arranged, and keeps the object where it is not")
    func withoutPlate() throws {
        let ground: @Sendable (Int, Int, Int) -> Float = { p, x, y in [0.3, 0.5, 0.6][p] + 0.0004 * Float(x - y) }
        let old = disc(80, 128, radius: 30).indices
        let errors = try [(EditStart.arranged, UInt64(0)), (.arranged, 1), (.inverted, 0)].map { start, seed in
            var overrides = EditOverrides()
            (overrides.usesPlate, overrides.start, overrides.seed) = (false, start, seed)
            let found = try moved(with: overrides, ground)
            return old.reduce(Float(0)) { $0 + abs(found.planes[0][$1] - ground(0, $1 % side, $1 / side)) } / Float(old.count)
        }
        #expect(errors[0] < 0.1 && errors[1] < 0.1 && errors[2] > 0.3, "\(errors)")
        #expect(errors[1] < 2 * errors[0], "another seed is no worse: \(errors)")
    }

    @Test("grain within a tenth of its variance where the disc was, and around where it is")
    func grain() throws {
        let noise = GaussianNoise(seed: 3, stream: 2).floats(3 * side * side)
        let found = try moved { p, x, y in 0.5 + 0.05 * noise[(p * 256 + y) * 256 + x] }
        let variance = { (plane: [Float], cells: [Int]) -> Float in
            let mean = cells.reduce(0) { $0 + plane[$1] } / Float(cells.count)
            return cells.reduce(0) { $0 + (plane[$1] - mean) * (plane[$1] - mean) } / Float(cells.count)
        }
        let far = (0..<side * side).filter { $0 / side < 60 }
        let (inner, outer) = (disc(170, 128, radius: 33), disc(170, 128, radius: 45))
        let ring = (0..<side * side).filter { outer.cells[$0] && !inner.cells[$0] }
        for plane in found.planes {
            let usual = variance(plane, far)
            #expect(
                abs(variance(plane, disc(80, 128, radius: 30).indices) / usual - 1) < 0.1,
                "\(variance(plane, disc(80, 128, radius: 30).indices) / usual)")
            #expect(abs(variance(plane, ring) / usual - 1) < 0.1)
        }
    }
}
