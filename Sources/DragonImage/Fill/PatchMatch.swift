#if canImport(Glibc)
    import Glibc
#endif

/// Patches of a picture's known part that resemble those that touch its hole, found by PatchMatch (Barnes et al., 2009):
/// good matches spread to neighbours, and random tries around them find better ones.
struct PatchMatch {
    static let radius = 3
    /// Where each pixel's patch takes its content from, as a position in the level; −1 where no patch is sought.
    private(set) var match: [Int32]
    /// Mean square difference of the patches.
    private(set) var cost: [Float]
    /// Pixels whose patch touches the hole, row by row.
    let sought: [Int32]
    /// Pixels around which a whole known patch lies.
    private let isSource: [Bool]
    private let sources: [Int32]
    private var random: UInt64
    /// What a source costs that is as far away as the level is wide: what lies near is likelier to go on in the hole.
    private static let farness: Float = 0.01

    /// How many patches take their content from each cell of sources: what is copied again and again shows.
    private var uses: [Int32]
    private let cellsAcross: Int
    private static let cellSide = 4
    /// What a source costs that is taken once more than it may be, in costs as they are usual (the idea of occurrences: Kaspar et al.,
    /// Self Tuning Texture Optimization, 2015).
    private static let crowding: Float = 0.5
    private var usualCost: Float = 0
    /// How often a source may be taken for nothing: a line that goes through the hole is made of what there is of it.
    private let fairShare: Float

    /// - Returns: nil where no known patch exists.
    init?(_ level: FillLevel, seed: UInt64) {
        let (r, w, h) = (Self.radius, level.width, level.height)
        let near = Self.dilated(level.isHole, w, h, by: r)
        sought = near.indices.filter { near[$0] }.map(Int32.init)
        var isSource = [Bool](repeating: false, count: w * h)
        guard w > 2 * r, h > 2 * r else { return nil }
        for y in r..<h - r { for x in r..<w - r { isSource[y * w + x] = !near[y * w + x] } }
        sources = isSource.indices.filter { isSource[$0] }.map(Int32.init)
        guard !sources.isEmpty else { return nil }
        self.isSource = isSource
        match = Array(repeating: -1, count: w * h)
        cost = Array(repeating: .infinity, count: w * h)
        cellsAcross = (w + Self.cellSide - 1) / Self.cellSide
        uses = Array(repeating: 0, count: cellsAcross * ((h + Self.cellSide - 1) / Self.cellSide))
        fairShare = 2 * max(1, Float(sought.count) / Float(sources.count))
        random = seed | 1
    }

    private static func dilated(_ cells: [Bool], _ width: Int, _ height: Int, by reach: Int) -> [Bool] {
        var (across, result) = (cells, cells)
        for y in 0..<height {
            for x in 0..<width where cells[y * width + x] {
                for i in max(0, x - reach)...min(width - 1, x + reach) { across[y * width + i] = true }
            }
        }
        for y in 0..<height {
            for x in 0..<width where across[y * width + x] {
                for j in max(0, y - reach)...min(height - 1, y + reach) { result[j * width + x] = true }
            }
        }
        return result
    }

    /// Costs of the patches that are matched.
    var costs: [Float] { sought.map { cost[Int($0)] }.filter(\.isFinite) }

    /// How badly patches and their matches agree: the mean cost.
    var disagreement: Float {
        let costs = costs
        return costs.isEmpty ? .infinity : costs.reduce(0, +) / Float(costs.count)
    }

    /// Takes over the matches of a level of half the size, or random ones.
    mutating func begin(from coarse: PatchMatch?, coarseWidth: Int, in level: FillLevel) {
        let w = level.width
        for at in sought.map(Int.init) {
            var start = Int(sources[next(sources.count)])
            if let coarse {
                let (x, y) = (at % w, at / w)
                let found = coarse.match[y / 2 * coarseWidth + x / 2]
                if found >= 0 {
                    let (fx, fy) = (2 * (Int(found) % coarseWidth) + x % 2, 2 * (Int(found) / coarseWidth) + y % 2)
                    if fx < w, fy < level.height, isSource[fy * w + fx] { start = fy * w + fx }
                }
            }
            match[at] = Int32(start)
        }
    }

    /// Fills the hole of the coarsest level from its border inwards, ring by ring: each pixel becomes the middle of the source
    /// patch that agrees best with what is known around it (the order of Criminisi, Pérez and Toyama, 2004, without priorities).
    ///
    /// - Parameter plainness: weight of what a source would bring that nothing around the pixel asks for.
    mutating func peel(_ level: inout FillLevel, plainness: Float) throws {
        let w = level.width
        var isKnown = level.isHole.map { !$0 }
        // Every few sources, where there are many.
        let stride = max(1, level.holeCount * sources.count / Self.mostComparisons)
        while true {
            let ring = isKnown.indices.filter { !isKnown[$0] && hasKnownNeighbour($0, isKnown, w) }
            guard !ring.isEmpty else { return }
            try Cancellation.check()
            for at in ring {
                var (best, least) = (Int(match[at]), Float.infinity)
                let mean = knownMean(level, at, isKnown)
                for index in Swift.stride(from: next(stride), to: sources.count, by: stride) {
                    let from = Int(sources[index])
                    let found = distance(level, at, from, knowing: isKnown, mean: mean, plainness) + penalty(at, from, w)
                    if found < least { (best, least) = (from, found) }
                }
                match[at] = Int32(best)
                if best >= 0 { level.colours[at] = level.colours[best] }
            }
            for at in ring { isKnown[at] = true }
        }
    }

    private static let mostComparisons = 700_000

    private func hasKnownNeighbour(_ at: Int, _ isKnown: [Bool], _ width: Int) -> Bool {
        let x = at % width
        return (x > 0 && isKnown[at - 1]) || (x + 1 < width && isKnown[at + 1]) || (at >= width && isKnown[at - width])
            || (at + width < isKnown.count && isKnown[at + width])
    }

    private func penalty(_ at: Int, _ from: Int, _ width: Int) -> Float {
        let (dx, dy) = (Float(at % width - from % width), Float(at / width - from / width))
        return Self.farness * (dx * dx + dy * dy) / Float(width * width)
    }

    private func cell(_ source: Int, _ width: Int) -> Int { source / width / Self.cellSide * cellsAcross + source % width / Self.cellSide }

    /// What a source costs for being taken often already, by other patches than the one it is for.
    private func crowding(_ candidate: Int, for at: Int, _ width: Int) -> Float {
        let cell = cell(candidate, width)
        let own = match[at] >= 0 && self.cell(Int(match[at]), width) == cell ? 1 : 0
        let share = Float(Int(uses[cell]) - own + 1) / Float(Self.cellSide * Self.cellSide)
        return Self.crowding * usualCost * max(0, share - fairShare)
    }

    private mutating func countUses(_ width: Int) {
        for i in uses.indices { uses[i] = 0 }
        for at in sought where match[Int(at)] >= 0 { uses[cell(Int(match[Int(at)]), width)] += 1 }
    }

    /// Measures the matches anew on changed colours, and improves them by sweeps in alternating directions.
    ///
    /// - Parameter reach: how far from a match better ones are tried, in pixels.
    mutating func improve(in level: FillLevel, sweeps: Int, reach: Int) throws {
        for at in sought.map(Int.init) {
            cost[at] = distance(level, at, Int(match[at]), below: .infinity) + penalty(at, Int(match[at]), level.width)
        }
        let sorted = costs.sorted()
        usualCost = sorted.isEmpty ? 0 : sorted[sorted.count / 2]
        countUses(level.width)
        for at in sought.map(Int.init) { cost[at] += crowding(Int(match[at]), for: at, level.width) }
        for sweep in 0..<sweeps {
            try Cancellation.check()
            let isForward = sweep % 2 == 0
            for index in sought.indices {
                improve(Int(sought[isForward ? index : sought.count - 1 - index]), step: isForward ? -1 : 1, reach: reach, level)
            }
        }
    }

    private mutating func improve(_ at: Int, step: Int, reach: Int, _ level: FillLevel) {
        let w = level.width
        // What a neighbour takes its content from, one pixel on.
        for offset in [step, step * w] where match.indices.contains(at + offset) && match[at + offset] >= 0 {
            attempt(at, Int(match[at + offset]) - offset, level)
        }
        var reach = reach
        while reach >= 1 {
            let best = Int(match[at])
            let (x, y) = (best % w + next(2 * reach + 1) - reach, best / w + next(2 * reach + 1) - reach)
            if x >= 0, x < w, y >= 0, y < level.height { attempt(at, y * w + x, level) }
            reach /= 2
        }
    }

    private mutating func attempt(_ at: Int, _ candidate: Int, _ level: FillLevel) {
        guard isSource.indices.contains(candidate), isSource[candidate], candidate != Int(match[at]) else { return }
        let extra = penalty(at, candidate, level.width) + crowding(candidate, for: at, level.width)
        guard extra < cost[at] else { return }
        let found = distance(level, at, candidate, below: cost[at] - extra) + extra
        guard found < cost[at] else { return }
        if match[at] >= 0 { uses[cell(Int(match[at]), level.width)] -= 1 }
        uses[cell(candidate, level.width)] += 1
        (match[at], cost[at]) = (Int32(candidate), found)
    }

    /// Mean square difference of the patches around two pixels; what leaves the level is left out. Ends early beyond `limit`.
    private func distance(_ level: FillLevel, _ at: Int, _ from: Int, below limit: Float) -> Float {
        let (r, w, h) = (Self.radius, level.width, level.height)
        let (x, y) = (at % w, at / w)
        let (left, right) = (max(-r, -x), min(r, w - 1 - x))
        let (top, bottom) = (max(-r, -y), min(r, h - 1 - y))
        let count = Float(3 * (right - left + 1) * (bottom - top + 1))
        let most = limit * count
        return level.colours.withUnsafeBufferPointer { colours in
            var sum = SIMD4<Float>.zero
            for j in top...bottom {
                let (a, b) = (at + j * w, from + j * w)
                for i in left...right {
                    let d = colours[a + i] - colours[b + i]
                    sum += d * d
                }
                if sum.sum() > most { return .infinity }
            }
            return sum.sum() / count
        }
    }

    /// The same over known pixels; for the others the source should bring no more than the known ones' mean, or faces would
    /// grow out of a plain sky that borders on one elsewhere. Infinite where nothing is known.
    private func distance(
        _ level: FillLevel, _ at: Int, _ from: Int, knowing isKnown: [Bool], mean: SIMD4<Float>, _ plainness: Float
    ) -> Float {
        let (r, w, h) = (Self.radius, level.width, level.height)
        let (x, y) = (at % w, at / w)
        var (known, unknown, knownCount, unknownCount) = (Float(0), Float(0), Float(0), Float(0))
        for j in max(-r, -y)...min(r, h - 1 - y) {
            for i in max(-r, -x)...min(r, w - 1 - x) {
                let source = level.colours[from + j * w + i]
                if isKnown[at + j * w + i] {
                    let d = source - level.colours[at + j * w + i]
                    known += (d * d).sum()
                    knownCount += 3
                } else {
                    let d = source - mean
                    unknown += (d * d).sum()
                    unknownCount += 3
                }
            }
        }
        guard knownCount > 0 else { return .infinity }
        return known / knownCount + plainness * unknown / max(unknownCount, 1)
    }

    /// The mean colour of what is known around a pixel.
    private func knownMean(_ level: FillLevel, _ at: Int, _ isKnown: [Bool]) -> SIMD4<Float> {
        let (r, w, h) = (Self.radius, level.width, level.height)
        let (x, y) = (at % w, at / w)
        var (sum, count) = (SIMD4<Float>.zero, Float(0))
        for j in max(-r, -y)...min(r, h - 1 - y) {
            for i in max(-r, -x)...min(r, w - 1 - x) where isKnown[at + j * w + i] {
                sum += level.colours[at + j * w + i]
                count += 1
            }
        }
        return count > 0 ? sum / count : sum
    }

    /// A whole number from 0 to below `count` (xorshift64*).
    private mutating func next(_ count: Int) -> Int {
        random ^= random >> 12
        random ^= random << 25
        random ^= random >> 27
        return Int((random &* 2_685_821_657_736_338_717) >> 33) % max(count, 1)
    }
}
