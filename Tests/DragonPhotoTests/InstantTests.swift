import DragonEdit
import DragonImage
import DragonModel
import DragonTensor
import Synchronization
import TestSupport
import Testing

@testable import DragonPhoto

@Suite("Instant edits make what is missing and touch nothing else", .serialized)
struct InstantTests {
    private let side = 128
    private let model: DiffusionModel
    private let files: ModelFiles

    init() throws {
        let variant = try VariantModel(unet: "inpainting")
        var additions = ModelAdditions()
        additions.solver = .lcm
        files = try ModelFiles(path: variant.path, additions: additions)
        model = try DiffusionModel(files: files, in: ComputeContext(threads: 2))
    }

    private func disc(_ x: Int, _ y: Int, _ radius: Int) -> Mask {
        Mask(
            height: side, width: side,
            cells: (0..<side * side).map { ($0 % side - x) * ($0 % side - x) + ($0 / side - y) * ($0 / side - y) <= radius * radius })
    }

    private var photo: PictureSource {
        let side = side
        return PictureSource(width: side, height: side) { box in
            Raster(
                width: box.width, height: box.height,
                planes: (0..<3).map { p in
                    (0..<box.width * box.height).map { i in
                        let (x, y) = (min(max(i % box.width + box.x, 0), side - 1), min(max(i / box.width + box.y, 0), side - 1))
                        return 0.4 + 0.2 * Float((x * (3 + p) * 7 + y * 13) % 97) / 97
                    }
                })
        }
    }

    private func mode(_ name: EditModeName) -> any EditMode {
        let object = disc(40, 60, 16)
        let (handles, targets) = ([Point(x: 40, y: 60)], [Point(x: 56, y: 60)])
        return switch name {
        case .move: Move(object: object, by: Point(x: 50, y: 4))
        case .resize: Move(object: object, by: .zero, resize: 0.7)
        case .drag: Drag(region: disc(44, 60, 30), handles: handles, targets: targets)
        case .landmark: Landmark(handles: handles, targets: targets)
        case .appearance: Appearance(object: object, reference: photo, referenceObject: disc(90, 40, 14))
        case .remove: Remove(object: object)
        case .paste: Paste(object: object, reference: photo, offset: Point(x: 50, y: 4))
        }
    }

    private func edit(_ mode: any EditMode, seed: UInt64 = 0, plate: Bool = true) throws -> PhotoEdit {
        var overrides = EditOverrides()
        (overrides.preset, overrides.seed, overrides.usesPlate) = (.instant, seed, plate)
        let settings = try EditSettings(mode.name, overrides, defaults: files.defaults, side: side)
        return PhotoEdit(photo: photo, mode: mode, settings: settings)
    }

    private func run(_ edit: PhotoEdit, cache: PreparationCache? = nil, job: Job = Job()) throws -> EditLayer {
        try edit.check(on: files)
        return try edit.run(model, prompts: model.prompts(""), reusing: cache, in: ComputeContext(job: job, threads: 2))
    }

    @Test("every mode, on the plate and without", arguments: EditModeName.allCases, [true, false])
    func modes(_ name: EditModeName, plate: Bool) throws {
        let layer = try run(edit(mode(name), plate: plate))
        #expect(areFinite(layer.colours.planes.flatMap(\.self)) && layer.coverage.contains { $0 > 0 })
        let (whole, own) = (layer.laid(over: photo), photo.colours(in: PixelBox(x: 0, y: 0, width: side, height: side)))
        let far = disc(118, 118, 6)
        if name != .landmark || plate { for at in far.indices { #expect(whole.colours.planes[0][at] == own.planes[0][at]) } }
    }

    @Test("no phase inverts, and there are as many steps as the model is made for")
    func phases() throws {
        let heard = Mutex<[(Job.Phase, Int)]>([])
        let job = Job { progress in
            heard.withLock { $0.append((progress.phase, progress.total)) }
            return true
        }
        _ = try run(edit(mode(.move)), job: job)
        let phases = heard.withLock { $0 }
        #expect(!phases.contains { $0.0 == .invert } && phases.contains { $0.0 == .sample && $0.1 == 4 })
    }

    @Test("an object that leaves the picture is replaced by what the model makes, another seed by something else")
    func removal() throws {
        let removal = Move(object: disc(40, 60, 16), by: Point(x: 500, y: 0))
        let (first, again, other) = (try run(edit(removal)), try run(edit(removal)), try run(edit(removal, seed: 5)))
        #expect(first.colours.planes == again.colours.planes && first.madePixels > disc(40, 60, 16).count)
        let (one, two) = (first.laid(over: photo).colours, other.laid(over: photo).colours)
        #expect(disc(40, 60, 12).indices.contains { one.planes[0][$0] != two.planes[0][$0] })
    }

    @Test("a second run of the same photo goes on from the first one's preparation")
    func reuse() throws {
        let cache = PreparationCache()
        let first = try run(edit(mode(.move), seed: 3), cache: cache)
        let second = try run(edit(mode(.move), seed: 3), cache: cache)
        #expect(first.colours.planes == second.colours.planes && first.coverage == second.coverage)
        let inverted = try PhotoEdit(photo, mode(.move)).prepared(reusing: cache, in: ComputeContext(threads: 1))
        #expect(inverted.gridSize.width == 64, "an edit that inverts is prepared anew")
    }

    @Test("a tiny autoencoder beside a full one gives instant edits the picture that it gives as the only one")
    func tiny() throws {
        func layer(_ preset: EditPreset, _ add: (inout ModelAdditions) -> Void) throws -> EditLayer {
            var additions = ModelAdditions()
            additions.solver = .lcm
            add(&additions)
            let variant = try VariantModel(unet: "inpainting")
            let files = try withExtendedLifetime(variant) { try ModelFiles(path: variant.path, additions: additions) }
            let model = try withExtendedLifetime(variant) { try DiffusionModel(files: files, in: ComputeContext(threads: 2)) }
            var edit = try edit(mode(.move))
            var overrides = EditOverrides()
            (overrides.preset, overrides.steps) = (preset, 2)
            edit.settings = try EditSettings(.move, overrides, defaults: files.defaults, side: side)
            return try edit.run(model, prompts: model.prompts(""), in: ComputeContext(threads: 2))
        }
        let path = fixture("variants/tiny")
        let (beside, only) = (try layer(.instant) { $0.tinyAutoencoder = path }, try layer(.instant) { $0.autoencoder = path })
        #expect(beside.colours.planes == only.colours.planes && beside.coverage == only.coverage)
        let (full, exact) = (try layer(.exact) { _ in }, try layer(.exact) { $0.tinyAutoencoder = path })
        #expect(exact.colours.planes == full.colours.planes && exact.colours.planes != beside.colours.planes)
    }

    @Test("what it will take is told as for any edit")
    func need() throws {
        let need = try edit(mode(.move)).need(on: model)
        #expect(need.grid.width == side && need.memory > 0)
    }
}
