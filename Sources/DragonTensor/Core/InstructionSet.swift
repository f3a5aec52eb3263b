import CKernels

/// A set of kernels, compiled for a level of the processor's instructions and chosen at run time.
public enum InstructionSet: Int32, Sendable, CaseIterable {
    /// Whatever the compiler's baseline is (SSE2 on x86-64).
    case baseline = 0
    /// AVX2, FMA and F16C.
    case avx2 = 1
    /// AVX-512 F, BW, DQ and VL.
    case avx512 = 2

    /// Whether this processor runs it.
    public var isAvailable: Bool { dragon_instruction_set_available(rawValue) != 0 }

    /// Whether it multiplies bfloat16 by instructions of its own, and this processor has them.
    public var multipliesBFloat16: Bool { dragon_multiplies_bfloat(rawValue) != 0 }

    /// Whether it adds products of pairs of 16-bit numbers by instructions of its own, and the kernels use them.
    public var multipliesInt16: Bool { dragon_multiplies_int16(rawValue) != 0 }

    /// The highest available, or what the environment's `DRAGON_SIMD` (baseline, avx2, avx512) asks for, if available.
    public static var best: InstructionSet {
        InstructionSet(rawValue: dragon_best_instruction_set()) ?? .baseline
    }
}

/// The C functions of one instruction set and format of products, which keep no state.
struct KernelTable: @unchecked Sendable {
    let functions: dragon_kernel_table

    init(_ functions: dragon_kernel_table) { self.functions = functions }
}
