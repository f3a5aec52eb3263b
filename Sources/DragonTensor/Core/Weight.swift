import CKernels
import Synchronization

/// The number format that a weight has in its file. Arithmetic is always float32; the kernels widen as they read.
public enum ElementType: Int32, Sendable, CaseIterable {
    /// IEEE 754 binary32.
    case float32 = 0
    /// IEEE 754 binary16.
    case float16 = 1
    /// The upper half of a binary32.
    case bfloat16 = 2

    /// Bytes of one element.
    public var size: Int { self == .float32 ? 4 : 2 }
}

/// A read-only tensor of a checkpoint: row-major, left in its file's format, usually mapped straight from the file.
///
/// The bytes need not be aligned: a checkpoint's author decides where they lie.
public struct Weight: @unchecked Sendable {
    // Unchecked because of the pointer: the bytes are never written, and `owner` keeps them mapped.

    /// Sides, outermost first, as the checkpoint states them.
    public let shape: [Int]
    /// Format of the elements.
    public let elementType: ElementType
    let lent: UnsafeRawPointer
    /// What keeps the bytes readable.
    public let owner: AnyObject

    /// - Parameters:
    ///   - pointer: the first of `shape.product × elementType.size` readable bytes.
    ///   - owner: what keeps the bytes readable for as long as it lives.
    public init(shape: [Int], elementType: ElementType, pointer: UnsafeRawPointer, owner: AnyObject) {
        self.shape = shape
        self.elementType = elementType
        lent = pointer
        self.owner = owner
    }

    /// A weight made of numbers in memory, for tests and for tables the program computes.
    public init(shape: [Int], values: [Float]) {
        precondition(values.count == shape.reduce(1, *), "a weight's values must fill its shape")
        let buffer = OwnedFloats(values)
        self.init(shape: shape, elementType: .float32, pointer: UnsafeRawPointer(buffer.lent), owner: buffer)
    }

    /// A weight in memory of its own, which is written already.
    init(shape: [Int], elementType: ElementType, owned: OwnedBytes) {
        self.init(shape: shape, elementType: elementType, pointer: UnsafeRawPointer(owned.lent), owner: owned)
    }

    /// Number of elements.
    public var count: Int { shape.reduce(1, *) }

    /// Calls `body` with the bytes, to read.
    public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try withPointers(self) { try body(UnsafeRawBufferPointer(start: $0, count: count * elementType.size)) }
    }

    /// The same bytes under another shape of equal count.
    public func reshaped(_ shape: [Int]) -> Weight {
        precondition(shape.reduce(1, *) == count, "a reshape keeps the number of elements")
        return Weight(shape: shape, elementType: elementType, pointer: lent, owner: owner)
    }

    /// Items `range` of the outermost side, sharing the bytes.
    public func rows(_ range: Range<Int>) -> Weight {
        precondition(!shape.isEmpty && range.lowerBound >= 0 && range.upperBound <= shape[0], "rows lie within the weight")
        let stride = shape.dropFirst().reduce(1, *) * elementType.size
        return Weight(
            shape: [range.count] + shape.dropFirst(), elementType: elementType,
            pointer: lent + range.lowerBound * stride, owner: owner)
    }

    /// Every element widened to float32: for biases and norms, which are small.
    public func floats() -> [Float] {
        withPointers(self) { bytes in
            func word(_ index: Int) -> UInt16 { bytes.loadUnaligned(fromByteOffset: index * 2, as: UInt16.self) }
            return [Float](unsafeUninitializedCapacity: count) { values, filled in
                switch elementType {
                case .float32:
                    UnsafeMutableRawBufferPointer(values).copyMemory(from: UnsafeRawBufferPointer(start: bytes, count: count * 4))
                case .float16: for index in 0..<count { values[index] = Float(halfBits: word(index)) }
                case .bfloat16: for index in 0..<count { values[index] = Float(bitPattern: UInt32(word(index)) << 16) }
                }
                filled = count
            }
        }
    }
}

/// A plain allocation that frees itself.
final class OwnedFloats {
    let lent: UnsafeMutablePointer<Float>

    init(_ values: [Float]) {
        // Kernels may read a little past an array's end; see DRAGON_SLACK.
        lent = .allocate(capacity: values.count + Int(DRAGON_SLACK))
        lent.initialize(from: values, count: values.count)
        (lent + values.count).initialize(repeating: 0, count: Int(DRAGON_SLACK))
    }

    deinit { lent.deallocate() }
}

extension Float {
    /// The value of an IEEE 754 binary16, exactly. (Swift's `Float16` is not available on every processor.)
    public init(halfBits bits: UInt16) {
        // The same bits as a float are too small by 2¹¹², be they normal or not: without branches, for the compiler to vectorise.
        let (sign, size) = (UInt32(bits & 0x8000) << 16, UInt32(bits & 0x7FFF) << 13)
        let finite = (Float(bitPattern: size) * 0x1p112).bitPattern
        self = Float(bitPattern: sign | (bits & 0x7C00 == 0x7C00 ? 0x7F80_0000 | size : finite))
    }
}

extension Weight {
    /// Whether no element is infinite or not a number.
    public func isFinite(in context: ComputeContext) -> Bool {
        let chunk = 1 << 20
        let chunks = (count + chunk - 1) / chunk
        let scan = context.kernels.functions.all_finite
        let bad = Atomic<Bool>(false)
        withPointers(self) { bytes in
            context.forEach(chunks) { index in
                let first = index * chunk
                let length = min(chunk, count - first)
                if scan?(bytes + first * elementType.size, elementType.rawValue, length) == 0 { bad.store(true, ordering: .relaxed) }
            }
        }
        return !bad.load(ordering: .relaxed)
    }
}
