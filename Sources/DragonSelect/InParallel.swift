import Dispatch
import Synchronization

/// What `body` answers to every number below `count`, in order, on all processors.
func inParallel<Result: Sendable>(_ count: Int, _ body: @Sendable (Int) -> Result) -> [Result] {
    let results = Mutex<[Int: Result]>([:])
    withoutActuallyEscaping(body) { body in
        DispatchQueue.concurrentPerform(iterations: count) { number in
            let result = body(number)
            results.withLock { $0[number] = result }
        }
    }
    return results.withLock { results in (0..<count).compactMap { results[$0] } }
}
