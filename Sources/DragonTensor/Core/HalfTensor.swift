import CKernels

/// An array of IEEE 754 halves in a tensor's layout: half the memory, for what is kept long and read seldom.
public struct HalfTensor: Sendable {
    /// Sides, outermost first.
    public let shape: [Int]
    private let storage: TensorStorage

    /// `tensor`, rounded to halves. Beyond ±65504 they are infinite.
    public init(_ tensor: Tensor, in context: ComputeContext) throws {
        shape = tensor.shape
        let count = tensor.count
        storage = try TensorStorage(count: (count + 1) / 2, pool: context.pool)
        let target = UnsafeMutableRawPointer(storage.pointer).assumingMemoryBound(to: UInt16.self)
        let narrow = context.kernels.functions.pointee.narrow_half
        let chunk = 1 << 16
        context.forEach((count + chunk - 1) / chunk) { index in
            let first = index * chunk
            narrow?(tensor.pointer + first, target + first, min(chunk, count - first))
        }
    }

    /// Bytes of the elements.
    public var byteCount: Int { shape.reduce(2, *) }

    var pointer: UnsafePointer<UInt16> { UnsafePointer(UnsafeMutableRawPointer(storage.pointer).assumingMemoryBound(to: UInt16.self)) }

    /// The elements, widened.
    public func widened(in context: ComputeContext) throws -> Tensor {
        let result = try Tensor(uninitialized: shape, in: context)
        context.kernels.functions.pointee.widen(pointer, ElementType.float16.rawValue, result.pointer, result.count)
        return result
    }
}
