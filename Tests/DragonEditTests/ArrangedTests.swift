import DragonImage
import DragonModel
import DragonTensor
import Testing

@testable import DragonEdit

@Suite("An arranged start: what an object leaves is begun anew, what a handle holds is carried")
struct ArrangedTests {
    private let context = ComputeContext(threads: 2)

    private func plan(_ edit: any WorkingEdit) throws -> any EditPlan {
        try edit.plan(EditModeName.move.parameters().weights, EditGrids(PixelSize(width: 128, height: 128), downsampling: 8))
    }

    /// A latent whose every cell tells where it is.
    private var latent: LatentGrid {
        LatentGrid(channels: 2, height: 16, width: 16, values: (0..<2 * 256).map { Float($0) })
    }

    @Test("an object's cells at its old place are left, but for those under it at its new one")
    func vacated() throws {
        let object = Samples.mask(128, 128, x: 20..<61, y: 24..<48)
        let vacated = try #require(try plan(Move.Working(object: object, by: Point(x: 16, y: 0))).vacated)
        // 20 … 60 touches columns 2 … 7, 24 … 47 rows 3 … 5; moved by two cells it covers columns from 5 (36 …) or 4 on.
        #expect(vacated.object.indices == (3..<6).flatMap { y in (2..<8).map { y * 16 + $0 } })
        #expect(Set(vacated.left.indices).isSubset(of: vacated.object.indices) && vacated.left[4, 2] && vacated.left[4, 3])
        #expect(!vacated.left[4, 6] && !vacated.left[4, 7])
    }

    @Test("a drag carries its whole region: the target's cell is the handle's, and nothing outside changes")
    func dragged() throws {
        let region = Samples.mask(128, 128, x: 16..<112, y: 16..<112)
        let drag = Drag.Working(region: region, handles: [Point(x: 52, y: 60)], targets: [Point(x: 76, y: 60)])
        let (published, arranged) = try (plan(drag).start([latent]), plan(drag).arranged([latent]))
        #expect(arranged[0, 7, 9] == latent[0, 7, 6] && published[0, 7, 9] == latent[0, 7, 6])
        #expect(arranged[1, 7, 9] == latent[1, 7, 6])
        for at in 0..<256 where !(2..<14).contains(at % 16) || !(2..<14).contains(at / 16) {
            #expect(arranged.values[at] == latent.values[at])
        }
        let changed = { (grid: LatentGrid) in zip(grid.values, latent.values).count { $0 != $1 } }
        #expect(changed(arranged) > changed(published), "more than the nine cells of a patch")
    }

    @Test("cells are made of what surrounds them, never of themselves")
    func smoothed() {
        var grid = latent
        let cells = Samples.mask(16, 16, x: 5..<9, y: 4..<10)
        let before = grid.smoothedIn(cells)
        for at in cells.indices { (grid.values[at], grid.values[256 + at]) = (1e6, -1e6) }
        #expect(grid.smoothedIn(cells).values == before.values)
        let range = latent.values[0..<256]
        #expect(cells.indices.allSatisfy { (range.min() ?? 0)...(range.max() ?? 0) ~= before.values[$0] })
    }

    @Test("what is left attends to everything but the object", arguments: [MemoryBank.Precision.float32, .float16])
    func bank(_ precision: MemoryBank.Precision) throws {
        var object = Mask(height: 4, width: 4)
        for at in [5, 6, 9, 10] { object[at / 4, at % 4] = true }
        var left = object
        left[2, 2] = false
        let parameters = EditModeName.move.parameters()
        /// The bank's answer after it has recorded numbers, of which those of the object are as given.
        func answer(_ own: Float) throws -> Attended {
            let bank = MemoryBank(
                mixing: .replace, precision: precision, schedule: PublishedSchedule(parameters), isReused: false,
                vacated: VacatedCells(object: object, left: left))
            let values = (0..<2 * 16).map { object.cells[$0 % 16] ? own : Float($0) }
            let recorded = try Tensor(values, shape: [1, 2, 16], in: context)
            bank.phase = .record(step: 20, pictures: [(item: 0, picture: 0)])
            let project = { KeysAndValues(key: $0, value: $0) }
            _ = try bank.exchange(layer: 0, input: recorded, project: project, in: context)
            bank.phase = .mix(step: 20)
            return try bank.exchange(layer: 0, input: recorded, project: project, in: context)
        }
        let query = try Tensor((0..<2 * 16).map { Float($0 % 5) / 50 }, shape: [1, 2, 16], in: context)
        let seen = { (parts: [KeysAndValues]) in try query.attention(to: parts, heads: 1, in: context).values }
        let (one, other) = (try answer(1), try answer(40))
        let (few, fewOther) = (try #require(one.blinkered), try #require(other.blinkered))
        #expect(few.tokens == [5, 6, 9])
        #expect(try seen(few.parts) == seen(fewOther.parts))
        #expect(try seen(one.parts) != seen(other.parts))
        // All parts together are what an undivided bank holds.
        let whole = try Tensor((0..<2 * 16).map { object.cells[$0 % 16] ? 40 : Float($0) }, shape: [1, 2, 16], in: context)
        let expected = try query.attention(key: whole, value: whole, heads: 1, in: context).values
        #expect(try difference(seen(other.parts), expected) < 1e-3)
    }

    /// Lets every layer attend to its own keys, some tokens only to the first few.
    private final class Blinkers: SelfAttentionExchange {
        let (tokens, sees): (@Sendable (Int) -> [Int], Bool)

        init(sees: Bool, _ tokens: @escaping @Sendable (Int) -> [Int]) { (self.tokens, self.sees) = (tokens, sees) }

        func exchange(layer: Int, input: Tensor, project: KeyProjection, in context: ComputeContext) throws -> Attended {
            let own = try project(input)
            let few = [try own.columns([0, 1, 2], in: context)]
            var attended = Attended(sees ? [own] : few)
            let tokens = tokens(input.columns)
            if !tokens.isEmpty { attended.blinkered = (tokens, few) }
            return attended
        }
    }

    @Test("tokens with blinkers see their own parts, the others all")
    func blinkers() throws {
        let model = try Samples.model()
        let channels = model.unet.configuration.inChannels
        let z = try Tensor(GaussianNoise(seed: 4).floats(channels * 64), shape: [1, channels, 8, 8], in: context)
        let text = try model.conditioning(model.prompts("a cat"), in: context).base.text
        let passed = { (exchange: Blinkers) in
            try model.unet(z, timestep: 401, text: text, exchange: exchange, in: context).values
        }
        let (all, none) = (try passed(Blinkers(sees: true) { _ in [] }), try passed(Blinkers(sees: false) { _ in [] }))
        #expect(try passed(Blinkers(sees: true) { Array(0..<$0) }) == none)
        let some = try passed(Blinkers(sees: true) { _ in [1, 3] })
        #expect(some != all && some != none)
    }

    @Test("what is left begins without anything of its own inversion, as strong in noise as what is around it; all else with it")
    func forgets() {
        let side = 24
        let (object, shares) = (Samples.mask(side, side, x: 8..<16, y: 8..<16), (signal: Float(0.6), noise: Float(0.8)))
        let own = LatentGrid(channels: 2, height: side, width: side, values: [Float](repeating: 0.5, count: 2 * side * side))
        /// The inverted latent, with noise of a strength around the object and other noise in it.
        func begun(_ strength: Float, seed: UInt64) -> LatentGrid {
            let (around, inside) = (GaussianNoise(seed: 9).floats(own.values.count), GaussianNoise(seed: seed).floats(own.values.count))
            var latent = own
            for at in latent.values.indices {
                let added = object.cells[at % (side * side)] ? 5 * inside[at] : strength * around[at]
                latent.values[at] = shares.signal * own.values[at] + shares.noise * added
            }
            FreshNoise(own: own, inverted: latent, shares: shares, seed: 1).begin(object, of: &latent, around: object)
            return latent
        }
        let (one, other) = (begun(0.3, seed: 2), begun(0.3, seed: 3))
        #expect(one.values == other.values, "the object's own inversion is forgotten")
        for strength: Float in [0.3, 1] {
            let latent = begun(strength, seed: 2)
            let added = latent.values.indices.filter { object.cells[$0 % (side * side)] }
                .map { (latent.values[$0] - shares.signal * own.values[$0]) / shares.noise }
            let found = (added.reduce(0) { $0 + $1 * $1 } / Float(added.count)).squareRoot()
            #expect(abs(found / strength - 1) < 0.25, "\(found) for \(strength)")
        }
    }

    @Test("an arranged start is finite, and without what is left as the inversion leaves it")
    func arrangedEdit() throws {
        let object = Samples.mask(x: 8..<32, y: 8..<32)
        var request = Samples.request(Move.Working(object: object, by: Point(x: 32, y: 32)), steps: 4)
        let model = try Samples.model()
        let conditioning = try model.conditioning(model.prompts("a cat"), in: context)
        let starts = try [EditStart.inverted, .arranged].map { start in
            request.parameters.start = start
            var options = EditOptions()
            let trace = EditTrace()
            options.trace = trace
            #expect(areFinite(try model.edit(request, conditioning, options: options, in: context).values))
            return try #require(trace.tensors.first { $0.name == "start" }?.values)
        }
        let vacated = try #require(try request.plan(downsampling: model.autoencoder.configuration.downsampling).vacated)
        let left = vacated.left.cells
        let same = starts[0].indices.filter { starts[0][$0] == starts[1][$0] }
        #expect(same.allSatisfy { !left[$0 % left.count] } && !same.isEmpty)
    }

    @Test("another seed's noise keeps the strength of the inverted noise", arguments: [Float(0.3), 1])
    func varies(strength: Float) {
        let side = 24
        let cells = Samples.mask(side, side, x: 6..<18, y: 6..<18)
        let own = LatentGrid(channels: 2, height: side, width: side, values: [Float](repeating: 0.5, count: 2 * side * side))
        var latent = own
        let noise = GaussianNoise(seed: 9).floats(own.values.count)
        for at in latent.values.indices { latent.values[at] = 0.6 * own.values[at] + 0.8 * strength * noise[at] }
        let before = latent
        FreshNoise(own: own, inverted: latent, shares: (0.6, 0.8), seed: 1).vary(cells, of: &latent, share: 0.8)
        let changed = latent.values.indices.filter { latent.values[$0] != before.values[$0] }
        #expect(Set(changed.map { $0 % (side * side) }) == Set(cells.indices))
        let added = changed.map { (latent.values[$0] - 0.3) / 0.8 }
        let found = (added.reduce(0) { $0 + $1 * $1 } / Float(added.count)).squareRoot()
        #expect(abs(found / strength - 1) < 0.25, "\(found)")
    }
}
