import DragonModel
import DragonTensor
import Testing

@testable import DragonEdit

@Suite("Edits run for any sensible request, and repeat themselves")
struct RunTests {
    @Test("the number of threads changes no bit", arguments: EditMode.allCases, EditAlgorithm.allCases)
    func threads(_ mode: EditMode, _ algorithm: EditAlgorithm) throws {
        let request = try Samples.request(Samples.action(mode), algorithm: algorithm)
        let one = try Samples.edit(request, threads: 1)
        #expect(areFinite(one))
        for threads in [2, 5] { #expect(try Samples.edit(request, threads: threads) == one, "\(threads) threads") }
    }

    @Test("the seed matters where noise is added, and only there")
    func seed() throws {
        for (algorithm, strength, matters) in [
            (EditAlgorithm.diffeditor, Float(0.4), true), (.diffeditor, 0, false), (.dragon, 0.4, false),
        ] {
            var request = try Samples.request(Samples.action(.move), algorithm: algorithm)
            request.parameters.sdeStrength = strength
            let first = try Samples.edit(request)
            request.parameters.seed = 1
            #expect(try (Samples.edit(request) != first) == matters, "\(algorithm), \(strength)")
        }
    }

    @Test("one step, and sides that differ", arguments: EditMode.allCases)
    func oneStep(_ mode: EditMode) throws {
        let found = try Samples.edit(Samples.request(Samples.action(mode), steps: 1, algorithm: .diffeditor))
        #expect(found.count == 3 * 64 * 64 && areFinite(found))
        let wide = EditRequest.Action.move(object: Samples.mask(64, 128), by: Point(x: 40, y: 0), resize: 1, fill: nil)
        let other = try Samples.edit(Samples.request(wide, source: .picture(Samples.picture(64, 128)), steps: 1))
        #expect(other.count == 3 * 64 * 128 && areFinite(other))
    }

    @Test("a region of everything can be dragged, an object of one pixel moved")
    func extremes() throws {
        let full = Mask(height: 64, width: 64, filled: true)
        let points = ([Point(x: 0, y: 0)], [Point(x: 63, y: 63)])
        #expect(
            areFinite(try Samples.edit(Samples.request(.drag(region: full, handles: points.0, targets: points.1), steps: 3))))
        let pixel = Samples.mask(x: 32..<33, y: 32..<33)
        let move = EditRequest.Action.move(object: pixel, by: Point(x: 8, y: 0), resize: 1, fill: nil)
        #expect(try areFinite(Samples.edit(Samples.request(move, steps: 3))))
    }

    @Test("a prompt of 10,000 characters counts as far as it fits")
    func longPrompt() throws {
        let text = String(repeating: "cat ", count: 2500)
        var request = try Samples.request(Samples.action(.move), steps: 2)
        request.prompt = try Samples.model().tokenizer.encode(text)
        #expect(request.prompt.count == 77)
        let found = try Samples.edit(request)
        request.prompt = try Samples.model().tokenizer.encode(String(text.prefix(1000)))
        #expect(try Samples.edit(request) == found)
    }

    @Test("a schedule of fewer steps keeps the published one's proportions")
    func scaledSchedule() {
        var parameters = EditParameters(mode: .move)
        (parameters.steps, parameters.scalesSchedule, parameters.algorithm) = (25, true, .diffeditor)
        let rule = StepRule(parameters)
        #expect((0..<25).filter(rule.guides) == [0, 1, 2, 3, 4, 6, 8, 10, 12, 14])
        #expect((0..<25).filter(rule.addsNoise) == [6, 7, 8, 9])
        #expect((0..<25).filter { rule.repetitions($0) == 3 } == [12, 14])
        parameters.scalesSchedule = false
        #expect((0..<25).filter(StepRule(parameters).addsNoise) == Array(11..<20))
        (parameters.steps, parameters.algorithm) = (50, .dragon)
        #expect((0..<50).filter(StepRule(parameters).guides) == Array(0..<30))
        #expect(!(0..<50).contains { StepRule(parameters).addsNoise($0) || StepRule(parameters).repetitions($0) > 1 })
    }

    @Test("progress rises to the whole, phase after phase", arguments: EditAlgorithm.allCases)
    func progress(_ algorithm: EditAlgorithm) throws {
        var seen: [EditProgress] = []
        var options = EditOptions()
        options.progress = { seen.append($0) }
        _ = try Samples.edit(Samples.request(Samples.action(.paste), steps: 6, algorithm: algorithm), options)
        #expect(zip(seen, seen.dropFirst()).allSatisfy { $0.fraction <= $1.fraction } && abs((seen.last?.fraction ?? 0) - 1) < 1e-9)
        let counts = Dictionary(grouping: seen, by: \.phase).mapValues(\.count)
        #expect(counts == [.encode: 1, .invert: 6, .sample: 6, .decode: 1])
        #expect(seen.filter { $0.phase == .sample }.map(\.step) == Array(1...6) && seen.allSatisfy { $0.step <= $0.total })
    }
}

@Suite("Memory and time are the user's to bound")
struct BoundsTests {
    /// Between what the passes take and what the bank takes on top: the bank is recomputed.
    private func tightLimit(_ request: EditRequest, fullPrecision: Bool) throws -> Int {
        let memory = EditMemory(request, try Samples.model(), keepsFullPrecision: fullPrecision)
        #expect(try !memory.keepsBank(limit: memory.work) && memory.keepsBank(limit: memory.work + memory.bank))
        return memory.work
    }

    @Test("a recomputed memory bank gives the same picture as a kept one", arguments: EditMode.allCases)
    func recomputed(_ mode: EditMode) throws {
        let request = try Samples.request(Samples.action(mode), algorithm: .diffeditor)
        for fullPrecision in [true, false] {
            var options = EditOptions()
            options.keepsFullPrecision = fullPrecision
            let kept = try Samples.edit(request, options)
            options.memoryLimit = try tightLimit(request, fullPrecision: fullPrecision)
            #expect(try Samples.edit(request, options) == kept, "full precision: \(fullPrecision)")
        }
    }

    /// Without energies: the gradients of this model of random weights make much of any rounding. (With them, the oracle's
    /// cases hold the halves to a thousandth.)
    @Test("halves in the bank cost less than a thousandth", arguments: EditMode.allCases)
    func halves(_ mode: EditMode) throws {
        var request = try Samples.request(Samples.action(mode))
        request.parameters.energyScale = 0
        var options = EditOptions()
        options.keepsFullPrecision = true
        let error = try difference(Samples.edit(request), Samples.edit(request, options))
        #expect(error > 0 && error < 1e-3, "\(error)")
    }

    @Test("the bank's estimate is what it holds")
    func estimate() throws {
        let request = try Samples.request(Samples.action(.landmark))
        let memory = EditMemory(request, try Samples.model(), keepsFullPrecision: false)
        let doubled = EditMemory(request, try Samples.model(), keepsFullPrecision: true)
        #expect(memory.bank > 0 && doubled.bank == 2 * memory.bank && memory.work == doubled.work)
        var larger = try Samples.request(Samples.action(.landmark), source: .picture(Samples.picture(128, 128)))
        larger.parameters.steps = 20
        #expect(EditMemory(larger, try Samples.model(), keepsFullPrecision: false).bank == 8 * memory.bank)
    }

    @Test("another thread's cancel ends an edit within a second, and the context can be used again")
    func cancelled() async throws {
        let model = try Samples.model()
        let context = ComputeContext(threads: 2)
        let mask = Samples.mask(512, 512, x: 100..<200, y: 100..<200)
        let request = try Samples.request(
            .move(object: mask, by: Point(x: 100, y: 0), resize: 1, fill: nil), source: .picture(Samples.picture(512, 512)), steps: 50)
        let canceller = Task.detached {
            try await Task.sleep(for: .milliseconds(700))
            context.cancel()
            return ContinuousClock.now
        }
        #expect(throws: CancellationError.self) { try model.edit(request, in: context) }
        let end = ContinuousClock.now
        #expect(try await end - canceller.value < .seconds(1))
        context.resume()
        #expect(try areFinite(model.edit(Samples.request(Samples.action(.move), steps: 1), in: context).values))
    }
}
