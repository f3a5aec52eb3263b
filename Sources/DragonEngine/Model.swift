import CDragon
import Dispatch
import DragonEdit
import DragonModel
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
    }

    private struct State {
        var loaded: Loaded?
        var message = ""
        /// The thread that runs an edit.
        var runner: pthread_t?
        var isClosed = false
    }

    private let state = Mutex(State())
    private let running = DispatchGroup()
    let context: ComputeContext

    init(threads: Int?) { context = ComputeContext(threads: threads) }

    /// Loads the files; the handle stays without a model where that fails.
    func load(path: String) throws {
        let files = try ModelFiles(path: path)
        let contents = [try files.textEncoderWeights().contents, try files.unetWeights().contents, try files.autoencoderWeights().contents]
        let info = Info(parameters: contents.reduce(0) { $0 + $1.parameters }, bytes: contents.reduce(0) { $0 + $1.bytes })
        let loaded = Loaded(files: files, diffusion: try DiffusionModel(files: files, in: context), info: info)
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

    /// Runs `body`, keeps what its error says, and gives its status.
    func call(_ body: () throws -> Void) -> dragon_status {
        let (status, message) = Status.of(body)
        state.withLock { $0.message = message }
        return status.rawValue
    }

    var message: String { state.withLock { $0.message } }
}

// MARK: - One edit at a time

extension Model {
    /// Runs `body` as the model's only edit.
    func exclusively<Result>(_ body: () throws -> Result) throws -> Result {
        try begin()
        defer { end() }
        let result = try body()
        // Cancelled after the last operator: the caller was told that it ends.
        try context.checkCancellation()
        return result
    }

    private func begin() throws {
        try state.withLock { state in
            guard !state.isClosed else { throw Failure.invalidHandle }
            guard state.runner == nil else {
                throw Failure(status: .busy, description: "the model runs another edit: wait for it, or cancel it")
            }
            state.runner = pthread_self()
            // Under the lock, so that no cancelling of this edit is taken for one of the last.
            context.resume()
            running.enter()
        }
    }

    private func end() {
        state.withLock { $0.runner = nil }
        context.releaseIdleMemory()
        running.leave()
    }

    /// Ends the edit that runs, if any.
    func cancel() { state.withLock { if $0.runner != nil { context.cancel() } } }

    /// Ends the edit that runs and waits for it, unless it is this thread's own: then the callback that closes the model
    /// would wait for itself, and the edit ends once it returns.
    func close() {
        let isOwn = state.withLock { state -> Bool in
            state.isClosed = true
            guard let runner = state.runner else { return true }
            context.cancel()
            return pthread_equal(runner, pthread_self()) != 0
        }
        if !isOwn { running.wait() }
    }
}
