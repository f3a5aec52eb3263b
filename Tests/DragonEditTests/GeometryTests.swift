import DragonImage
import Testing

@testable import DragonEdit

@Suite("Objects land where they are sent; what leaves the picture is dropped, and nothing wraps round")
struct GeometryTests {
    /// A latent whose every cell holds its own position, from 1 on.
    private let numbered = LatentGrid(channels: 4, height: 8, width: 8, values: (0..<256).map { Float($0 % 64 + 1) })

    private func plan(_ action: any WorkingEdit) throws -> any EditPlan {
        try Samples.request(action).plan(downsampling: 8)
    }

    /// Columns and rows of the latent that a plan edits.
    private func edited(_ plan: any EditPlan) -> (rows: [Int], columns: [Int]) {
        let cells = plan.editRegion.indices
        return (Set(cells.map { $0 / 8 }).sorted(), Set(cells.map { $0 % 8 }).sorted())
    }

    @Test("a move over the right edge keeps the part that stays")
    func right() throws {
        let plan = try plan(Move.Working(object: Samples.mask(x: 32..<56, y: 16..<32), by: Point(x: 24, y: 0), resize: 1))
        #expect(edited(plan) == ([2, 3], [7]))
        let z = plan.start([numbered])
        for c in 0..<4 {
            #expect(z[c, 2, 7] == numbered[c, 2, 4] && z[c, 3, 7] == numbered[c, 3, 4])
            for y in 0..<8 { for x in 0..<7 { #expect(z[c, y, x] == numbered[c, y, x]) } }
        }
    }

    @Test("a move over the upper and left edges", arguments: [(-24.0, -8.0, [1, 2], [0]), (0, -24, [0], [2, 3]), (-24, 0, [2, 3], [0])])
    func upperLeft(_ dx: Double, _ dy: Double, _ rows: [Int], _ columns: [Int]) throws {
        let object = Samples.mask(x: 16..<32, y: 16..<32)
        let plan = try plan(Move.Working(object: object, by: Point(x: dx, y: dy), resize: 1))
        #expect(edited(plan) == (rows, columns))
        let z = plan.start([numbered])
        let (shiftX, shiftY) = (Int(dx) / 8, Int(dy) / 8)
        for y in 0..<8 {
            for x in 0..<8 {
                let moved = (2...3).contains(y - shiftY) && (2...3).contains(x - shiftX)
                #expect(z[0, y, x] == (moved ? numbered[0, y - shiftY, x - shiftX] : numbered[0, y, x]), "\(y), \(x)")
            }
        }
    }

    @Test("a paste over an edge keeps the base's latents elsewhere")
    func paste() throws {
        let reference = LatentGrid(channels: 4, height: 8, width: 8, values: numbered.values.map { -$0 })
        let plan = try plan(
            Paste.Working(object: Samples.mask(x: 0..<32, y: 0..<16), reference: Samples.picture(), offset: Point(x: 48, y: -8)))
        #expect(edited(plan) == ([0], [6, 7]))
        let z = plan.start([numbered, reference])
        for y in 0..<8 {
            for x in 0..<8 { #expect(z[1, y, x] == (y == 0 && x >= 6 ? reference[1, 1, x - 6] : numbered[1, y, x]), "\(y), \(x)") }
        }
    }

    @Test("an enlarged object is cut at the picture's edges, a shrunken one stays about the middle")
    func resized() throws {
        let large = try plan(Move.Working(object: Samples.mask(x: 8..<56, y: 8..<56), by: Point(x: 0, y: 0), resize: 3))
        #expect(large.editRegion.count == 64)
        let small = try plan(Move.Working(object: Samples.mask(x: 0..<63, y: 0..<64), by: Point(x: 0, y: 0), resize: 0.5))
        #expect(edited(small) == ([2, 3, 4, 5], [2, 3, 4, 5]))
        #expect(small.start([numbered])[0, 2, 2] == numbered[0, 0, 0])
    }

    @Test("points in the corners keep their patches inside")
    func corners() throws {
        let (low, high) = (Point(x: 0, y: 0), Point(x: 63.9, y: 63.9))
        let plan = try plan(Drag.Working(region: Mask(height: 64, width: 64, isWhole: true), handles: [low, high], targets: [high, low]))
        let z = plan.start([numbered])
        #expect(z[0, 7, 7] == numbered[0, 2, 2])
        #expect(plan.terms(FeatureGrid(height: 8, width: 8), level: 0).content.isEmpty)
    }

    @Test("what is laid or warped already has one picture, and keeps the looks that it has there")
    func prepared() throws {
        let (handle, target) = ([Point(x: 20, y: 20)], [Point(x: 32, y: 24)])
        let whole = Mask(height: 64, width: 64, isWhole: true)
        let edits: [any WorkingEdit] = [
            Paste.Working(laid: Samples.mask()), Drag.Working(region: whole, handles: handle, targets: target, isWarped: true),
            Landmark.Working(handles: handle, targets: target, isWarped: true),
        ]
        for edit in edits {
            let plan = try plan(edit)
            #expect(edit.reference == nil && plan.start([numbered]).values == numbered.values)
            let terms = plan.terms(FeatureGrid(height: 8, width: 8), level: 0).edit
            #expect(!terms.isEmpty)
            for term in terms {
                guard case .pairs(let pairs) = term.selection else { throw EditError.nothingToDo("no pairs") }
                #expect(term.reference == 0 && pairs.current == pairs.reference && !pairs.current.isEmpty)
            }
        }
    }

    @Test("an edit over an edge runs to a picture", arguments: [EditModeName.move, .paste], [EditAlgorithm.dragon, .diffeditor])
    func edgeEdit(_ mode: EditModeName, _ algorithm: EditAlgorithm) throws {
        let offset = Point(x: 32, y: -16)
        let action: any WorkingEdit =
            mode == .move
            ? Move.Working(object: Samples.mask(), by: offset, resize: 1.3)
            : Paste.Working(object: Samples.mask(), reference: Samples.picture(phase: 2), offset: offset)
        let found = try Samples.edit(Samples.request(action, steps: 6, algorithm: algorithm))
        #expect(found.count == 3 * 64 * 64 && areFinite(found))
    }
}
