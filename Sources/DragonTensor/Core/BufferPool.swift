import CKernels
import Synchronization

/// Keeps the buffers of finished tensors for the next ones.
///
/// A fresh megabyte from the system costs 256 page faults; a forward pass makes thousands of tensors of a few sizes,
/// so handing buffers on saves about a tenth of its time.
final class BufferPool: Sendable {
    /// A buffer that nobody uses.
    fileprivate struct Idle {
        let address: UInt
        let bytes: Int

        func release() { SystemMemory.release(UnsafeMutableRawPointer(bitPattern: address), bytes: bytes) }
    }

    fileprivate struct State {
        /// Small buffers by their size.
        var small: [Int: [UInt]] = [:]
        var smallBytes = 0
        /// Large ones, those last that were given back last.
        var large: [Idle] = []
        var largeBytes = 0
    }

    private let state = Mutex(State())
    /// Bytes of small idle buffers above which a returned one goes back to the system.
    private static let mostSmall = 1 << 26
    /// Bytes of large idle buffers above which those go back that have been idle longest: what a network needs next is mostly of the
    /// sizes that it has just used.
    private static let mostLarge = 1 << 28

    deinit { drain() }

    /// A 64-byte aligned buffer of at least `count` floats, its contents undefined, and its real size in bytes.
    func take(_ count: Int) -> (UnsafeMutablePointer<Float>, Int)? {
        // Kernels may read a little past an array's end; see DRAGON_SLACK.
        let bytes = Self.roundedSize((count + Int(DRAGON_SLACK)) * MemoryLayout<Float>.size)
        let kept = state.withLock { $0.take(bytes) }
        if let kept, let pointer = UnsafeMutableRawPointer(bitPattern: kept.address) {
            return (pointer.assumingMemoryBound(to: Float.self), kept.bytes)
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
        let returned = Idle(address: UInt(bitPattern: pointer), bytes: bytes)
        let leaving = state.withLock { state in
            SystemMemory.isMapped(bytes)
                ? state.keep(large: returned, most: Self.mostLarge) : state.keep(small: returned, most: Self.mostSmall)
        }
        for buffer in leaving { buffer.release() }
    }

    /// Returns every idle buffer to the system.
    func drain() {
        let all = state.withLock { state -> State in
            defer { state = State() }
            return state
        }
        for (bytes, addresses) in all.small { for address in addresses { Idle(address: address, bytes: bytes).release() } }
        for buffer in all.large { buffer.release() }
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

extension BufferPool.State {
    /// An idle buffer of just that size or, among large ones, of up to half more: the system clears each page that it hands out anew.
    fileprivate mutating func take(_ bytes: Int) -> BufferPool.Idle? {
        guard SystemMemory.isMapped(bytes) else {
            guard let address = small[bytes]?.popLast() else { return nil }
            smallBytes -= bytes
            return BufferPool.Idle(address: address, bytes: bytes)
        }
        let fitting = large.indices.filter { bytes...(bytes + bytes / 2) ~= large[$0].bytes }
        guard let index = fitting.min(by: { (large[$0].bytes, $1) < (large[$1].bytes, $0) }) else { return nil }
        largeBytes -= large[index].bytes
        return large.remove(at: index)
    }

    /// Keeps a small buffer, or says that it has to go.
    fileprivate mutating func keep(small buffer: BufferPool.Idle, most: Int) -> [BufferPool.Idle] {
        guard smallBytes + buffer.bytes <= most else { return [buffer] }
        small[buffer.bytes, default: []].append(buffer.address)
        smallBytes += buffer.bytes
        return []
    }

    /// Keeps a large buffer, and says which have to go for it.
    fileprivate mutating func keep(large buffer: BufferPool.Idle, most: Int) -> [BufferPool.Idle] {
        large.append(buffer)
        largeBytes += buffer.bytes
        var count = 0
        while largeBytes > most {
            largeBytes -= large[count].bytes
            count += 1
        }
        defer { large.removeFirst(count) }
        return Array(large.prefix(count))
    }
}
