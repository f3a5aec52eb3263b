import CKernels
import Synchronization

/// Keeps the buffers of finished tensors for the next ones.
///
/// A fresh megabyte from the system costs 256 page faults; a forward pass makes thousands of tensors of a few sizes,
/// so handing buffers on saves about a tenth of its time.
final class BufferPool: Sendable {
    private struct State {
        var free: [Int: [UInt]] = [:]
        var idleBytes = 0
    }

    private let state = Mutex(State())
    /// Idle bytes above which a returned buffer goes back to the system.
    private static let idleLimit = 1 << 27

    deinit { drain() }

    /// A 64-byte aligned buffer of at least `count` floats, its contents undefined, and its real size in bytes.
    func take(_ count: Int) -> (UnsafeMutablePointer<Float>, Int)? {
        // Kernels may read a little past an array's end; see DRAGON_SLACK.
        let bytes = Self.roundedSize((count + Int(DRAGON_SLACK)) * MemoryLayout<Float>.size)
        let kept = state.withLock { state -> UInt? in
            guard let address = state.free[bytes]?.popLast() else { return nil }
            state.idleBytes -= bytes
            return address
        }
        if let kept, let pointer = UnsafeMutableRawPointer(bitPattern: kept) {
            return (pointer.assumingMemoryBound(to: Float.self), bytes)
        }
        guard let pointer = SystemMemory.allocate(bytes) else {
            drain()
            guard let second = SystemMemory.allocate(bytes) else { return nil }
            return (second.assumingMemoryBound(to: Float.self), bytes)
        }
        return (pointer.assumingMemoryBound(to: Float.self), bytes)
    }

    /// Takes a buffer back.
    func give(_ pointer: UnsafeMutablePointer<Float>, bytes: Int) {
        let address = UInt(bitPattern: pointer)
        let kept = state.withLock { state -> Bool in
            guard state.idleBytes + bytes <= Self.idleLimit else { return false }
            state.free[bytes, default: []].append(address)
            state.idleBytes += bytes
            return true
        }
        if !kept { SystemMemory.release(pointer, bytes: bytes) }
    }

    /// Returns every idle buffer to the system.
    func drain() {
        let all = state.withLock { state -> [Int: [UInt]] in
            defer { state = State() }
            return state.free
        }
        for (bytes, addresses) in all {
            for address in addresses { SystemMemory.release(UnsafeMutableRawPointer(bitPattern: address), bytes: bytes) }
        }
        // The C library keeps what was freed below its threshold, which grows with use.
        dragon_return_memory()
    }

    /// Sizes in steps of 1/8 of their power of two, so that nearly equal tensors share buffers.
    static func roundedSize(_ bytes: Int) -> Int {
        guard bytes > 4096 else { return max(64, (bytes + 63) & ~63) }
        let step = max(64, (1 << (Int.bitWidth - 1 - bytes.leadingZeroBitCount)) / 8)
        return (bytes + step - 1) / step * step
    }
}
