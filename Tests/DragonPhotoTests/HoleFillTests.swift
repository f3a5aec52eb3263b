import DragonEdit
import DragonImage
import DragonModel
import DragonTensor
import Synchronization
import TestSupport
import Testing

@testable import DragonPhoto

@Suite("Holes are filled by texture or by the network", .serialized)
struct HoleFillTests {
    private let side = 128
    private let model: DiffusionModel

    init() throws {
        model = try DiffusionModel(files: ModelFiles(path: fixture("model")), in: ComputeContext(threads: 2))
    }

    private func disc(_ x: Int, _ y: Int, _ radius: Int) -> Mask {
        Mask(
            height: side, width: side,
            cells: (0..<side * side).map { ($0 % side - x) * ($0 % side - x) + ($0 / side - y) * ($0 / side - y) <= radius * radius })
    }

    private var object: Mask { disc(40, 60, 16) }
    private var moved: Move { Move(object: object, by: Point(x: 50, y: 4)) }

    /// Waves with an object, or one colour with it.
    private func photo(isEven: Bool = false) -> PictureSource {
        let cells = object.cells
        let side = side
        return PictureSource(side: side) { x, y, p in
            let (x, y) = (min(max(x, 0), side - 1), min(max(y, 0), side - 1))
            if cells[y * side + x] { return [0.8, 0.3, 0.2][p] }
            return isEven ? [0.3, 0.5, 0.6][p] : 0.4 + 0.2 * Float((x * (3 + p) * 7 + y * 13) % 97) / 97
        }
    }

    private func edit(
        _ fill: HoleFill, _ mode: (any EditMode)? = nil, seed: UInt64 = 0, isEven: Bool = false, defaults: ModelDefaults = ModelDefaults()
    ) throws -> PhotoEdit {
        var overrides = EditOverrides()
        (overrides.fill, overrides.seed, overrides.steps) = (fill, seed, 4)
        let mode = mode ?? moved
        let settings = try EditSettings(mode.name, overrides, defaults: defaults, side: side)
        return PhotoEdit(photo: photo(isEven: isEven), mode: mode, settings: settings)
    }

    private func run(
        _ edit: PhotoEdit, _ options: EditOptions = EditOptions(), cache: PreparationCache? = nil, job: Job = Job()
    ) throws -> Raster {
        let layer = try edit.run(
            model, prompts: model.prompts(""), options: options, reusing: cache, in: ComputeContext(job: job, threads: 2))
        return layer.laid(over: edit.photo).colours
    }

    /// Where two pictures differ.
    private func changed(_ a: Raster, _ b: Raster) -> Mask {
        Mask(height: side, width: side, cells: a.planes[0].indices.map { at in (0..<3).contains { a.planes[$0][at] != b.planes[$0][at] } })
    }

    @Test("texture: the hole is as it is without the network")
    func texture() throws {
        let plain = try PhotoEdit.withoutNetwork(photo(), moved)
        #expect((changed(try run(edit(.texture)), plain) & disc(40, 60, 18)).count == 0)
        #expect(
            changed(try run(edit(.texture, Remove(object: object))), try PhotoEdit.withoutNetwork(photo(), Remove(object: object))).count
                == 0)
    }

    @Test("network: the hole is made anew and nothing far from it; same seed, same pixels; another one, other pixels")
    func network() throws {
        for mode in [moved as any EditMode, Remove(object: object)] {
            let (texture, first) = (try run(edit(.texture, mode)), try run(edit(.network, mode)))
            let made = changed(first, texture)
            #expect((made & object).count > object.count / 2 && (made & disc(40, 120, 6)).count == 0)
            #expect(try run(edit(.network, mode)).planes == first.planes)
            #expect((changed(try run(edit(.network, mode, seed: 5)), first) & object).count > object.count / 2)
        }
    }

    @Test("auto on even ground stays texture, and says how sure it was")
    func even() throws {
        var options = EditOptions()
        let trace = EditTrace()
        options.trace = trace
        let removal = Remove(object: object)
        #expect(try run(edit(.auto, removal, isEven: true), options).planes == run(edit(.texture, removal, isEven: true)).planes)
        #expect(try #require(trace.tensors.first { $0.name == "certainty" }).values[0] > 0.9)
    }

    @Test("what a model says of its holes holds where nothing else is asked for")
    func defaults() throws {
        var own = ModelDefaults()
        own.fill = .texture
        #expect(try edit(.auto, defaults: own).settings.fill == .texture && edit(.network, defaults: own).settings.fill == .network)
        #expect(try edit(.auto).settings.fill == .auto && !edit(.auto, defaults: own).settings.repaintsHoles)
        own.isInpainting = true
        #expect(try !edit(.network, defaults: own).settings.repaintsHoles, "it paints in anyway")
    }

    @Test("less noise the surer a fill is, never none and never all")
    func strengths() {
        let found = stride(from: 0.0, through: 1, by: 0.1).map(HoleRepainting.strength)
        #expect(zip(found, found.dropFirst()).allSatisfy { $0 > $1 } && found.allSatisfy { 0.3 - 1e-9...0.9 + 1e-9 ~= $0 })
        #expect(HoleRepainting.strength(-1) == HoleRepainting.strength(0) && HoleRepainting.strength(2) == HoleRepainting.strength(1))
    }

    @Test("each hole begins by its own certainty, and does not see the laid object")
    func request() throws {
        let both = Remove(object: disc(30, 40, 10) | disc(90, 80, 12))
        let canvas = try edit(.network, both).canvas(filling: .texture(seed: 0))
        let holes = try HoleRepainting(both.compose(canvas), .network, on: canvas.grid, downsampling: 8)
        #expect(holes.places.count == 2)
        var parameters = try edit(.network).settings.parameters
        parameters.steps = 20
        let request = holes.request(parameters)
        let begins = try #require(request.begins)
        for place in holes.places {
            let wanted = Int(((1 - HoleRepainting.strength(place.certainty)) * 20).rounded())
            #expect(place.cells.indices.allSatisfy { begins[$0] == wanted && request.cells.cells[$0] })
        }
        #expect(request.unseen?.count == 0 && request.cells.count == holes.places.reduce(0) { $0 + $1.cells.count })
        let moving = try edit(.network).canvas(filling: .texture(seed: 0))
        let laid = try HoleRepainting(moved.compose(moving), .network, on: moving.grid, downsampling: 8).request(parameters)
        #expect(try #require(laid.unseen)[8, 11] && laid.cells[7, 5])
    }

    @Test("a second run goes on from the first; with another seed it is as one begun anew")
    func reuse() throws {
        let cache = PreparationCache()
        let first = try run(edit(.network, seed: 3), cache: cache)
        #expect(try run(edit(.network, seed: 3), cache: cache).planes == first.planes)
        #expect(try run(edit(.network, seed: 4), cache: cache).planes == run(edit(.network, seed: 4)).planes)
    }

    @Test("cancelled while it repaints, it ends")
    func cancelled() throws {
        let job = Job { $0.phase != .sample }
        #expect(throws: CancellationError.self) { _ = try run(edit(.network, Remove(object: object)), job: job) }
    }

    @Test("progress goes forward alone, through both rounds")
    func progress() throws {
        for mode in [moved as any EditMode, Remove(object: object)] {
            let heard = Mutex<[Double]>([])
            let job = Job { progress in
                heard.withLock { $0.append(progress.fraction) }
                return true
            }
            _ = try run(edit(.network, mode), job: job)
            let fractions = heard.withLock { $0 }
            #expect(zip(fractions, fractions.dropFirst()).allSatisfy { $0 <= $1 } && abs((fractions.last ?? 0) - 1) < 1e-9)
        }
    }

    @Test("a model for inpainting leaves a texture where it is told to")
    func inpainting() throws {
        let variant = try VariantModel(unet: "inpainting")
        let files = try withExtendedLifetime(variant) { try ModelFiles(path: variant.path) }
        let painter = try withExtendedLifetime(variant) { try DiffusionModel(files: files, in: ComputeContext(threads: 2)) }
        let removal = Remove(object: object)
        func layer(_ fill: HoleFill) throws -> Raster {
            let edit = try edit(fill, removal, defaults: files.defaults)
            return try edit.run(painter, prompts: painter.prompts(""), in: ComputeContext(threads: 2)).laid(over: edit.photo).colours
        }
        let texture = try layer(.texture)
        #expect(texture.planes == (try PhotoEdit.withoutNetwork(photo(), removal)).planes)
        #expect(try changed(layer(.auto), texture).count > 300 && layer(.network).planes == layer(.auto).planes)
    }
}
