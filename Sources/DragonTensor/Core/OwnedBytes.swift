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
    /// Elements of a band of rows: few enough that a change is still in the processor's cache when it is added.
    private static let bandSize = 1 << 20

    /// W + ΔW, added in float32 and rounded to this weight's own format, in memory of its own.
    ///
    /// - Parameter change: ΔW of some rows, row by row; nil where there is none at all.
    public func adding(in context: ComputeContext, _ change: (Range<Int>) throws -> Tensor?) throws -> Weight {
        let result = try OwnedBytes(count: count * elementType.size)
        let rows = max(1, shape.first ?? 1)
        let columns = count / rows
        let band = max(8, Self.bandSize / max(1, columns) / 8 * 8)
        for first in stride(from: 0, to: columns > 0 ? rows : 0, by: band) {
            try context.checkCancellation()
            let range = first..<min(first + band, rows)
            guard let part = try change(range) else { return self }
            try part.require(part.count == range.count * columns, "a weight's change", expected: [range.count, columns])
            try add(part, at: first * columns, into: result, in: context)
        }
        return Weight(shape: shape, elementType: elementType, owned: result)
    }

    /// Adds a part of a change, which begins at an element.
    private func add(_ part: Tensor, at start: Int, into result: OwnedBytes, in context: ComputeContext) throws {
        let (kernels, chunk, count, type) = (context.kernels.functions, 1 << 14, part.count, elementType)
        try withPointers(self, part, result) { own, part, target in
            try context.forEach((count + chunk - 1) / chunk, scratch: chunk) { index, sum in
                let first = index * chunk
                let (length, offset) = (min(chunk, count - first), (start + first) * type.size)
                kernels.widen?(own + offset, type.rawValue, sum, length)
                kernels.add?(sum.read, part.read + first, sum, length)
                type.store(sum, length, at: target + offset, kernels)
            }
        }
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
