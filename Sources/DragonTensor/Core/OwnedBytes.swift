import CKernels

#if canImport(Glibc)
    import Glibc
#endif

/// Pages of memory that free themselves: for weights that are not as they stand in their file.
final class OwnedBytes: @unchecked Sendable {
    // Unchecked because of the pointer: only the maker of a weight writes it, before anyone else has the handle.
    let lent: UnsafeMutableRawPointer
    private let bytes: Int

    init(count: Int) throws {
        // Kernels may read a little past an array's end; see DRAGON_SLACK.
        bytes = count + Int(DRAGON_SLACK) * MemoryLayout<Float>.size
        guard let memory = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), memory != MAP_FAILED else {
            throw TensorError.outOfMemory(bytes: bytes)
        }
        lent = memory
    }

    deinit { munmap(lent, bytes) }
}

extension OwnedBytes: Lender {}

extension Weight {
    /// W + ΔW, added in float32 and rounded to this weight's own format, in memory of its own.
    ///
    /// - Parameter change: ΔW, of as many elements, row by row.
    public func adding(_ change: Tensor, in context: ComputeContext) throws -> Weight {
        try change.require(change.count == count, "a weight's change", expected: shape)
        let (kernels, chunk) = (context.kernels.functions.pointee, 1 << 14)
        let result = try OwnedBytes(count: count * elementType.size)
        try withPointers(self, change, result) { own, change, target in
            try context.forEach((count + chunk - 1) / chunk, scratch: chunk) { index, sum in
                let first = index * chunk
                let (length, offset) = (min(chunk, count - first), first * elementType.size)
                kernels.widen?(own + offset, elementType.rawValue, sum, length)
                kernels.add?(sum.read, change.read + first, sum, length)
                elementType.store(sum, length, at: target + offset, kernels)
            }
        }
        return Weight(shape: shape, elementType: elementType, owned: result)
    }

    /// A weight kept in 8 bits, widened to halves, which hold every value of both formats.
    ///
    /// - Parameters:
    ///   - codes: as many bytes as the shape has elements.
    ///   - halves: the half for each of the 256 codes.
    public init(shape: [Int], codes: UnsafeRawBufferPointer, halves: [UInt16]) throws {
        precondition(codes.count == shape.reduce(1, *) && halves.count == 256, "a code for each element, a half for each code")
        let owned = try OwnedBytes(count: codes.count * 2)
        withPointers(owned) { target in
            let words = target.assumingMemoryBound(to: UInt16.self)
            for (index, code) in codes.enumerated() { words[index] = halves[Int(code)] }
        }
        self.init(shape: shape, elementType: .float16, owned: owned)
    }
}

extension ElementType {
    /// Rounds floats to this format, to the nearest, ties to even.
    fileprivate func store(
        _ values: UnsafeMutablePointer<Float>, _ count: Int, at target: UnsafeMutableRawPointer, _ kernels: dragon_kernel_table
    ) {
        switch self {
        case .float32: target.copyMemory(from: values, byteCount: count * 4)
        case .float16: kernels.narrow_half?(values.read, target.assumingMemoryBound(to: UInt16.self), count)
        case .bfloat16:
            let words = target.assumingMemoryBound(to: UInt16.self)
            for index in 0..<count {
                let bits = values[index].bitPattern
                words[index] = values[index].isNaN ? 0x7FC0 : UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
            }
        }
    }
}
