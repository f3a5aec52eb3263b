/// Byte-pair encoding: which tokens the bytes of a word are, and which pairs of tokens merge into one, in which order.
///
/// Sennrich, Haddow and Birch 2016, over bytes as in GPT-2, the last byte of a word marked.
struct BytePairs: Sendable {
    /// What becomes of two neighbours.
    struct Merge {
        /// Lower ranks go first.
        let rank: Int32
        let token: Int32
    }

    /// Tokens of the 256 bytes within a word.
    let bytes: [Int32]
    /// Tokens of the 256 bytes at the end of a word.
    let lastBytes: [Int32]
    private let merges: [UInt64: Merge]

    init(bytes: [Int32], lastBytes: [Int32], merges: [(left: Int32, right: Int32, token: Int32)]) {
        self.bytes = bytes
        self.lastBytes = lastBytes
        var table: [UInt64: Merge] = [:]
        table.reserveCapacity(merges.count)
        for (rank, merge) in merges.enumerated() {
            table[Self.key(merge.left, merge.right)] = Merge(rank: Int32(clamping: rank), token: merge.token)
        }
        self.merges = table
    }

    private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    }

    fileprivate func merge(_ left: Int32, _ right: Int32) -> Merge? { merges[Self.key(left, right)] }

    /// The tokens of a word, in time n log n of its bytes.
    func encode(_ word: some Sequence<UInt8>) -> [Int32] {
        var symbols = word.map { bytes[Int($0)] }
        guard let last = Array(word).last else { return [] }
        symbols[symbols.count - 1] = lastBytes[Int(last)]
        var chain = SymbolChain(symbols)
        chain.mergeAll(self)
        return chain.remaining
    }
}

/// The symbols of a word as a list that closes over what was merged away, with the merges still possible, best first.
private struct SymbolChain {
    private struct Symbol {
        var token: Int32
        var previous: Int
        var next: Int
        var isMerged = false
    }

    /// A merge of the symbol at a position with the one after it, as it stood when it was found.
    private struct Candidate {
        let rank: Int32
        let position: Int
        let token: Int32

        static func < (left: Candidate, right: Candidate) -> Bool {
            (left.rank, left.position) < (right.rank, right.position)
        }
    }

    private var symbols: [Symbol]
    private var heap: [Candidate] = []

    init(_ tokens: [Int32]) {
        symbols = tokens.enumerated().map { index, token in
            Symbol(token: token, previous: index - 1, next: index + 1 < tokens.count ? index + 1 : -1)
        }
    }

    var remaining: [Int32] { symbols.filter { !$0.isMerged }.map(\.token) }

    mutating func mergeAll(_ pairs: BytePairs) {
        for position in symbols.indices { propose(position, pairs) }
        while let best = pop() {
            let left = symbols[best.position]
            // The candidate may be out of date: either side may have become part of something else.
            guard !left.isMerged, left.next >= 0,
                pairs.merge(left.token, symbols[left.next].token)?.token == best.token
            else { continue }
            let right = symbols[left.next]
            symbols[left.next].isMerged = true
            symbols[best.position].token = best.token
            symbols[best.position].next = right.next
            if right.next >= 0 { symbols[right.next].previous = best.position }
            if left.previous >= 0 { propose(left.previous, pairs) }
            propose(best.position, pairs)
        }
    }

    private mutating func propose(_ position: Int, _ pairs: BytePairs) {
        let symbol = symbols[position]
        guard symbol.next >= 0, let merge = pairs.merge(symbol.token, symbols[symbol.next].token) else { return }
        heap.append(Candidate(rank: merge.rank, position: position, token: merge.token))
        var child = heap.count - 1
        while child > 0, heap[child] < heap[(child - 1) / 2] {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private mutating func pop() -> Candidate? {
        guard let best = heap.first, let last = heap.popLast() else { return nil }
        guard !heap.isEmpty else { return best }
        heap[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child] < heap[least] { least = child }
            if least == parent { return best }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
