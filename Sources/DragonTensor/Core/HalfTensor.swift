import CKernels

#if canImport(Glibc)
    import Glibc
#endif

/// An array of IEEE 754 halves in a tensor's layout: half the memory, for what is kept long and read seldom.
public struct HalfTensor: Sendable {
    /// Sides, outermost first.
    public let shape: [Int]
    let storage: HalfStorage

    /// `tensor`, rounded to halves. Beyond ±65504 they are infinite.
    public init(_ tensor: Tensor, in context: ComputeContext) throws {
        shape = tensor.shape
        let count = tensor.count
        storage = try HalfStorage(count: count)
        let narrow = context.kernels.functions.pointee.narrow_half
        let chunk = 1 << 16
        withPointers(tensor, self) { source, target in
            context.forEach((count + chunk - 1) / chunk) { index in
                let first = index * chunk
                narrow?(source + first, target + first, min(chunk, count - first))
            }
        }
    }
}

/// The memory behind halves: pages of their own, given back at once. Among the tensors that come and go, arrays that stay would
/// leave gaps which nothing fits into.
final class HalfStorage: @unchecked Sendable {
    // Unchecked: only the maker of a tensor writes it, before anyone else has the handle.
    let lent: UnsafeMutablePointer<UInt16>
    private let bytes: Int

    init(count: Int) throws {
        // Kernels may read a little past an array's end; see DRAGON_SLACK.
        bytes = count * MemoryLayout<UInt16>.size + Int(DRAGON_SLACK) * MemoryLayout<Float>.size
        guard let memory = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), memory != MAP_FAILED else {
            throw TensorError.outOfMemory(bytes: bytes)
        }
        lent = memory.assumingMemoryBound(to: UInt16.self)
    }

    deinit { munmap(lent, bytes) }
}
