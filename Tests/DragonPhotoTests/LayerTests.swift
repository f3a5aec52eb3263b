import DragonEdit
import DragonImage
import DragonModel
import DragonTensor
import TestSupport
import Testing

@testable import DragonPhoto

@Suite("A result as two layers")
struct LayerTests {
    private let width = 120
    private let height = 96

    private var photo: PictureSource {
        PictureSource(width: width, height: height) { box in
            Raster(
                width: box.width, height: box.height,
                planes: (0..<3).map { p in
                    (0..<box.width * box.height).map { at in
                        let (x, y) = (box.x + at % box.width, box.y + at / box.width)
                        return 0.2 + 0.004 * Float(x + p * y) + ((x * 5 + y * 3) % 7 == 0 ? 0.1 : 0)
                    }
                })
        }
    }

    private var object: Mask {
        Mask(
            height: height, width: width,
            shares: (0..<width * height).map { at in
                let (dx, dy) = (Float(at % width - 40), Float(at / width - 40))
                return UInt8(min(max((14 - (dx * dx + dy * dy).squareRoot()) * 60, 0), 255))
            })
    }

    private func layer(_ mode: any EditMode) throws -> EditLayer {
        let context = ComputeContext(threads: 2)
        let files = try ModelFiles(path: fixture("model"))
        let model = try DiffusionModel(files: files, in: context)
        var overrides = EditOverrides()
        overrides.steps = 3
        let settings = try EditSettings(mode.name, overrides, defaults: files.defaults, side: 64)
        return try PhotoEdit(photo: photo, mode: mode, settings: settings).run(model, prompts: model.prompts(""), in: context)
    }

    @Test("the ground and the object on it look as the whole does, wherever the network had a part too")
    func composed() throws {
        let layer = try layer(Move(object: object, by: Point(x: 37.5, y: 12)))
        try #require(layer.parts.count == 2)
        let ground = layer.parts[0].laid(over: photo).colours
        let both = layer.parts[1].laid(over: PictureSource(width: width, height: height) { ground.repeated(to: $0) }).colours
        let whole = layer.laid(over: photo).colours
        for p in 0..<3 { #expect(zip(both.planes[p], whole.planes[p]).allSatisfy { abs($0 - $1) < 1e-5 }) }
        // The object alone, with its soft edge; below it the ground goes on.
        #expect(layer.parts[1].coverage.contains { $0 > 0.2 && $0 < 0.8 })
        #expect(layer.parts[1].box.width < 40)
        let middle = 52 * width + 78
        #expect(abs(ground.planes[0][middle] - whole.planes[0][middle]) > 0.02)
    }

    @Test("what the edit may change ends softly, where its coverage ends at once")
    func extent() throws {
        let layer = try layer(Move(object: object, by: Point(x: 37.5, y: 12)))
        #expect(layer.coverage.allSatisfy { $0 == 0 || $0 == 1 })
        #expect(layer.extent.contains { $0 > 0.2 && $0 < 0.8 })
        #expect(zip(layer.extent, layer.coverage).allSatisfy { ($0 > 0) == ($1 > 0) })
        #expect(zip(layer.laid(over: photo).extent, layer.laid(over: photo).coverage).allSatisfy { ($0 > 0) == ($1 > 0) })
    }

    @Test("a ramp wider than what is usually looked at around an object ends in nothing, not at a straight edge")
    func wide() throws {
        let photo = PictureSource(width: 600, height: 400) { box in Raster(width: box.width, height: box.height, planeCount: 3, value: 0.5)
        }
        let object = Mask(
            height: 400, width: 600, cells: (0..<400 * 600).map { (280..<320).contains($0 % 600) && (180..<220).contains($0 / 600) })
        var overrides = EditOverrides()
        overrides.feather = 100
        let settings = try EditSettings(.remove, overrides, defaults: ModelDefaults(), side: 64)
        let layer = try PhotoEdit(photo: photo, mode: Remove(object: object), settings: settings).preview()
        #expect(layer.extent.contains { $0 > 0.9 })
        for y in 0..<layer.box.height { #expect(layer.extent[y * layer.box.width] < 0.01) }
    }

    @Test("an edit that lays no object is one layer")
    func single() throws {
        #expect(try layer(Remove(object: object)).parts.isEmpty)
    }
}
