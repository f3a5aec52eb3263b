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
        let narrow = context.kernels.functions.narrow_half
        withPointers(tensor, self) { source, target in
            context.forEach((count + Self.chunk - 1) / Self.chunk) { index in
                let first = index * Self.chunk
                narrow?(source + first, target + first, min(Self.chunk, count - first))
            }
        }
    }

    /// Bytes of the numbers.
    public var memory: Int { shape.reduce(1, *) * MemoryLayout<UInt16>.size }

    /// The numbers as a tensor again.
    public func widened(in context: ComputeContext) throws -> Tensor {
        let result = try Tensor(uninitialized: shape, in: context)
        let (count, widen) = (result.count, context.kernels.functions.widen)
        withPointers(self, result) { source, target in
            context.forEach((count + Self.chunk - 1) / Self.chunk) { index in
                let first = index * Self.chunk
                widen?(source + first, ElementType.float16.rawValue, target + first, min(Self.chunk, count - first))
            }
        }
        return result
    }

    /// Elements that one task converts.
    private static let chunk = 1 << 16
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
