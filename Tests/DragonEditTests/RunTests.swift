import DragonImage
import DragonModel
import DragonTensor
import Glibc
import Synchronization
import Testing

@testable import DragonEdit

@Suite("Edits run for any sensible request, and repeat themselves")
struct RunTests {
    @Test("the number of threads changes no bit", arguments: EditModeName.allCases, EditAlgorithm.allCases)
    func threads(_ mode: EditModeName, _ algorithm: EditAlgorithm) throws {
        let request = Samples.request(Samples.edit(mode), algorithm: algorithm)
        let one = try Samples.edit(request, threads: 1)
        #expect(areFinite(one))
        for threads in [2, 5] { #expect(try Samples.edit(request, threads: threads) == one, "\(threads) threads") }
    }

    @Test(
        "another seed gives another picture, in every mode and by both algorithms", arguments: EditModeName.allCases, EditAlgorithm.allCases
    )
    func seed(_ mode: EditModeName, _ algorithm: EditAlgorithm) throws {
        var request = Samples.request(Samples.edit(mode), algorithm: algorithm)
        let pictures = try [UInt64(0), 1, 2].map { seed in
            request.parameters.seed = seed
            return try Samples.edit(request)
        }
        #expect(pictures.allSatisfy(areFinite))
        #expect(pictures[0] != pictures[1] && pictures[1] != pictures[2] && pictures[0] != pictures[2])
        request.parameters.seed = 1
        #expect(try Samples.edit(request, threads: 1) == pictures[1], "the same seed, the same bits")
    }

    @Test("an inversion serves any number of samplings, which give what edits from the start give", arguments: EditModeName.allCases)
    func reused(_ mode: EditModeName) throws {
        let (model, context) = (try Samples.model(), ComputeContext(threads: 2))
        var request = Samples.request(Samples.edit(mode))
        var options = EditOptions()
        options.isReused = true
        let conditioning = try model.conditioning(model.prompts("a cat"), in: context)
        let inverted = try model.invert(request, conditioning, options: options, in: context)
        for (seed, scale) in [(UInt64(0), Float(100)), (3, 100), (0, 700), (0, 100)] {
            (request.parameters.seed, request.parameters.energyScale) = (seed, scale)
            #expect(inverted.serves(request.parameters))
            #expect(try inverted.sample(request, conditioning, options: options, in: context).values == Samples.edit(request))
        }
        request.parameters.steps = 11
        #expect(!inverted.serves(request.parameters))
    }

    @Test("one step, and sides that differ", arguments: EditModeName.allCases)
    func oneStep(_ mode: EditModeName) throws {
        let found = try Samples.edit(Samples.request(Samples.edit(mode), steps: 1, algorithm: .diffeditor))
        #expect(found.count == 3 * 64 * 64 && areFinite(found))
        let wide = Move.Working(object: Samples.mask(64, 128), by: Point(x: 40, y: 0), resize: 1)
        let other = try Samples.edit(Samples.request(wide, source: .picture(Samples.picture(64, 128)), steps: 1))
        #expect(other.count == 3 * 64 * 128 && areFinite(other))
    }

    @Test("a region of everything can be dragged, an object of one pixel moved")
    func extremes() throws {
        let full = Mask(height: 64, width: 64, isWhole: true)
        let points = ([Point(x: 0, y: 0)], [Point(x: 63, y: 63)])
        #expect(
            areFinite(try Samples.edit(Samples.request(Drag.Working(region: full, handles: points.0, targets: points.1), steps: 3))))
        let pixel = Samples.mask(x: 32..<33, y: 32..<33)
        let move = Move.Working(object: pixel, by: Point(x: 8, y: 0), resize: 1)
        #expect(try areFinite(Samples.edit(Samples.request(move, steps: 3))))
    }

    @Test("a prompt of 10,000 characters counts as far as it fits")
    func longPrompt() throws {
        let text = String(repeating: "cat ", count: 2500)
        let request = Samples.request(Samples.edit(.move), steps: 2)
        #expect(try Samples.model().prompts(text).base.count == 77)
        #expect(try Samples.edit(request, prompt: text) == Samples.edit(request, prompt: String(text.prefix(1000))))
    }

    @Test("another number of steps keeps the proportions of the model's own")
    func scaledSchedule() {
        var parameters = EditModeName.move.parameters()
        (parameters.steps, parameters.algorithm) = (25, .diffeditor)
        var schedule = PublishedSchedule(parameters)
        #expect((0..<25).filter(schedule.guides) == [0, 1, 2, 3, 4, 6, 8, 10, 12, 14])
        #expect((0..<25).filter(schedule.addsNoise) == [6, 7, 8, 9])
        #expect((0..<25).filter { schedule.repetitions($0) == 3 } == [12, 14])
        parameters.scheduleSteps = 25
        #expect((0..<25).filter(PublishedSchedule(parameters).addsNoise) == Array(11..<20))
        (parameters.steps, parameters.scheduleSteps, parameters.algorithm) = (50, 50, .dragon)
        schedule = PublishedSchedule(parameters)
        #expect((0..<50).filter(schedule.guides) == Array(0..<30))
        #expect(!(0..<50).contains { schedule.addsNoise($0) || schedule.repetitions($0) > 1 })
        let compose = BankMixing.compose(foreground: Samples.mask(), background: Samples.mask())
        #expect((0..<50).filter { schedule.mixes(.replace, at: $0) } == Array(5..<50))
        #expect((0..<50).filter { schedule.mixes(compose, at: $0) } == Array(0...35))
    }

    @Test("progress rises to the whole, phase after phase", arguments: EditAlgorithm.allCases)
    func progress(_ algorithm: EditAlgorithm) throws {
        let listener = Listener()
        _ = try Samples.edit(Samples.request(Samples.edit(.paste), steps: 6, algorithm: algorithm), job: listener.job)
        let seen = listener.told
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

    @Test("a recomputed memory bank gives the same picture as a kept one", arguments: EditModeName.allCases)
    func recomputed(_ mode: EditModeName) throws {
        let request = Samples.request(Samples.edit(mode), algorithm: .diffeditor)
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
    @Test("halves in the bank cost less than a thousandth, where nothing moves less than a hundredth", arguments: EditModeName.allCases)
    func halves(_ mode: EditModeName) throws {
        var request = Samples.request(Samples.edit(mode))
        request.parameters.energyScale = 0
        var options = EditOptions()
        options.keepsFullPrecision = true
        let error = try difference(Samples.edit(request), Samples.edit(request, options))
        // What stays where it was makes more of a rounding in the keys that replace its own: a move by less than a cell does the same.
        #expect(error > 0 && error < (mode == .remove ? 1e-2 : 1e-3), "\(error)")
    }

    @Test("the bank's estimate is what it holds")
    func estimate() throws {
        let request = Samples.request(Samples.edit(.landmark))
        let memory = EditMemory(request, try Samples.model(), keepsFullPrecision: false)
        let doubled = EditMemory(request, try Samples.model(), keepsFullPrecision: true)
        #expect(memory.bank > 0 && doubled.bank == 2 * memory.bank && memory.work == doubled.work)
        var larger = Samples.request(Samples.edit(.landmark), source: .picture(Samples.picture(128, 128)))
        larger.parameters.steps = 20
        #expect(EditMemory(larger, try Samples.model(), keepsFullPrecision: false).bank == 8 * memory.bank)
    }

    @Test("another thread's cancel ends an edit within a second, whatever it is at")
    func cancelled() throws {
        let canceller = Canceller(Job())
        let mask = Samples.mask(256, 256, x: 100..<200, y: 100..<200)
        let request = Samples.request(
            Move.Working(object: mask, by: Point(x: 50, y: 0)), source: .picture(Samples.picture(256, 256)), steps: 200)
        canceller.start()
        #expect(throws: CancellationError.self) { try Samples.edit(request, job: canceller.job) }
        #expect(canceller.elapsed < .seconds(1))
    }
}

/// Cancels from a thread of its own: the pools of tasks and queues may be busy with other tests.
private final class Canceller: Sendable {
    let job: Job
    private let moment = Mutex<ContinuousClock.Instant?>(nil)

    init(_ job: Job) { self.job = job }

    func start() {
        var thread = pthread_t()
        let body: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { pointer in
            guard let pointer else { return nil }
            let canceller = Unmanaged<Canceller>.fromOpaque(pointer).takeRetainedValue()
            usleep(700_000)
            canceller.moment.withLock { $0 = .now }
            canceller.job.cancel()
            return nil
        }
        pthread_create(&thread, nil, body, Unmanaged.passRetained(self).toOpaque())
        pthread_detach(thread)
    }

    /// Since the cancelling.
    var elapsed: Duration { moment.withLock { $0.map { .now - $0 } } ?? .seconds(1_000_000) }
}
