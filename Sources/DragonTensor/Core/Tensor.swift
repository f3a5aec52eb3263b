/// A float32 array in one layout: batch, channels, then pixels or tokens, each row contiguous.
///
/// Pictures are `[batch, channels, height, width]`, sequences `[batch, channels, tokens]`: the same bytes, so that a
/// linear layer and a 1×1 convolution are one product, weight × tensor. A tensor is a handle: copies share their
/// elements, and operators return new ones.
public struct Tensor: Sendable {
    /// Sides, outermost first.
    public let shape: [Int]
    let storage: TensorStorage

    init(shape: [Int], storage: TensorStorage) {
        self.shape = shape
        self.storage = storage
    }

    /// An array whose contents are undefined, for operators to fill.
    init(uninitialized shape: [Int], in context: ComputeContext) throws {
        self.shape = shape
        storage = try TensorStorage(count: shape.reduce(1, *), pool: context.pool)
    }

    /// An array holding `values`, row by row.
    public init(_ values: [Float], shape: [Int], in context: ComputeContext) throws {
        guard values.count == shape.reduce(1, *) else {
            throw TensorError.shapeMismatch(operation: "Tensor.init", expected: shape, found: [values.count])
        }
        try self.init(uninitialized: shape, in: context)
        values.withUnsafeBufferPointer { source in
            withPointers(self) { target in
                if let base = source.baseAddress { target.update(from: base, count: values.count) }
            }
        }
    }

    /// An array of one value throughout.
    public init(repeating value: Float, shape: [Int], in context: ComputeContext) throws {
        try self.init(uninitialized: shape, in: context)
        withPointers(self) { $0.update(repeating: value, count: count) }
    }

    /// Number of elements.
    public var count: Int { shape.reduce(1, *) }
    /// Items in the batch.
    public var batch: Int { shape[0] }
    /// Channels of each item.
    public var channels: Int { shape[1] }
    /// Pixels or tokens of each channel.
    public var columns: Int { shape.dropFirst(2).reduce(1, *) }
    /// Elements of one item.
    public var itemCount: Int { shape.dropFirst().reduce(1, *) }

    /// Every element, row by row.
    public var values: [Float] { withElements { Array($0) } }

    /// The same elements under another shape of equal count.
    public func reshaped(_ shape: [Int]) -> Tensor {
        precondition(shape.reduce(1, *) == count, "a reshape keeps the number of elements")
        return Tensor(shape: shape, storage: storage)
    }

    /// Calls `body` with the elements, to read.
    public func withElements<Result>(_ body: (UnsafeBufferPointer<Float>) throws -> Result) rethrows -> Result {
        try withPointers(self) { try body(UnsafeBufferPointer(start: $0, count: count)) }
    }
}

/// The memory behind a tensor; returned to its pool when the last handle goes.
final class TensorStorage: @unchecked Sendable {
    // Unchecked: only the operator that makes a tensor writes it, before anyone else has the handle.
    let lent: UnsafeMutablePointer<Float>
    private let bytes: Int
    private let pool: BufferPool

    init(count: Int, pool: BufferPool) throws {
        guard let (pointer, bytes) = pool.take(max(count, 1)) else {
            throw TensorError.outOfMemory(bytes: count * MemoryLayout<Float>.size)
        }
        lent = pointer
        self.bytes = bytes
        self.pool = pool
    }

    deinit { pool.give(lent, bytes: bytes) }
}

/// What can go wrong in an operator.
public enum TensorError: Error, Equatable, CustomStringConvertible {
    /// Shapes that do not fit together.
    case shapeMismatch(operation: String, expected: [Int], found: [Int])
    /// The system has no room for an array.
    case outOfMemory(bytes: Int)

    /// One line that says what to do.
    public var description: String {
        switch self {
        case .shapeMismatch(let operation, let expected, let found):
            "\(operation): expected shape \(expected), found \(found)"
        case .outOfMemory(let bytes):
            "out of memory: \((bytes + 999_999) / 1_000_000) MB more were needed; close other programs or choose a smaller side"
        }
    }
}
