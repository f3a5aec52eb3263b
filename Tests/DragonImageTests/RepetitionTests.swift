import Testing

@testable import DragonImage

@Suite("What fills a hole is not one place copied again and again")
struct RepetitionTests {
    /// A hole whose patches resemble one small place best, and everything else nearly as well.
    @Test("a place that resembles all of the hole is taken a few times, not everywhere")
    func crowding() throws {
        let side = 64
        let isHole = (0..<side * side).map { (22..<42).contains($0 % side) && (22..<42).contains($0 / side) }
        let colours = (0..<side * side).map { at -> SIMD4<Float> in
            let (x, y) = (at % side, at / side)
            if isHole[at] { return SIMD4(0.5, 0.5, 0.5, 0) }
            let isLike = (4..<15).contains(x) && (4..<15).contains(y)
            let grain = Float((x * 37 + y * 101) % 17) / 17 * 0.02
            return SIMD4(repeating: (isLike ? 0.52 : 0.6) + grain) * SIMD4(1, 1, 1, 0)
        }
        let level = FillLevel(width: side, height: side, colours: colours, isHole: isHole)
        var match = try #require(PatchMatch(level, seed: 5))
        match.begin(from: nil, coarseWidth: 0, in: level)
        try match.improve(in: level, sweeps: 6, reach: side)
        var uses: [Int: Int] = [:]
        for at in match.sought { uses[Int(match.match[Int(at)]) / side / 4 * 100 + Int(match.match[Int(at)]) % side / 4, default: 0] += 1 }
        // Of 676 patches; left alone, nearly all would meet in the few cells of that place.
        let most = try #require(uses.values.max())
        #expect(most <= 6 * 16, "\(most)")
    }
}
