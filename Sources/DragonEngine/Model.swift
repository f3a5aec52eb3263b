import CDragon
import Dispatch
import DragonEdit
import DragonModel
import DragonPhoto
import DragonTensor
import Glibc
import Synchronization

/// A model that a caller opened: what was loaded, what runs on it, and what went wrong last.
final class Model: Sendable {
    /// What was loaded.
    struct Loaded: Sendable {
        let files: ModelFiles
        let diffusion: DiffusionModel
        let info: Info
    }

    /// What a model is, counted once.
    struct Info: Sendable {
        let parameters: Int
        let bytes: Int

        init(_ files: ModelFiles) throws {
            let parts = [try files.textEncoderWeights(), try files.unetWeights(), try files.autoencoderWeights()].map(\.contents)
            (parameters, bytes) = parts.reduce((0, 0)) { ($0.0 + $1.parameters, $0.1 + $1.bytes) }
        }
    }

    private struct State {
        var loaded: Loaded?
        /// The thread that runs an edit, and what stops it.
        var runner: pthread_t?
        var job: Job?
        var isClosed = false
    }

    private let state = Mutex(State())
    private let running = DispatchGroup()
    let messages = Messages()
    /// Threads and buffers, for one job after the other.
    private let machine: ComputeContext
    /// What the last edit prepared.
    let cache = PreparationCache()

    init(threads: Int?) { machine = ComputeContext(threads: threads) }

    /// Loads the files; the handle stays without a model where that fails.
    func load(path: String, additions: ModelAdditions, job: Job) throws {
        let files = try ModelFiles(path: path, additions: additions)
        let diffusion = try DiffusionModel(files: files, in: ComputeContext(machine, job: job))
        let loaded = Loaded(files: files, diffusion: diffusion, info: try Info(files))
        state.withLock { $0.loaded = loaded }
    }

    /// What was loaded.
    ///
    /// - Throws: ``Failure`` where loading failed.
    func loaded() throws -> Loaded {
        guard let loaded = state.withLock({ $0.loaded }) else {
            throw Failure(status: .badModel, description: "the model did not load: close it, and open another")
        }
        return loaded
    }
}

// MARK: - One edit at a time

extension Model {
    /// Runs `body` as the model's only edit, on a context of that job.
    func exclusively<Result>(_ job: Job, _ body: (ComputeContext) throws -> Result) throws -> Result {
        try begin(job)
        defer { end() }
        let result = try body(ComputeContext(machine, job: job))
        // Cancelled after the last operator: the caller was told that it ends.
        try job.check()
        return result
    }

    private func begin(_ job: Job) throws {
        try state.withLock { state in
            guard !state.isClosed else { throw Failure.invalidHandle }
            guard state.runner == nil else {
                throw Failure(status: .busy, description: "the model runs another edit: wait for it, or cancel it")
            }
            (state.runner, state.job) = (pthread_self(), job)
            running.enter()
        }
    }

    private func end() {
        state.withLock { ($0.runner, $0.job) = (nil, nil) }
        machine.releaseIdleMemory()
        running.leave()
    }

    /// Ends the edit that runs, if any.
    func cancel() { state.withLock { $0.job?.cancel() } }

    /// Ends the edit that runs and waits for it, unless it is this thread's own: then the callback that closes the model
    /// would wait for itself, and the edit ends once it returns.
    func close() {
        let isOwn = state.withLock { state -> Bool in
            state.isClosed = true
            guard let runner = state.runner else { return true }
            state.job?.cancel()
            return pthread_equal(runner, pthread_self()) != 0
        }
        if !isOwn { running.wait() }
    }
}
