import DragonEdit
import DragonImage
import DragonModel
import DragonTensor
import Synchronization
import TestSupport
import Testing

@testable import DragonPhoto

/// A grey photo of any size, which tells what is read of it.
private final class Photo: Sendable {
    let size: PixelSize
    let boxes = Mutex<[PixelBox]>([])
    private let heard: @Sendable () -> Void

    init(_ width: Int, _ height: Int, heard: @escaping @Sendable () -> Void = {}) {
        (size, self.heard) = (PixelSize(width: width, height: height), heard)
    }

    var source: PictureSource {
        PictureSource(width: size.width, height: size.height) { [self] box in
            boxes.withLock { $0.append(box) }
            heard()
            return Raster(width: box.width, height: box.height, planeCount: 3, value: 0.5)
        }
    }

    /// A rectangle in the middle.
    func object(_ width: Int, _ height: Int) -> Mask {
        let (left, top) = ((size.width - width) / 2, (size.height - height) / 2)
        var cells = [Bool](repeating: false, count: size.width * size.height)
        for y in top..<top + height { for x in left..<left + width { cells[y * size.width + x] = true } }
        return Mask(height: size.height, width: size.width, cells: cells)
    }

    func edit(_ mode: any EditMode, limit: Int? = nil) throws -> PhotoEdit {
        var settings = try EditSettings(mode.name, EditOverrides(), defaults: ModelDefaults(), side: 256)
        settings.memoryLimit = limit
        return PhotoEdit(photo: source, mode: mode, settings: settings)
    }
}

@Suite("A photo's own pixels take no more than is there, and end when they should")
struct PhotoLimitsTests {
    @Test("an edit beyond its memory is refused before a pixel is read, with the figure", arguments: [0.05, 1.5, 20])
    func refused(resize: Double) throws {
        let photo = Photo(4000, 3000)
        let files = try ModelFiles(path: inRepository("Tests/Fixtures/model"))
        let edit = try photo.edit(Move(object: photo.object(1500, 1200), by: .zero, resize: resize), limit: 300_000_000)
        let error = #expect(throws: EditError.self) { try edit.check(on: files) }
        guard case .memory(let needed, let allowed, .smallerPicture)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(allowed == 300_000_000 && needed > 500_000_000 && needed < 1_700_000_000)
        #expect(photo.boxes.withLock { $0.isEmpty })
    }

    @Test("a refusal names the largest side that fits", arguments: [30, 12, 4])
    func fitting(megabytes: Int) throws {
        let photo = Photo(256, 256)
        let files = try ModelFiles(path: inRepository("Tests/Fixtures/model"))
        var edit = try photo.edit(Move(object: photo.object(60, 60), by: Point(x: 40, y: 0)), limit: megabytes * 1_000_000)
        edit.settings.side = 1024
        let error = #expect(throws: EditError.self) { try edit.check(on: files) }
        guard case .memory(_, _, .side(let side))? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        edit.settings.side = side
        try edit.check(on: files)
        edit.settings.side = side + 64
        #expect(throws: EditError.self) { try edit.check(on: files) }
    }

    @Test("numbers out of range are refused before a pixel is read")
    func numbers() throws {
        let photo = Photo(256, 192)
        let files = try ModelFiles(path: inRepository("Tests/Fixtures/model"))
        var edit = try photo.edit(Move(object: photo.object(40, 40), by: Point(x: 20, y: 0)))
        edit.settings.parameters.energyScale = -1
        #expect(throws: EditError.self) { try edit.check(on: files) }
        #expect(photo.boxes.withLock { $0.isEmpty })
    }

    @Test("only what exists is read, and only what shows is made, at any factor", arguments: [0.05, 0.3, 20])
    func extent(resize: Double) throws {
        let photo = Photo(600, 500)
        let object = photo.object(200, 150)
        let prepared = try photo.edit(Move(object: object, by: .zero, resize: resize)).prepared(in: ComputeContext())
        #expect(prepared.gridSize.width <= 256 && prepared.gridSize.height <= 256)
        // Beyond the picture only the fringe of the object's own box may lie.
        let most = PixelBox(x: 0, y: 0, width: 600, height: 500).grown(by: Int(3 / resize) + 2)
        for box in photo.boxes.withLock({ $0 }) { #expect(box.clipped(to: most) == box) }
        let placement = Placement(source: PixelBox(x: 200, y: 175, width: 200, height: 150), displacement: .zero, resize: resize)
        let seen = placement.seen(on: photo.size.box, margin: 2)
        #expect(seen.width <= 604 && seen.height <= 504)
    }

    @Test("of a thin picture no rows are made that it does not have")
    func thin() {
        let canvas = PixelSize(width: 65535, height: 16)
        let grid = WorkGrid(
            affected: PixelBox(x: 10, y: 2, width: 65000, height: 8), canvas: canvas, margin: 32, window: 512, multiple: 64)
        #expect(grid.box.clipped(to: canvas.box) == grid.box && grid.box.height == 16)
        #expect(grid.gridSize == PixelSize(width: 512, height: 64))
        let mask = grid.onGrid(Mask(height: 16, width: 65535, isWhole: true))
        #expect(mask.count < 512 * 2, "rows that only the grid has belong to no mask")
    }

    @Test("a picture smaller than the grid comes back from it in its place")
    func small() {
        let canvas = PixelSize(width: 40, height: 30)
        let grid = WorkGrid(affected: PixelBox(x: 5, y: 5, width: 10, height: 10), canvas: canvas, margin: 32, window: 64, multiple: 64)
        // A slope of its own in each plane.
        var planes: [[Float]] = []
        for p in 1...3 {
            planes.append((0..<1200).map { (at: Int) -> Float in Float(at % 40 + at / 40 * p) / 140 })
        }
        let back = grid.onBox(grid.onGrid(Raster(width: 40, height: 30, planes: planes)))
        #expect((back.width, back.height) == (40, 30))
        var worst: Float = 0
        for p in 0..<3 {
            for (found, expected) in zip(back.planes[p], planes[p]) { worst = max(worst, abs(found - expected)) }
        }
        #expect(worst < 0.02)
    }

    @Test("a cancelled photo is not gone on with", arguments: EditModeName.allCases)
    func cancelled(name: EditModeName) throws {
        let job = Job()
        let photo = Photo(1500, 1200) { job.cancel() }
        let object = photo.object(400, 300)
        var given = ModeInputs()
        (given.mask, given.reference, given.referenceMask) = (object, photo.source, object)
        (given.handles, given.targets) = ([Point(x: 750, y: 600)], [Point(x: 800, y: 600)])
        (given.displacement, given.resize) = name == .resize ? (.zero, 1.5) : (Point(x: 100, y: 0), 1)
        if name == .drag { given.mask = nil }
        let edit = try photo.edit(try name.type.init(given))
        #expect(throws: CancellationError.self) { _ = try edit.prepared(in: ComputeContext(job: job)) }
        #expect(photo.boxes.withLock { $0.count } == 1)
    }
}
