import DragonEdit
import DragonImage
import DragonModel
import DragonTensor
import TestSupport
import Testing

@testable import DragonPhoto

/// A disc that goes to the right before a still scene with grain.
private struct Film {
    let width = 160
    let height = 128
    let count = 4

    func ground(_ frame: Int) -> Raster {
        let noise = GaussianNoise(seed: UInt64(frame + 1), stream: 3).floats(3 * width * height)
        return Raster(
            width: width, height: height,
            planes: (0..<3).map { p in
                (0..<width * height).map { at in
                    let (x, y) = (at % width, at / width)
                    let pattern: Float = (x / 8 + y / 8) % 2 == 0 ? 0.15 : 0
                    return 0.3 + 0.05 * Float(p) + pattern + 1.5 / 255 * noise[p * width * height + at]
                }
            })
    }

    func object(_ frame: Int, shiftedBy dy: Int = 0) -> Mask {
        Mask(
            height: height, width: width,
            cells: (0..<width * height).map { at in
                let (dx, dy) = (at % width - 40 - 24 * frame, at / width - 44 - dy)
                return dx * dx + dy * dy <= 100
            })
    }

    func photo(_ frame: Int, with object: Mask) -> PictureSource {
        let ground = ground(frame)
        let shown = ground.map { p, at in object.cells[at] ? [0.9, 0.2, 0.1][p] : ground.planes[p][at] }
        return PictureSource(width: width, height: height) { shown.repeated(to: $0) }
    }

    func edits(_ settings: EditSettings, modes: (Int) -> any EditMode) -> [PhotoEdit] {
        (0..<count).map { PhotoEdit(photo: photo($0, with: object($0)), mode: modes($0), settings: settings) }
    }
}

@Suite("All frames of an animation are edited alike")
struct AnimationTests {
    private let film = Film()
    private let context = ComputeContext(threads: 2)

    private func settings(_ mode: EditModeName, _ model: DiffusionModel, _ files: ModelFiles) throws -> EditSettings {
        var overrides = EditOverrides()
        overrides.steps = 4
        return try EditSettings(mode, overrides, defaults: files.defaults, side: 64)
    }

    private func model() throws -> (DiffusionModel, ModelFiles) {
        let files = try ModelFiles(path: fixture("model"))
        return (try DiffusionModel(files: files, in: context), files)
    }

    @Test("a moved object leaves what other frames show of its place")
    func move() throws {
        let (model, files) = try model()
        let edits = film.edits(try settings(.move, model, files)) { Move(object: film.object($0), by: Point(x: 0, y: 40)) }
        let layers = try AnimationEdit(edits).run(model, prompts: model.prompts(""), in: context)
        for (index, layer) in layers.enumerated() {
            let result = layer.laid(over: edits[index].photo).colours
            let (old, new, ground) = (film.object(index).indices, film.object(index, shiftedBy: 40).indices, film.ground(index))
            let errors = (0..<3).flatMap { p in old.map { abs(result.planes[p][$0] - ground.planes[p][$0]) } }
            // Two grains of σ = 1.5 differ by 1.7 on average; a fill would miss the pattern's edges by up to 38.
            #expect(errors.reduce(0, +) / Float(errors.count) < 2.2 / 255, "frame \(index)")
            let object = new.filter { at in
                (at / film.width - 84) * (at / film.width - 84) + (at % film.width - 40 - 24 * index) * (at % film.width - 40 - 24 * index)
                    < 64
            }
            #expect(object.allSatisfy { abs(result.planes[0][$0] - 0.9) < 0.01 }, "frame \(index)")
        }
    }

    @Test("the frame that anchors them is edited as alone, the others with its keys and values beside theirs")
    func anchor() throws {
        let (model, files) = try model()
        let way = [Point(x: 4, y: 0)]
        let edits = film.edits(try settings(.drag, model, files)) { frame in
            let at = Point(x: Double(40 + 24 * frame), y: 54)
            return Drag(region: nil, handles: [at], targets: [Point(x: at.x + way[0].x, y: at.y + 9)])
        }
        let together = try AnimationEdit(edits).run(model, prompts: model.prompts(""), in: context)
        for (index, edit) in edits.enumerated() {
            let alone = try edit.run(model, prompts: model.prompts(""), in: context)
            let difference = zip(alone.colours.planes.joined(), together[index].colours.planes.joined()).reduce(Float(0)) {
                max($0, abs($1.0 - $1.1))
            }
            #expect(alone.box == together[index].box)
            #expect(index == 2 ? difference == 0 : difference > 1e-4, "frame \(index): \(difference)")
        }
    }

    @Test("a frame that does not show the object has its ground alone; other modes and sizes are refused")
    func odd() throws {
        let (model, files) = try model()
        let settings = try settings(.move, model, files)
        let none = Mask(height: film.height, width: film.width)
        var edits = film.edits(settings) { Move(object: $0 == 1 ? none : film.object($0), by: Point(x: 0, y: 40)) }
        let layers = try AnimationEdit(edits).run(model, prompts: model.prompts(""), in: context)
        #expect(layers[1].coverage.allSatisfy { $0 == 0 } && layers[0].coverage.contains { $0 > 0 })
        edits[1].mode = Remove(object: film.object(1))
        #expect(throws: EditError.self) { try AnimationEdit(edits) }
        #expect(throws: EditError.self) { try AnimationEdit([]) }
        let small = PhotoEdit(
            photo: PictureSource(width: 64, height: 64) { film.ground(0).repeated(to: $0) }, mode: edits[0].mode, settings: settings)
        #expect(throws: EditError.self) { try AnimationEdit([edits[0], small]) }
        let empty = film.edits(settings) { _ in Move(object: none, by: Point(x: 0, y: 40)) }
        #expect(throws: EditError.self) { try AnimationEdit(empty).run(model, prompts: model.prompts(""), in: context) }
    }
}
