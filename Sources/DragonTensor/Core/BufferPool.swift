import CKernels
import Synchronization

/// Keeps the buffers of finished tensors for the next ones.
///
/// A fresh megabyte from the system costs 256 page faults; a forward pass makes thousands of tensors of a few sizes,
/// so handing buffers on saves about a tenth of its time. Large ones, idle or not, are hardly more than were in use at
/// once since the pool was drained: what an edit needs at its height is what it may keep until its end.
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
        var idleBytes = 0
        /// Bytes of large buffers that tensors have now, and the most that they had at once.
        var lentBytes = 0
        var mostLent = 0
    }

    private let state = Mutex(State())
    /// Bytes of small idle buffers above which a returned one goes back to the system.
    private static let mostSmall = 1 << 26
    /// Bytes of large buffers that may be there beyond the most that were in use at once: sizes never fit entirely.
    fileprivate static let spare = 1 << 27

    deinit { drain() }

    /// A 64-byte aligned buffer of at least `count` floats, its contents undefined, and its real size in bytes.
    func take(_ count: Int) -> (UnsafeMutablePointer<Float>, Int)? {
        // Kernels may read a little past an array's end; see DRAGON_SLACK.
        let bytes = Self.roundedSize((count + Int(DRAGON_SLACK)) * MemoryLayout<Float>.size)
        let (kept, leaving) = state.withLock { $0.take(bytes) }
        for buffer in leaving { buffer.release() }
        if let kept, let pointer = UnsafeMutableRawPointer(bitPattern: kept.address) {
            return (pointer.assumingMemoryBound(to: Float.self), kept.bytes)
        }
        if let pointer = SystemMemory.allocate(bytes) { return (pointer.assumingMemoryBound(to: Float.self), bytes) }
        drain()
        guard let pointer = SystemMemory.allocate(bytes) else {
            state.withLock { $0.count(lent: -bytes) }
            return nil
        }
        return (pointer.assumingMemoryBound(to: Float.self), bytes)
    }

    /// Takes a buffer back.
    func give(_ pointer: UnsafeMutablePointer<Float>, bytes: Int) {
        let returned = Idle(address: UInt(bitPattern: pointer), bytes: bytes)
        if !state.withLock({ $0.keep(returned, mostSmall: Self.mostSmall) }) { returned.release() }
    }

    /// Bytes of the large buffers that there are, in use or idle.
    var largeBytes: Int { state.withLock { $0.lentBytes + $0.idleBytes } }

    /// Returns every idle buffer to the system.
    func drain() {
        let all = state.withLock { state -> State in
            defer { state = State(lentBytes: state.lentBytes, mostLent: state.lentBytes) }
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
    /// And large ones that make room for one that is made anew, those that have been idle longest: what a network needs next is
    /// mostly of the sizes that it has just used.
    fileprivate mutating func take(_ bytes: Int) -> (kept: BufferPool.Idle?, leaving: [BufferPool.Idle]) {
        guard SystemMemory.isMapped(bytes) else {
            guard let address = small[bytes]?.popLast() else { return (nil, []) }
            smallBytes -= bytes
            return (BufferPool.Idle(address: address, bytes: bytes), [])
        }
        let fitting = large.indices.filter { bytes...(bytes + bytes / 2) ~= large[$0].bytes }
        if let index = fitting.min(by: { (large[$0].bytes, $1) < (large[$1].bytes, $0) }) {
            let kept = large.remove(at: index)
            idleBytes -= kept.bytes
            count(lent: kept.bytes)
            return (kept, [])
        }
        count(lent: bytes)
        var count = 0
        while idleBytes > 0, lentBytes + idleBytes > mostLent + BufferPool.spare {
            idleBytes -= large[count].bytes
            count += 1
        }
        defer { large.removeFirst(count) }
        return (nil, Array(large.prefix(count)))
    }

    /// Keeps a buffer, or says that it has to go.
    fileprivate mutating func keep(_ buffer: BufferPool.Idle, mostSmall: Int) -> Bool {
        if SystemMemory.isMapped(buffer.bytes) {
            large.append(buffer)
            idleBytes += buffer.bytes
            count(lent: -buffer.bytes)
        } else {
            guard smallBytes + buffer.bytes <= mostSmall else { return false }
            small[buffer.bytes, default: []].append(buffer.address)
            smallBytes += buffer.bytes
        }
        return true
    }

    /// Large buffers that are lent, or come back where that is below 0.
    fileprivate mutating func count(lent bytes: Int) {
        guard SystemMemory.isMapped(abs(bytes)) else { return }
        lentBytes += bytes
        mostLent = max(mostLent, lentBytes)
    }
}
