#if canImport(Glibc)
    import Glibc
#endif

/// Fills a hole with the texture around it: patches that agree with each other and with the hole's border, from coarse to
/// fine (Wexler, Shechtman and Irani, 2007). Its finest detail is copied, not averaged, so that its grain is that of the
/// surroundings.
package struct TextureFill {
    private let colours: Raster
    private let smooth: Raster
    /// The part of the raster that is looked at: the hole and as much around it.
    private let part: PixelBox
    private let isHole: [Bool]
    private let seed: UInt64

    /// Pixels of a hole up to which patches are sought everywhere; at finer scales a match is only corrected by a few pixels.
    private static let mostSought = 16_000
    /// Pixels of a hole that patches are sought for at all; larger holes are solved at a smaller scale.
    private static let mostPixels = 2_000_000
    /// Weights of what a beginning would bring that nothing asks for; of equals the first counts.
    private static let plainness: [Float] = [0.15, 0.05, 0.4]
    /// How far a match is corrected, in pixels.
    private static let correction = 4
    /// Scales whose detail is copied from single pixels, not averaged: averages of patches that disagree have too little grain.
    private static let copied = 2
    /// Pixels around a pixel that its roughness is looked at in, at most.
    private static let mostReach = 32
    /// Sides of the hole, in pixels, at the coarsest scale.
    private static let coarsest = 32

    /// - Parameters:
    ///   - smooth: the same raster with the hole filled smoothly.
    ///   - seed: of the random tries, and so of which of the textures that fit is found.
    package init(_ colours: Raster, smooth: Raster, hole: Hole, seed: UInt64 = 0) {
        (self.colours, self.smooth, self.seed) = (colours, smooth, seed)
        let whole = PixelBox(x: 0, y: 0, width: colours.width, height: colours.height)
        guard let bounds = hole.bounds else {
            (part, isHole) = (PixelBox(x: 0, y: 0, width: 0, height: 0), [])
            return
        }
        let part = Self.part(around: bounds, reach: hole.reach, in: whole)
        self.part = part
        isHole = (0..<part.width * part.height).map { at in
            hole.contains((at / part.width + part.y) * colours.width + at % part.width + part.x)
        }
    }

    /// What is looked at to fill a hole.
    package static func part(around hole: PixelBox, reach: Float, in whole: PixelBox) -> PixelBox {
        hole.grown(by: Int(reach) + max(48, max(hole.width, hole.height))).clipped(to: whole)
    }

    /// How many times fewer pixels than the photo's the scale has at which a hole's patches are matched.
    package static func shrinkage(_ holePixels: Int) -> Double {
        var scale = 1.0
        while Double(holePixels) / scale > Double(mostPixels) { scale *= 4 }
        return scale
    }

    /// The raster with its hole filled; the smooth one where there is nothing to take texture from.
    package func run() throws -> Raster {
        guard isHole.contains(true) else { return smooth }
        let whole = level()
        try Cancellation.check()
        let trend = Trend(of: whole)
        try Cancellation.check()
        let plain = trend.added(to: whole, times: -1)
        var levels = [Roughness(of: plain, reach: Self.neighbourhood(plain)).added]
        while let last = levels.last, min(last.width, last.height) > 24, Self.side(last) > Self.coarsest { levels.append(last.halved) }
        try Cancellation.check()
        let finest = levels.firstIndex { $0.holeCount <= Self.mostPixels } ?? levels.count - 1
        // Detail is what coarser levels lack, so there must be some.
        while let last = levels.last, levels.count <= finest + Self.copied { levels.append(last.halved) }
        guard let solution = try solve(levels, finest: finest) else { return smooth }
        try Cancellation.check()
        return try finished(levels, solution.match, solution.level, level: finest, trend)
    }

    /// The part as a level, its hole filled smoothly.
    private func level() -> FillLevel {
        let values = (0..<part.width * part.height).map { at in
            let from = (at / part.width + part.y) * colours.width + at % part.width + part.x
            return isHole[at] ? smooth.colour(at: from) : colours.colour(at: from)
        }
        return FillLevel(width: part.width, height: part.height, colours: values, isHole: isHole)
    }

    /// How far around a pixel its roughness is looked at: about a cell of the coarsest scale.
    private static func neighbourhood(_ level: FillLevel) -> Int {
        var (reach, left) = (1, side(level))
        while left > coarsest, reach < mostReach { (reach, left) = (2 * reach, left / 2) }
        return reach
    }

    private static func side(_ level: FillLevel) -> Int {
        let cells = Mask(height: level.height, width: level.width, cells: level.isHole)
        return cells.bounds.map { min($0.width, $0.height) } ?? 0
    }

    /// A level and what its patches are matched with.
    private struct Solution {
        var match: PatchMatch
        var level: FillLevel
    }

    /// Matches and colours of the finest level that is solved.
    ///
    /// What the hole is begun with decides what grows in it: of several beginnings the one goes on whose patches agree best,
    /// or a stem that should go through it may end at its border.
    private func solve(_ levels: [FillLevel], finest: Int) throws -> Solution? {
        let compared = max(finest, levels.count - 2)
        let begun = try Self.plainness.compactMap { plainness in
            try descend(levels, from: nil, indices: (compared..<levels.count).reversed(), finest: finest, plainness)
        }
        // At the coarsest scales there may be no patch to take: then a finer one is begun with.
        let best = begun.min { $0.match.disagreement < $1.match.disagreement }
        return try descend(levels, from: best, indices: (finest..<compared).reversed(), finest: finest, Self.plainness[0])
    }

    /// Solves levels one after the other, each begun with what the coarser one found.
    private func descend(
        _ levels: [FillLevel], from coarse: Solution?, indices: some Sequence<Int>, finest: Int, _ plainness: Float
    ) throws -> Solution? {
        var found = coarse
        for index in indices {
            var level = levels[index]
            guard var match = PatchMatch(level, seed: UInt64(index) &* 0x9E37_79B9_7F4A_7C15 ^ seed &* 0xD134_2543_DE82_EF95) else {
                continue
            }
            match.begin(from: found?.match, coarseWidth: found?.level.width ?? 0, in: level)
            if found == nil { try match.peel(&level, plainness: plainness) } else { vote(match, into: &level) }
            let isLarge = level.holeCount > Self.mostSought
            for round in 0..<(isLarge ? 1 : index == finest ? 3 : 6) {
                let reach = isLarge ? Self.correction : max(level.width, level.height)
                try match.improve(in: level, sweeps: round > 0 || isLarge ? 2 : 4, reach: reach)
                vote(match, into: &level)
            }
            found = Solution(match: match, level: level)
        }
        return found
    }

    /// Every pixel of the hole becomes the mean of what the patches over it hold there, better matches counting more.
    private func vote(_ match: PatchMatch, into level: inout FillLevel) {
        let costs = match.costs.sorted()
        let typical = max(costs.isEmpty ? 0 : costs[costs.count * 3 / 4], 1e-6)
        let weights = match.cost.map { $0.isFinite ? expf(-$0 / (2 * typical)) + 1e-6 : 1 }
        let hole = match.sought.map(Int.init).filter { level.isHole[$0] }
        let means = hole.map { voted($0, match, level, weights) }
        for (at, mean) in zip(hole, means) { level.colours[at] = mean }
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
                sum += weights[centre] * level.colours[source]
                total += weights[centre]
            }
        }
        return total > 0 ? sum / total : level.colour(x, y)
    }

    /// The full raster: the solved level's colours, and over them the detail of the pixel that each one is matched with.
    private func finished(_ levels: [FillLevel], _ match: PatchMatch, _ solved: FillLevel, level: Int, _ trend: Trend) throws -> Raster {
        let base = level + Self.copied
        var low = (0..<Self.copied).reduce(solved) { coarse, _ in coarse.halved }
        let known = levels[base]
        let sought = levels.firstIndex { $0.holeCount <= Self.mostSought } ?? level
        healBorder(of: &low, match, solved, stretch: 4 << max(0, sought - level))
        let (scale, cell) = (1 << base, 1 << level)
        try Cancellation.check()
        let detail = copiedDetail(levels[0], known, match, solved, cell: cell, scale: scale)
        try Cancellation.check()
        let gain = gain(of: detail, levels[0], known, scale: scale)
        try Cancellation.check()
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
                let found = full.colours[at] - known.sample(at % part.width, at / part.width, scale: scale)
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
    ///
    /// - Parameter stretch: in cells of the low frequencies.
    private func healBorder(of low: inout FillLevel, _ match: PatchMatch, _ solved: FillLevel, stretch: Int) {
        let ring = match.sought.map(Int.init).filter { !solved.isHole[$0] }
        let weights = [Float](repeating: 1, count: match.cost.count)
        let factor = stretch << Self.copied
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
            let inward = smoothedIn(misses.map { $0[c] }, weights: trust, width: width, height: height)
            for i in low.isHole.indices where low.isHole[i] {
                let (x, y) = (Float(i % low.width), Float(i / low.width))
                low.colours[i][c] += bilinear(
                    inward, width, height, (x + 0.5) / Float(stretch) - 0.5, (y + 0.5) / Float(stretch) - 0.5)
            }
        }
    }
}
