import DragonTensor

/// The number formats of safetensors whose elements fill whole bytes.
public enum TensorFormat: String, Sendable, CaseIterable {
    case bool = "BOOL"
    case uint8 = "U8"
    case int8 = "I8"
    case float8e5m2 = "F8_E5M2"
    case float8e4m3 = "F8_E4M3"
    case float8e8m0 = "F8_E8M0"
    case int16 = "I16"
    case uint16 = "U16"
    case float16 = "F16"
    case bfloat16 = "BF16"
    case int32 = "I32"
    case uint32 = "U32"
    case float32 = "F32"
    case int64 = "I64"
    case uint64 = "U64"
    case float64 = "F64"
    case complex64 = "C64"

    /// Bytes of one element.
    public var size: Int {
        switch self {
        case .bool, .uint8, .int8, .float8e5m2, .float8e4m3, .float8e8m0: 1
        case .int16, .uint16, .float16, .bfloat16: 2
        case .int32, .uint32, .float32: 4
        case .int64, .uint64, .float64, .complex64: 8
        }
    }

    /// The format as weights know it, once they are read; nil for those that no weight has.
    public var elementType: ElementType? {
        switch self {
        case .float32: .float32
        case .float16: .float16
        case .bfloat16: .bfloat16
        // Widened as they are read.
        case .float8e4m3, .float8e5m2: .float16
        default: nil
        }
    }
}

/// What a safetensors header says about one tensor, checked against the file.
public struct TensorEntry: Sendable, Equatable {
    /// Its key.
    public let name: String
    /// Format of its elements.
    public let format: TensorFormat
    /// Sides, outermost first; empty for a scalar.
    public let shape: [Int]
    /// Where its bytes lie, counted from the start of the file.
    public let range: Range<Int>

    /// Number of elements.
    public var count: Int { range.count / format.size }
}
