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
    /// The format of products' operands.
    public let productFormat: ProductFormat
    /// What may stop the operators: they throw ``CancellationError`` at their next start once it is cancelled.
    public let job: Job
    let pool: BufferPool
    let kernels: KernelTable
    let blas: BLASFunctions?
    private let products: ProductLibrary
    private let operations: OperationCounter

    /// - Parameters:
    ///   - job: that the work here belongs to; nil is one that nobody stops or hears.
    ///   - threads: at least 1; nil takes the processors available.
    ///   - instructionSet: nil takes the best that the processor runs.
    ///   - precision: what products may round their operands to.
    ///   - products: nil takes OpenBLAS where the processor has no vector kernels, the kernels elsewhere; always where products are rounded.
    public init(
        job: Job = Job(), threads: Int? = nil, instructionSet: InstructionSet? = nil, precision: Precision = .fp32,
        products: ProductLibrary? = nil
    ) {
        self.job = job
        pool = BufferPool()
        operations = OperationCounter()
        self.threads = max(1, threads ?? Self.availableProcessors)
        let best = InstructionSet.best
        let chosen = instructionSet.map { $0.isAvailable ? $0 : best } ?? best
        self.instructionSet = chosen
        productFormat = precision.productFormat(on: chosen)
        kernels = KernelTable(dragon_kernels(chosen.rawValue, productFormat.rawValue))
        self.products = products ?? (chosen == .baseline ? .openBLAS : .kernels)
        blas = BLASFunctions(self.products, productFormat)
    }

    /// Another job on the same threads and buffers, after the last one.
    public init(_ other: ComputeContext, job: Job) {
        self.job = job
        (threads, instructionSet, productFormat) = (other.threads, other.instructionSet, other.productFormat)
        (pool, kernels, blas, products) = (other.pool, other.kernels, other.blas, other.products)
        operations = OperationCounter()
    }

    /// The same job, threads and buffers with another precision of products.
    public init(_ other: ComputeContext, precision: Precision) {
        (job, threads, instructionSet, pool) = (other.job, other.threads, other.instructionSet, other.pool)
        (products, operations) = (other.products, other.operations)
        productFormat = precision.productFormat(on: instructionSet)
        kernels = KernelTable(dragon_kernels(instructionSet.rawValue, productFormat.rawValue))
        blas = BLASFunctions(products, productFormat)
    }

    /// Throws where the job was cancelled.
    public func checkCancellation() throws { try job.check() }

    /// Floating-point operations that the operators stood for so far: two for each product of a direct sum, whatever
    /// way it was computed.
    public var countedOperations: Int { Int(operations.count.load(ordering: .relaxed)) }

    func count(operations number: Int) { operations.count.wrappingAdd(UInt64(number), ordering: .relaxed) }

    /// This context, its products not rounded: for the few layers whose rounding would show most.
    public var unrounded: ComputeContext { productFormat == .float32 ? self : ComputeContext(self, precision: .fp32) }

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

/// Floating-point operations of a job, whatever its products' precision.
private final class OperationCounter: Sendable {
    let count = Atomic<UInt64>(0)
}

/// Lets a non-escaping body be called from several threads at once: callers write disjoint memory for each index.
private struct UncheckedBody: @unchecked Sendable {
    let call: (Int, Int) -> Void
}
