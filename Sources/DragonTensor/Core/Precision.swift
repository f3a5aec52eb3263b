import CKernels

#if canImport(Glibc)
    import Glibc
#endif

/// What the operands of products are rounded to: of linear layers, convolutions, attention, and of their pullbacks.
///
/// Sums, softmax, norms, residuals and all that is kept between layers are float32 in any case.
public enum Precision: String, Sendable, CaseIterable {
    /// What this processor has instructions for, bfloat16 or whole numbers, where it was measured to be faster; float32 elsewhere.
    case auto
    /// Nothing is rounded.
    case fp32
    /// To bfloat16, 8 bits of precision. Twice as fast where the processor multiplies them itself, slower elsewhere.
    case bf16
    /// To whole numbers of 12 bits in units of a row's or a column's own, 1/2047 of what is largest there. A fifth faster than float32
    /// on AVX2; attention's pullback stays float32.
    case int16

    /// The format that products have on an instruction set.
    public func productFormat(on instructionSet: InstructionSet) -> ProductFormat {
        switch self {
        case .fp32: .float32
        case .bf16: .bfloat16
        case .int16: .int16
        case .auto:
            if instructionSet.multipliesBFloat16 {
                PrecisionTrial.isBFloat16Faster ? .bfloat16 : .float32
            } else {
                instructionSet.multipliesInt16 && PrecisionTrial.isInt16Faster ? .int16 : .float32
            }
        }
    }
}

/// The format of products' operands.
public enum ProductFormat: Int32, Sendable {
    /// IEEE 754 binary32.
    case float32 = 0
    /// The upper half of a binary32.
    case bfloat16 = 2
    /// Whole numbers of 12 bits in units of their row's or column's.
    case int16 = 3
}

/// A product in float32 and in a narrower format, timed once for the process.
private enum PrecisionTrial {
    static let isBFloat16Faster = isFaster(.bf16)
    static let isInt16Faster = isFaster(.int16)
    /// Times of each format, taken in turns, since processors change their pace.
    private static let rounds = 12

    /// Whether a format takes clearly less time. Processes of one machine have to agree, whatever else it does: the least times count,
    /// the bound lies far below what processors with such instructions gain, and far above what others do.
    private static func isFaster(_ precision: Precision) -> Bool {
        let contexts = [.fp32, precision].map { ComputeContext(threads: 1, precision: $0) }
        var least = [Double](repeating: .infinity, count: contexts.count)
        for _ in 0..<rounds {
            for (index, context) in contexts.enumerated() {
                guard let time = try? time(context) else { return false }
                least[index] = min(least[index], time)
            }
        }
        return least[1] * 1.1 < least[0]
    }

    /// Seconds that this thread worked for a product of a millisecond or two.
    private static func time(_ context: ComputeContext) throws -> Double {
        let (rows, depth, columns) = (224, 1024, 256)
        let weight = Weight(shape: [rows, depth], values: [Float](repeating: 0.5, count: rows * depth))
        let x = try Tensor([Float](repeating: 0.25, count: depth * columns), shape: [1, depth, columns], in: context)
        let begin = workedSeconds
        _ = try x.linear(weight, in: context)
        return workedSeconds - begin
    }

    private static var workedSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
