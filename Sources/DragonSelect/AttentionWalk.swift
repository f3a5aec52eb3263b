import DragonImage
import Foundation

extension AttentionChain {
    /// A cell is reached where its probability, of the largest, is over this (M2N2, section 3.2).
    private static let threshold: Float = 0.3
    /// Steps of a walk.
    static let mostSteps = 128

    /// The Markov map of some cells: at which step of a walk that begins in them, p ← p·A, each cell is reached; 1 for those
    /// themselves, ``mostSteps`` + 1 for what is never reached.
    func arrivals(from seeds: [Int]) -> [Int] {
        var arrivals = [Int](repeating: Self.mostSteps + 1, count: cells)
        var (presence, left) = ([Float](repeating: 0, count: cells), cells)
        for seed in seeds { presence[seed] = 1 }
        for step in 0...Self.mostSteps where left > 0 {
            let least = (presence.max() ?? 0) * Self.threshold
            for cell in 0..<cells where arrivals[cell] > Self.mostSteps && presence[cell] > least {
                arrivals[cell] = step + 1
                left -= 1
            }
            presence = presence.withUnsafeBufferPointer { values in (0..<cells).map { sum(of: $0, values) } }
        }
        return connected(arrivals, from: seeds)
    }

    /// No cell earlier than what lies on every way to it from the seeds: what looks alike elsewhere is another object (M2N2's flood
    /// fill, section 3.4).
    private func connected(_ arrivals: [Int], from seeds: [Int]) -> [Int] {
        var (result, waiting) = ([Int](repeating: Self.mostSteps + 1, count: cells), [[Int]](repeating: [], count: Self.mostSteps + 2))
        for seed in seeds {
            result[seed] = 1
            waiting[1].append(seed)
        }
        for step in 1...Self.mostSteps {
            while let cell = waiting[step].popLast() {
                for next in neighbours(of: cell) where max(step, arrivals[next]) < result[next] {
                    result[next] = max(step, arrivals[next])
                    waiting[result[next]].append(next)
                }
            }
        }
        return result
    }

    private func neighbours(of cell: Int) -> [Int] {
        let (x, y) = (cell % width, cell / width)
        return [
            x > 0 ? cell - 1 : nil, x + 1 < width ? cell + 1 : nil, y > 0 ? cell - width : nil, y + 1 < height ? cell + width : nil,
        ].compactMap { $0 }
    }
}

/// What a walk over the attention of a picture's cells says of an object: by when each cell is reached from it, and by when from what
/// lies beside it.
struct AttentionMap {
    let chain: AttentionChain
    /// Pixels of the picture to a cell.
    let scale: Double
    /// Logarithms of the steps.
    private let inside: [Float]
    private let outside: [Float]?

    /// Where less and more than an object's size are reached at very different steps the attention knows a border there. It is trusted
    /// by the gap between the logarithms of the steps, as far as that is wider than the embedded model's small network shows anywhere
    /// (2.1, measured on composed scenes); never beyond the limit, so that colours and edges may overrule it.
    private static let trust: Float = 10
    private static let leastGap: Float = 2.2
    private static let limit: Float = 6
    /// What is less and what is more than a size.
    private static let sizes = (less: 0.6, more: 1.5)
    /// Log odds that are known whatever the colours are taken for at first.
    static let certain: Float = 2

    /// A walk from each point, of which the earliest counts; those from points beside the object compete.
    init(_ chain: AttentionChain, inside: [Point], outside: [Point], in size: PixelSize) {
        let scale = Double(max(size.width, size.height)) / chain.span
        (self.chain, self.scale) = (chain, scale)
        let points = inside + outside
        let walks = inParallel(points.count) { chain.arrivals(from: [chain.cell(of: points[$0], scale: scale)]) }
        let earliest = { (walks: ArraySlice<[Int]>) -> [Float]? in
            walks.first.map { first in
                first.indices.map { cell in log(Float(walks.reduce(Int.max) { min($0, $1[cell]) })) }
            }
        }
        self.inside = earliest(walks[..<inside.count]) ?? [Float](repeating: 0, count: chain.cells)
        self.outside = earliest(walks[inside.count...])
    }

    /// Logarithm of how much likelier each cell of a part is the object's, by its step t against that by which an object of a size
    /// should be reached, and against that of the walk from beside it: ln(t' / t), scaled so that a border's two sides get what they
    /// are trusted; and that.
    ///
    /// - Parameter area: of the object, about, in the part's cells.
    func logOdds(area: Float, in part: Part) -> (cells: [Float], trusted: Float) {
        let (usual, gap) = border(area: Double(area) * Double(part.scale * part.scale) / (scale * scale))
        let trusted = min(Self.limit, Self.trust * max(0, gap - Self.leastGap))
        guard trusted > 0 else { return ([Float](repeating: 0, count: part.cellCount), 0) }
        let odds = inside.indices.map { at in
            min(max(2 * trusted / gap * (min(usual, outside?[at] ?? usual) - inside[at]), -trusted), trusted)
        }
        let ratio = Float(Double(part.scale) / scale)
        let cells = (0..<part.cellCount).map { cell in
            let x = (Float(cell % part.field.width + part.box.x) + 0.5) * ratio - 0.5
            let y = (Float(cell / part.field.width + part.box.y) + 0.5) * ratio - 0.5
            return bilinear(odds, chain.width, chain.height, x, y)
        }
        return (cells, trusted)
    }

    /// The middle between the steps by which somewhat less and somewhat more than an area are reached, and what lies between them.
    private func border(area: Double) -> (step: Float, gap: Float) {
        let sorted = inside.sorted()
        let step = { (share: Double) in sorted[min(max(Int(area * share), 0), sorted.count - 1)] }
        let (less, more) = (step(Self.sizes.less), step(Self.sizes.more))
        return ((less + more) / 2, more - less)
    }
}

extension AttentionChain {
    /// The cell in which a point of the picture lies.
    func cell(of point: Point, scale: Double) -> Int {
        min(max(Int(point.y / scale), 0), height - 1) * width + min(max(Int(point.x / scale), 0), width - 1)
    }
}
