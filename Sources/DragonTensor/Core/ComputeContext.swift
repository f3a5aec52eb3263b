import CKernels
import Dispatch
import Synchronization

/// Where and how operators run: threads, kernels, buffers, and the job that they belong to.
///
/// One context serves one computation at a time; several contexts may run side by side. Results do not depend on the
/// number of threads: work is cut by shape, and no sum is split between threads.
public final class ComputeContext: Sendable {
    /// Threads that an operator may use, the caller's included.
    public let threads: Int
    /// The instruction set whose kernels run.
    public let instructionSet: InstructionSet
    /// What may stop the operators: they throw ``CancellationError`` at their next start once it is cancelled.
    public let job: Job
    let pool: BufferPool
    let kernels: KernelTable
    let blas: BLASFunctions?
    private let operations = Atomic<UInt64>(0)

    /// - Parameters:
    ///   - job: that the work here belongs to; nil is one that nobody stops or hears.
    ///   - threads: at least 1; nil takes the processors available.
    ///   - instructionSet: nil takes the best that the processor runs.
    ///   - products: nil takes OpenBLAS where the processor has no vector kernels, the kernels elsewhere.
    public init(job: Job = Job(), threads: Int? = nil, instructionSet: InstructionSet? = nil, products: ProductLibrary? = nil) {
        self.job = job
        pool = BufferPool()
        self.threads = max(1, threads ?? Self.availableProcessors)
        let best = InstructionSet.best
        let chosen = instructionSet.map { $0.isAvailable ? $0 : best } ?? best
        self.instructionSet = chosen
        kernels = KernelTable(dragon_kernels(chosen.rawValue))
        let library = products ?? (chosen == .baseline ? .openBLAS : .kernels)
        blas = library == .openBLAS ? BLASFunctions() : nil
    }

    /// Another job on the same threads and buffers, after the last one.
    public init(_ other: ComputeContext, job: Job) {
        self.job = job
        (threads, instructionSet) = (other.threads, other.instructionSet)
        (pool, kernels, blas) = (other.pool, other.kernels, other.blas)
    }

    /// Throws where the job was cancelled.
    public func checkCancellation() throws { try job.check() }

    /// Floating-point operations that the operators stood for so far: two for each product of a direct sum, whatever
    /// way it was computed.
    public var countedOperations: Int { Int(operations.load(ordering: .relaxed)) }

    func count(operations number: Int) { operations.wrappingAdd(UInt64(number), ordering: .relaxed) }

    /// Gives idle buffers back to the system.
    public func releaseIdleMemory() { pool.drain() }

    /// Runs `body` once for every index below `count`, each thread with `floats` floats of its own to work in.
    func forEach(_ count: Int, scratch floats: Int, _ body: (Int, UnsafeMutablePointer<Float>) -> Void) throws {
        let workers = max(1, min(threads, count))
        let buffers = try (0..<workers).map { _ in try TensorStorage(count: floats, pool: pool) }
        withPointers(buffers) { buffers in
            run(count, workers: workers) { index, worker in body(index, buffers[worker]) }
        }
    }

    /// Runs `body` once for every index below `count`, on up to ``threads`` threads, in no promised order.
    func forEach(_ count: Int, _ body: (Int) -> Void) {
        run(count, workers: min(threads, count)) { index, _ in body(index) }
    }

    private func run(_ count: Int, workers: Int, _ body: (Int, Int) -> Void) {
        guard workers > 1 else {
            for index in 0..<count { body(index, 0) }
            return
        }
        let next = Atomic<Int>(0)
        withoutActuallyEscaping(body) { body in
            let shared = UncheckedBody(call: body)
            DispatchQueue.concurrentPerform(iterations: workers) { worker in
                while true {
                    let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                    guard index < count else { return }
                    shared.call(index, worker)
                }
            }
        }
    }

    /// Processors this process may use.
    public static var availableProcessors: Int { Machine().processors }
}

/// Lets a non-escaping body be called from several threads at once: callers write disjoint memory for each index.
private struct UncheckedBody: @unchecked Sendable {
    let call: (Int, Int) -> Void
}
