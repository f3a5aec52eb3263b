/// Special tokens that are looked for in a text, in an order that finds the longest quickly, however many they are.
struct Markers: Sendable {
    struct Marker: Sendable {
        let scalars: [Unicode.Scalar]
        let token: Int
    }

    /// By their scalars; no two are equal.
    private let sorted: [Marker]

    /// - Parameter markers: of several with the same scalars the first counts; empty ones are found nowhere.
    init(_ markers: [Marker]) {
        var seen: Set<[Unicode.Scalar]> = [[]]
        sorted = markers.filter { seen.insert($0.scalars).inserted }
            .sorted { $0.scalars.lexicographicallyPrecedes($1.scalars) }
    }

    var isEmpty: Bool { sorted.isEmpty }

    /// The longest that a text starts with.
    func longest(at text: ArraySlice<Unicode.Scalar>) -> Marker? {
        var (candidates, depth, best) = (sorted.startIndex..<sorted.endIndex, 0, Marker?.none)
        for scalar in text {
            // Those among the candidates, which share `depth` scalars with the text, that share one more.
            let lower = first(in: candidates, depth) { $0 >= scalar }
            candidates = lower..<first(in: lower..<candidates.upperBound, depth) { $0 > scalar }
            guard !candidates.isEmpty else { break }
            depth += 1
            if sorted[candidates.lowerBound].scalars.count == depth { best = sorted[candidates.lowerBound] }
        }
        return best
    }

    /// The first of a range whose scalar at `depth` is one of those wanted, which stand last; a marker that ends there comes before all.
    private func first(in range: Range<Int>, _ depth: Int, where isWanted: (Unicode.Scalar) -> Bool) -> Int {
        var (low, high) = (range.lowerBound, range.upperBound)
        while low < high {
            let middle = (low + high) / 2
            let scalars = sorted[middle].scalars
            if depth < scalars.count, isWanted(scalars[depth]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
