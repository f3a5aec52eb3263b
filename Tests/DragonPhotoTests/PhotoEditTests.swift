import DragonEdit
import DragonImage
import DragonModel
import DragonTensor
import Synchronization
import TestSupport
import Testing

@testable import DragonPhoto

/// The embedded model on a picture of two colours' waves, with an object of a third one.
private struct Scene {
    let side = 192
    let model: DiffusionModel
    let files: ModelFiles

    init() throws {
        files = try ModelFiles(path: inRepository("Install/model/embedded"))
        model = try DiffusionModel(files: files, in: ComputeContext(threads: 2))
    }

    var photo: PictureSource {
        let side = side
        let object = object.cells
        return PictureSource(width: side, height: side) { box in
            Raster(
                width: box.width, height: box.height,
                planes: (0..<3).map { p in
                    (0..<box.width * box.height).map { i in
                        let x = min(max(i % box.width + box.x, 0), side - 1)
                        let y = min(max(i / box.width + box.y, 0), side - 1)
                        if object[y * side + x] { return [0.8, 0.3, 0.2][p] }
                        return 0.4 + 0.2 * Float((x * (3 + p) * 7 + y * 13) % 97) / 97
                    }
                })
        }
    }

    var object: Mask { disc(60, 90, 24) }

    func disc(_ x: Int, _ y: Int, _ radius: Int) -> Mask {
        Mask(
            height: side, width: side,
            cells: (0..<side * side).map { ($0 % side - x) * ($0 % side - x) + ($0 / side - y) * ($0 / side - y) <= radius * radius })
    }

    func mode(_ name: EditModeName) -> any EditMode {
        let (handles, targets) = ([Point(x: 60, y: 90)], [Point(x: 84, y: 90)])
        return switch name {
        case .move: Move(object: object, by: Point(x: 70, y: 10))
        case .resize: Move(object: object, by: .zero, resize: 1.3)
        case .drag: Drag(region: disc(66, 90, 45), handles: handles, targets: targets)
        case .landmark: Landmark(handles: handles, targets: targets)
        case .appearance: Appearance(object: object, reference: photo, referenceObject: disc(130, 60, 20))
        case .remove: Remove(object: object)
        case .paste: Paste(object: object, reference: photo, offset: Point(x: 70, y: 10))
        }
    }

    func run(
        _ name: EditModeName, seed: UInt64 = 0, plate: Bool = true, scale: Float? = nil, prompt: String = "a disc", source: String? = nil,
        cache: PreparationCache? = nil, job: Job = Job()
    ) throws -> EditLayer {
        var overrides = EditOverrides()
        (overrides.seed, overrides.usesPlate, overrides.energyScale) = (seed, plate, scale)
        (overrides.steps, overrides.side) = (6, 128)
        let mode = mode(name)
        let settings = try EditSettings(mode.name, overrides, defaults: files.defaults, side: files.workingSide)
        let context = ComputeContext(job: job, threads: 2)
        return try PhotoEdit(photo: photo, mode: mode, settings: settings)
            .run(model, prompts: model.prompts(prompt, source: source), reusing: cache, in: context)
    }
}

@Suite("Chance decides about what is made anew, and about nothing else", .serialized)
struct SeedTests {
    @Test("another seed gives another picture with any mode, plate or none", arguments: EditModeName.allCases, [true, false])
    func seeds(_ name: EditModeName, _ plate: Bool) throws {
        let scene = try Scene()
        let layers = try [0, 1, 2].map { try scene.run(name, seed: $0, plate: plate) }
        for layer in layers { #expect(layer.madePixels > 0 && areFinite(layer.colours.planes.flatMap { $0 })) }
        for (a, b) in [(0, 1), (1, 2), (0, 2)] { #expect(layers[a].colours.planes != layers[b].colours.planes, "\(a) and \(b)") }
        #expect(try scene.run(name, seed: 1, plate: plate).colours.planes == layers[1].colours.planes, "the same seed, the same bits")
    }

    @Test("what is carried stays as it is with every seed")
    func carried() throws {
        let scene = try Scene()
        let layer = try scene.run(.move, seed: 5)
        let inside = scene.disc(130, 100, 18).indices
        for p in 0..<3 {
            let worst = inside.reduce(Float(0)) { worst, at in
                let (x, y) = (at % scene.side - layer.box.x, at / scene.side - layer.box.y)
                return max(worst, abs(layer.colours.planes[p][y * layer.box.width + x] - [0.8, 0.3, 0.2][p]))
            }
            #expect(worst < 1e-5)
        }
    }
}

@Suite("Where nothing is left to make, the network is not asked", .serialized)
struct IdleNetworkTests {
    private func run(_ mode: any EditMode, _ scene: Scene) throws -> (layer: EditLayer, phases: Set<Job.Phase>) {
        let settings = try EditSettings(mode.name, defaults: scene.files.defaults, side: scene.files.workingSide)
        let heard = Heard()
        let layer = try PhotoEdit(photo: scene.photo, mode: mode, settings: settings)
            .run(scene.model, prompts: scene.model.prompts(""), in: ComputeContext(job: heard.job, threads: 2))
        return (layer, heard.phases)
    }

    @Test("an object that is moved out of the picture is removed, and its place filled")
    func removed() throws {
        let scene = try Scene()
        let (layer, phases) = try run(Move(object: scene.object, by: Point(x: -200, y: 0)), scene)
        #expect(phases == [.fill, .assemble] && layer.madePixels >= scene.object.count)
        let found = layer.laid(over: scene.photo).colours
        // The ground is grey between 0.4 and 0.6; the object was red.
        #expect(scene.object.indices.allSatisfy { found.planes[0][$0] < 0.65 && found.planes[2][$0] > 0.35 })
        #expect(throws: EditError.leavesPicture) {
            try PhotoEdit(scene.photo, Paste(object: scene.object, reference: scene.photo, offset: Point(x: 500, y: 0))).preview()
        }
    }

    @Test("a drag that stretches nothing is the warp alone, and says that it makes nothing")
    func warped() throws {
        let scene = try Scene()
        let drag = Drag(region: scene.disc(96, 96, 80), handles: [Point(x: 96, y: 96)], targets: [Point(x: 99, y: 96)])
        let (layer, phases) = try run(drag, scene)
        #expect(phases == [.fill, .assemble] && layer.madePixels == 0)
        let preview = try PhotoEdit(scene.photo, drag).preview()
        #expect(layer.laid(over: scene.photo).colours.planes == preview.laid(over: scene.photo).colours.planes)
    }
}

@Suite("A photo that is prepared is inverted alone")
struct OnePictureTests {
    @Test(
        "a second picture is inverted for new looks, and for a paste that is not laid yet", arguments: EditModeName.allCases, [true, false])
    func pictures(_ name: EditModeName, _ plate: Bool) throws {
        let scene = try Scene()
        var overrides = EditOverrides()
        overrides.usesPlate = plate
        let mode = scene.mode(name)
        let settings = try EditSettings(name, overrides, defaults: scene.files.defaults, side: scene.files.workingSide)
        let canvas = try PhotoEdit(photo: scene.photo, mode: mode, settings: settings).canvas(filling: .smooth)
        let composition = try mode.compose(canvas)
        #expect(composition.isPrepared == plate)
        let hasSecond = mode.working(canvas, composition).reference != nil
        #expect(hasSecond == (name == .appearance || name == .paste && !plate))
    }
}

@Suite("A second run of the same photo goes on from what the first one prepared", .serialized)
struct ReuseTests {
    @Test("it gives the same bits as a run from the start, without inverting again", arguments: EditModeName.allCases)
    func same(_ name: EditModeName) throws {
        let (scene, cache) = (try Scene(), PreparationCache())
        _ = try scene.run(name, cache: cache)
        for (seed, scale) in [(UInt64(3), Float(200)), (0, 50)] {
            let heard = Heard()
            let layer = try scene.run(name, seed: seed, scale: scale, cache: cache, job: heard.job)
            #expect(try layer.colours.planes == scene.run(name, seed: seed, scale: scale).colours.planes)
            #expect(!heard.phases.contains(.invert) && heard.phases.contains(.sample) == (name != .remove), "a removal asks no network")
        }
        let heard = Heard()
        _ = try scene.run(name == .drag ? .move : .drag, cache: cache, job: heard.job)
        #expect(heard.phases.contains(.invert), "another edit begins anew")
    }

    @Test("what is to be shown may change where what is shown does not: then nothing is inverted again, and the bits are the same")
    func prompts() throws {
        let (scene, cache, heard) = (try Scene(), PreparationCache(), Heard())
        let first = try scene.run(.appearance, plate: false, prompt: "a disc", cache: cache)
        let other = try scene.run(.appearance, plate: false, prompt: "a cat", source: "a disc", cache: cache, job: heard.job)
        #expect(!heard.phases.contains(.invert) && heard.phases.contains(.sample))
        #expect(other.colours.planes == (try scene.run(.appearance, plate: false, prompt: "a cat", source: "a disc").colours.planes))
        #expect(other.colours.planes != first.colours.planes, "the prompt is heeded")
        let told = try scene.run(.appearance, plate: false, prompt: "a cat", source: "a dog")
        #expect(told.colours.planes != other.colours.planes, "and so is what the picture shows")
        let anew = Heard()
        _ = try scene.run(.appearance, plate: false, prompt: "a cat", cache: cache, job: anew.job)
        #expect(anew.phases.contains(.invert), "what the picture shows has changed")
    }
}

/// The phases that a job tells of.
private final class Heard: Sendable {
    private let all = Mutex<Set<Job.Phase>>([])
    var job: Job {
        Job { progress in
            self.all.withLock { _ = $0.insert(progress.phase) }
            return true
        }
    }
    var phases: Set<Job.Phase> { all.withLock { $0 } }
}
