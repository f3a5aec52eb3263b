/// How sure a texture fill is of a hole: by how well the patches agree that would go over each of its pixels.
///
/// Every patch that overlaps the hole is matched with the known patch that is most like it, and holds a colour for each pixel that it
/// covers (the votes of Wexler, Shechtman and Irani, 2007). Where the surroundings go on in only one way all votes are the same;
/// where different ones meet they contradict each other. With d² the variance of the votes for a pixel, its mean over the hole, and
/// c² the variance of the colours in the patches along the hole's border,
///
///     certainty = 1 − min(1, d² / (c² + ε²))
///
/// at a scale at which grain has averaged out and structure has not. The same patches tell how well any content of the hole goes with
/// its surroundings.
package struct FillCertainty {
    /// Pixels of the hole at that scale, at most.
    private static let mostPixels = 1500
    /// ε: what votes may differ by on ground without contrast.
    private static let tolerance: Float = 8.0 / 255
    private static let sweeps = 6

    private let filled: Raster
    private let hole: Mask

    /// - Parameters:
    ///   - filled: three planes or more, the hole filled.
    ///   - hole: of its size.
    package init(_ filled: Raster, hole: Mask) { (self.filled, self.hole) = (filled, hole) }

    /// How sure it is, 0 … 1; 0 where there is no patch to compare with.
    package func value() throws -> Double {
        guard let bounds = hole.bounds else { return 1 }
        guard let (match, level) = try matched(around: bounds) else { return 0 }
        let inside = match.sought.map(Int.init).filter { level.isHole[$0] }
        let border = match.sought.map(Int.init).filter { !level.isHole[$0] }
        let disagreement = Self.mean(inside.map { Self.variance(match.votes(at: $0, in: level)) })
        let contrast = Self.mean(border.map { Self.variance(Self.known(around: $0, in: level)) })
        return Double(1 - min(1, disagreement / (contrast + Self.tolerance * Self.tolerance)))
    }

    /// How unlike its surroundings the hole's content is: √ of the mean square difference, of a colour, of the patches over the hole
    /// from the known patches that are most like them (the coherence of Simakov et al., Summarizing Visual Data Using Bidirectional
    /// Similarity, 2008); 0 where there is no patch to compare with.
    package func incoherence() throws -> Double {
        guard let bounds = hole.bounds, let (match, level) = try matched(around: bounds) else { return 0 }
        return Double(Self.mean(match.sought.map { match.difference(at: Int($0), in: level) }).squareRoot())
    }

    /// The hole and its surroundings at the scale that is looked at, and what its patches are most like; nil where there is no patch.
    private func matched(around bounds: PixelBox) throws -> (PatchMatch, FillLevel)? {
        var level = part(around: bounds)
        while level.holeCount > Self.mostPixels, min(level.width, level.height) > 24 { level = level.halved }
        guard var match = PatchMatch(level, seed: 1) else { return nil }
        match.begin(from: nil, coarseWidth: 0, in: level)
        try match.improve(in: level, sweeps: Self.sweeps, reach: max(level.width, level.height))
        return (match, level)
    }

    /// The hole and as much around it as a fill looks at.
    private func part(around bounds: PixelBox) -> FillLevel {
        let whole = PixelBox(x: 0, y: 0, width: filled.width, height: filled.height)
        let part = TextureFill.part(around: bounds, reach: 0, in: whole)
        let at = (0..<part.width * part.height).map { ($0 / part.width + part.y) * filled.width + $0 % part.width + part.x }
        return FillLevel(
            width: part.width, height: part.height, colours: at.map { filled.colour(at: $0) }, isHole: at.map { hole.cells[$0] })
    }

    /// Known colours of the patch around a pixel.
    private static func known(around at: Int, in level: FillLevel) -> [SIMD4<Float>] {
        let (r, x, y) = (PatchMatch.radius, at % level.width, at / level.width)
        return (max(0, y - r)...min(level.height - 1, y + r)).flatMap { j in
            (max(0, x - r)...min(level.width - 1, x + r)).compactMap { i in
                level.isHole[j * level.width + i] ? nil : level.colour(i, j)
            }
        }
    }

    /// Mean of the three colours' variances.
    private static func variance(_ colours: [SIMD4<Float>]) -> Float {
        guard !colours.isEmpty else { return 0 }
        let count = Float(colours.count)
        let mean = colours.reduce(SIMD4<Float>.zero, +) / count
        return colours.reduce(Float(0)) { sum, colour in sum + ((colour - mean) * (colour - mean)).sum() } / (3 * count)
    }

    private static func mean(_ values: [Float]) -> Float { values.isEmpty ? 0 : values.reduce(0, +) / Float(values.count) }
}

extension PatchMatch {
    /// Mean square difference, of a colour, of the patch around a pixel from its match; what leaves the level is left out.
    fileprivate func difference(at: Int, in level: FillLevel) -> Float {
        let (r, w, h) = (Self.radius, level.width, level.height)
        let (x, y, from) = (at % w, at / w, Int(match[at]))
        var (sum, count) = (Float(0), Float(0))
        for j in max(-r, -y)...min(r, h - 1 - y) {
            for i in max(-r, -x)...min(r, w - 1 - x) {
                let d = level.colours[at + j * w + i] - level.colours[from + j * w + i]
                (sum, count) = (sum + (d * d).sum(), count + 3)
            }
        }
        return sum / count
    }

    /// What each patch over a pixel holds there.
    fileprivate func votes(at: Int, in level: FillLevel) -> [SIMD4<Float>] {
        let (r, w, h) = (Self.radius, level.width, level.height)
        let (x, y) = (at % w, at / w)
        return (max(-r, y - h + 1)...min(r, y)).flatMap { j in
            (max(-r, x - w + 1)...min(r, x)).compactMap { i -> SIMD4<Float>? in
                let from = Int(match[at - j * w - i])
                return from >= 0 ? level.colours[from + j * w + i] : nil
            }
        }
    }
}
