#if canImport(Glibc)
    import Glibc
#endif

/// Throws where a computation should end early.
typealias Checkpoint = @Sendable () throws -> Void

/// Fills a hole with the texture around it: patches that agree with each other and with the hole's border, from coarse to
/// fine (Wexler, Shechtman and Irani, 2007). Its finest detail is copied, not averaged, so that its grain is that of the
/// surroundings.
struct TextureFill {
    private let colours: Raster
    private let smooth: Raster
    /// The part of the raster that is looked at: the hole and as much around it.
    private let part: PixelBox
    private let isHole: [Bool]
    private let checkpoint: Checkpoint

    /// Pixels of a hole that patches are sought for; larger holes are solved at a smaller scale.
    private static let mostPixels = 16_000
    /// Scales whose detail is copied from single pixels, not averaged: averages of patches that disagree have too little grain.
    private static let copied = 2
    /// Sides of the hole, in pixels, at the coarsest scale.
    private static let coarsest = 32

    /// - Parameters:
    ///   - smooth: the same raster with the hole filled smoothly.
    ///   - checkpoint: asked now and then; what it throws ends the filling.
    init(_ colours: Raster, smooth: Raster, hole: Hole, checkpoint: @escaping Checkpoint = {}) {
        (self.colours, self.smooth, self.checkpoint) = (colours, smooth, checkpoint)
        let whole = PixelBox(x: 0, y: 0, width: colours.width, height: colours.height)
        guard let bounds = hole.bounds else {
            (part, isHole) = (PixelBox(x: 0, y: 0, width: 0, height: 0), [])
            return
        }
        let side = max(bounds.width, bounds.height)
        let part = bounds.grown(by: Int(hole.reach) + max(48, side)).clipped(to: whole)
        self.part = part
        isHole = (0..<part.width * part.height).map { at in
            hole.contains((at / part.width + part.y) * colours.width + at % part.width + part.x)
        }
    }

    /// The raster with its hole filled; the smooth one where there is nothing to take texture from.
    func run() throws -> Raster {
        guard isHole.contains(true) else { return smooth }
        let whole = level()
        let trend = Trend(of: whole)
        var levels = [trend.added(to: whole, times: -1)]
        while let last = levels.last, min(last.width, last.height) > 24, Self.side(last) > Self.coarsest { levels.append(last.halved) }
        let finest = levels.firstIndex { $0.holeCount <= Self.mostPixels } ?? levels.count - 1
        // Detail is what coarser levels lack, so there must be some.
        while let last = levels.last, levels.count <= finest + Self.copied { levels.append(last.halved) }
        guard let (match, solved) = try solve(levels, finest: finest) else { return smooth }
        return finished(levels, match, solved, level: finest, trend)
    }

    /// The part as a level, its hole filled smoothly.
    private func level() -> FillLevel {
        var values = [Float](repeating: 0, count: part.width * part.height * 3)
        for at in 0..<part.width * part.height {
            let from = (at / part.width + part.y) * colours.width + at % part.width + part.x
            for c in 0..<3 { values[3 * at + c] = isHole[at] ? smooth.planes[c][from] : colours.planes[c][from] }
        }
        return FillLevel(width: part.width, height: part.height, colours: values, isHole: isHole)
    }

    private static func side(_ level: FillLevel) -> Int {
        let cells = Mask(height: level.height, width: level.width, cells: level.isHole)
        return cells.bounds.map { min($0.width, $0.height) } ?? 0
    }

    /// Matches and colours of the finest level that is solved.
    private func solve(_ levels: [FillLevel], finest: Int) throws -> (PatchMatch, FillLevel)? {
        var (coarse, coarseWidth): (PatchMatch?, Int) = (nil, 0)
        for index in stride(from: levels.count - 1, through: finest, by: -1) {
            var level = levels[index]
            guard var match = PatchMatch(level, seed: UInt64(index) &* 0x9E37_79B9_7F4A_7C15) else { continue }
            match.begin(from: coarse, coarseWidth: coarseWidth, in: level)
            if coarse == nil { try match.peel(&level, checkpoint) } else { vote(match, into: &level) }
            for round in 0..<(index == finest ? 3 : 6) {
                try match.improve(in: level, sweeps: round == 0 ? 4 : 2, checkpoint)
                vote(match, into: &level)
            }
            (coarse, coarseWidth) = (match, level.width)
            if index == finest { return (match, level) }
        }
        return nil
    }

    /// Every pixel of the hole becomes the mean of what the patches over it hold there, better matches counting more.
    private func vote(_ match: PatchMatch, into level: inout FillLevel) {
        let costs = match.sought.map { match.cost[Int($0)] }.filter(\.isFinite).sorted()
        let typical = max(costs.isEmpty ? 0 : costs[costs.count * 3 / 4], 1e-6)
        let weights = match.cost.map { $0.isFinite ? expf(-$0 / (2 * typical)) + 1e-6 : 1 }
        var result = level.colours
        for at in match.sought.map(Int.init) where level.isHole[at] {
            let mean = voted(at, match, level, weights)
            for c in 0..<3 { result[3 * at + c] = mean[c] }
        }
        level.colours = result
    }

    private func voted(_ at: Int, _ match: PatchMatch, _ level: FillLevel, _ weights: [Float]) -> SIMD4<Float> {
        let (r, w, h) = (PatchMatch.radius, level.width, level.height)
        let (x, y) = (at % w, at / w)
        var (sum, total) = (SIMD4<Float>.zero, Float(0))
        for j in max(-r, y - h + 1)...min(r, y) {
            for i in max(-r, x - w + 1)...min(r, x) {
                // The patch around (x − i, y − j) covers the pixel.
                let centre = at - j * w - i
                let from = Int(match.match[centre])
                guard from >= 0 else { continue }
                let source = from + j * w + i
                sum += weights[centre] * SIMD4(level.colours[3 * source], level.colours[3 * source + 1], level.colours[3 * source + 2], 0)
                total += weights[centre]
            }
        }
        return total > 0 ? sum / total : level.colour(x, y)
    }

    /// The full raster: the solved level's colours, and over them the detail of the pixel that each one is matched with.
    private func finished(_ levels: [FillLevel], _ match: PatchMatch, _ solved: FillLevel, level: Int, _ trend: Trend) -> Raster {
        let base = level + Self.copied
        var low = (0..<Self.copied).reduce(solved) { coarse, _ in coarse.halved }
        let known = levels[base]
        healBorder(of: &low, match, solved)
        let (scale, cell) = (1 << base, 1 << level)
        let detail = copiedDetail(levels[0], known, match, solved, cell: cell, scale: scale)
        let gain = gain(of: detail, levels[0], known, scale: scale)
        var planes = smooth.planes
        let ranges = planes.map(samples)
        for at in isHole.indices where isHole[at] {
            let (x, y) = (at % part.width, at / part.width)
            let value = low.sample(x, y, scale: scale) + trend.value(x, y) + gain * detail[at]
            let to = (y + part.y) * colours.width + x + part.x
            for c in 0..<3 { planes[c][to] = value[c].clamped(to: ranges[c]) }
        }
        return Raster(width: colours.width, height: colours.height, planes: planes)
    }

    /// For each pixel of the hole, what the pixel that it is matched with has over its coarser surroundings.
    private func copiedDetail(
        _ full: FillLevel, _ known: FillLevel, _ match: PatchMatch, _ solved: FillLevel, cell: Int, scale: Int
    ) -> [SIMD4<Float>] {
        var detail = [SIMD4<Float>](repeating: .zero, count: isHole.count)
        for at in isHole.indices where isHole[at] {
            let (x, y) = (at % part.width, at / part.width)
            let found = Int(match.match[min(y / cell, solved.height - 1) * solved.width + min(x / cell, solved.width - 1)])
            let (fx, fy) = (found % solved.width * cell + x % cell, found / solved.width * cell + y % cell)
            if found >= 0, fx < full.width, fy < full.height { detail[at] = full.colour(fx, fy) - known.sample(fx, fy, scale: scale) }
        }
        return detail
    }

    /// What brings the grain of the copied detail to that of the hole's surroundings, within limits: they may really differ.
    private func gain(of detail: [SIMD4<Float>], _ full: FillLevel, _ known: FillLevel, scale: Int) -> SIMD4<Float> {
        let distances = DistanceField(to: Mask(height: part.height, width: part.width, cells: isHole)).distances
        var (inside, around) = (SIMD4<Float>.zero, SIMD4<Float>.zero)
        var counts: (inside: Float, around: Float) = (0, 0)
        // Cells of the coarser level that touch the hole know nothing of their colour.
        let (first, last) = (Float(2 * scale), Float(2 * scale + 16))
        for at in isHole.indices {
            if isHole[at] {
                inside += detail[at] * detail[at]
                counts.inside += 1
            } else if distances[at] > first, distances[at] <= last {
                let found = full.colour(at: at) - known.sample(at % part.width, at / part.width, scale: scale)
                around += found * found
                counts.around += 1
            }
        }
        guard counts.inside > 0, counts.around > 0 else { return SIMD4(repeating: 1) }
        let ratio = (around / counts.around) / (inside / counts.inside + SIMD4(repeating: 1e-9))
        return ratio.squareRoot().clamped(lowerBound: SIMD4(repeating: 0.8), upperBound: SIMD4(repeating: 1.25))
    }

    /// Takes out of the low frequencies what they miss of the known pixels at the hole's border, spread inwards. Misses are
    /// averaged over a stretch of the border first, or its grain would be spread as blotches.
    private func healBorder(of low: inout FillLevel, _ match: PatchMatch, _ solved: FillLevel) {
        let ring = match.sought.map(Int.init).filter { !solved.isHole[$0] }
        let weights = [Float](repeating: 1, count: match.cost.count)
        let (stretch, factor) = (4, 4 << Self.copied)
        let (width, height) = ((low.width + stretch - 1) / stretch, (low.height + stretch - 1) / stretch)
        var (misses, share) = ([SIMD4<Float>](repeating: .zero, count: width * height), [Float](repeating: 0, count: width * height))
        for at in ring {
            let to = at / solved.width / factor * width + at % solved.width / factor
            misses[to] += solved.colour(at % solved.width, at / solved.width) - voted(at, match, solved, weights)
            share[to] += 1
        }
        for i in share.indices where share[i] > 0 { misses[i] /= share[i] }
        // A stretch with few pixels says little.
        let trust = share.map { min($0 / Float(factor), 1) }
        for c in 0..<3 {
            let inward = spread(misses.map { $0[c] }, weights: trust, width: width, height: height)
            for i in low.isHole.indices where low.isHole[i] {
                let (x, y) = (Float(i % low.width), Float(i / low.width))
                low.colours[3 * i + c] += bilinear(
                    inward, width, height, (x + 0.5) / Float(stretch) - 0.5, (y + 0.5) / Float(stretch) - 0.5)
            }
        }
    }
}
