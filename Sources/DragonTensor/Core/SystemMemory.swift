#if canImport(Glibc)
    import Glibc
#endif

/// Memory for the buffers of tensors, from the system and back to it.
///
/// Large buffers are mapped one by one. From the C library's heap they would leave gaps that small arrays made between
/// them hold open: some hundreds of megabytes in an edit at 512². (The library's own threshold for mapping rises to
/// 32 MiB as such buffers are freed, and it belongs to the host program.)
enum SystemMemory {
    private static let hugePage = 2 << 20

    /// Whether a buffer of that size is a mapping of its own.
    static func isMapped(_ bytes: Int) -> Bool { bytes >= hugePage }

    /// `bytes` bytes, their contents undefined, at a multiple of 64; nil where the system has no more.
    static func allocate(_ bytes: Int) -> UnsafeMutableRawPointer? {
        if isMapped(bytes) { return map(bytes) }
        // Its sizes need not be multiples of the alignment, as aligned_alloc's do.
        var pointer: UnsafeMutableRawPointer?
        return posix_memalign(&pointer, 64, bytes) == 0 ? pointer : nil
    }

    /// Gives back what `allocate` returned for the same number of bytes.
    static func release(_ pointer: UnsafeMutableRawPointer?, bytes: Int) {
        guard isMapped(bytes) else { return free(pointer) }
        if let pointer { munmap(pointer, pageMultiple(bytes)) }
    }

    /// A mapping of its own that starts on a huge page and asks for such: a fresh megabyte then costs half a page
    /// fault instead of 256.
    private static func map(_ bytes: Int) -> UnsafeMutableRawPointer? {
        let size = pageMultiple(bytes)
        let whole = mmap(nil, size + hugePage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let whole, whole != MAP_FAILED else { return nil }
        let start = whole.alignedUp(toMultipleOf: hugePage)
        let before = start - whole
        if before > 0 { munmap(whole, before) }
        munmap(start + size, hugePage - before)
        madvise(start, size, MADV_HUGEPAGE)
        return start
    }

    private static func pageMultiple(_ bytes: Int) -> Int {
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        return (bytes + page - 1) / page * page
    }
}
