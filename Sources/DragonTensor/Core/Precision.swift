import CKernels

/// What the operands of products are rounded to: of linear layers, convolutions, attention, and of their pullbacks.
///
/// Sums, softmax, norms, residuals and all that is kept between layers are float32 in any case.
public enum Precision: String, Sendable, CaseIterable {
    /// Bfloat16 where this processor was measured to be faster with it, float32 elsewhere.
    case auto
    /// Nothing is rounded.
    case fp32
    /// To bfloat16, 8 bits of precision. Twice as fast where the processor multiplies them itself, slower elsewhere.
    case bf16

    /// The format that products have on an instruction set.
    public func productFormat(on instructionSet: InstructionSet) -> ProductFormat {
        switch self {
        case .fp32: .float32
        case .bf16: .bfloat16
        case .auto: instructionSet.multipliesBFloat16 && PrecisionTrial.isBFloat16Faster ? .bfloat16 : .float32
        }
    }
}

/// The format of products' operands.
public enum ProductFormat: Int32, Sendable {
    /// IEEE 754 binary32.
    case float32 = 0
    /// The upper half of a binary32.
    case bfloat16 = 2
}

/// A product in both formats, timed once for the process.
private enum PrecisionTrial {
    /// Whether bfloat16 takes clearly less time, so that neighbouring runs agree.
    static let isBFloat16Faster: Bool = {
        let contexts = [Precision.fp32, .bf16].map { ComputeContext(threads: 1, precision: $0) }
        guard let times = try? contexts.map(time) else { return false }
        return times[1] * 1.2 < times[0]
    }()

    /// Seconds of a product of some milliseconds: the least of a few, the first of which warms the caches.
    private static func time(_ context: ComputeContext) throws -> Double {
        let (rows, depth, columns) = (224, 1024, 256)
        let weight = Weight(shape: [rows, depth], values: [Float](repeating: 0.5, count: rows * depth))
        let x = try Tensor([Float](repeating: 0.25, count: depth * columns), shape: [1, depth, columns], in: context)
        let times = try (0..<5).map { _ in
            let elapsed = try ContinuousClock().measure { _ = try x.linear(weight, in: context) }
            return Double(elapsed.components.attoseconds) * 1e-18 + Double(elapsed.components.seconds)
        }
        return times.min() ?? .infinity
    }
}
