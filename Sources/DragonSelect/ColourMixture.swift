import Foundation

/// How likely colours are on one side of a border: a mixture of Gaussians, as GrabCut has it (Rother et al., SIGGRAPH 2004).
struct ColourMixture {
    private struct Part {
        var mean: SIMD3<Float>
        /// Of the inverse covariance: the diagonal, and xy, xz, yz twice.
        var diagonal: SIMD3<Float>
        var mixed: SIMD3<Float>
        /// Logarithm of weight and height.
        var height: Float

        @inline(__always)
        func logDensity(_ colour: SIMD3<Float>) -> Float {
            let d = colour - mean
            let products = SIMD3(d.x * d.y, d.x * d.z, d.y * d.z)
            return height - 0.5 * (d * d * diagonal + products * mixed).sum()
        }
    }

    private var parts: [Part] = []

    private static let partCount = 5
    private static let rounds = 4
    private static let mostSamples = 3000
    /// Added to variances, of 255²: noise, and no division by nothing.
    private static let noise: Float = 4

    /// Fits the colours of the marked cells; there is at least one.
    init(of field: ColourField, where isMarked: (Int) -> Bool) {
        let marked = field.colours.indices.filter(isMarked)
        let step = max(1, (marked.count + Self.mostSamples - 1) / Self.mostSamples)
        let samples = stride(from: 0, to: marked.count, by: step).map { field.colours[marked[$0]] }
        let groups = Self.groups(samples)
        parts = groups.map { Self.part(samples, share: $0, of: Float(samples.count)) }
        for _ in 0..<Self.rounds { settle(samples) }
    }

    /// Logarithm of the density of a colour's likeliest part.
    @inline(__always)
    func logDensity(_ colour: SIMD3<Float>) -> Float {
        var best = -Float.infinity
        for part in parts { best = max(best, part.logDensity(colour)) }
        return best
    }

    /// One round of expectation and maximisation.
    private mutating func settle(_ samples: [SIMD3<Float>]) {
        var shares = parts.map { _ in [Float](repeating: 0, count: samples.count) }
        for (at, sample) in samples.enumerated() {
            let logs = parts.map { $0.logDensity(sample) }
            let most = logs.max() ?? 0
            let odds = logs.map { exp($0 - most) }
            let sum = odds.reduce(0, +)
            for p in parts.indices { shares[p][at] = odds[p] / sum }
        }
        parts = shares.map { Self.part(samples, share: $0, of: Float(samples.count)) }
    }

    // MARK: - Moments

    private static func part(_ samples: [SIMD3<Float>], share: [Float], of count: Float) -> Part {
        let (weight, mean, variance, mixed) = moments(samples, share)
        let v = variance + noise
        // The inverse of a symmetric matrix by its minors.
        let minors = SIMD3(
            v.y * v.z - mixed.z * mixed.z, v.x * v.z - mixed.y * mixed.y, v.x * v.y - mixed.x * mixed.x)
        let others = SIMD3(
            mixed.y * mixed.z - mixed.x * v.z, mixed.x * mixed.z - mixed.y * v.y, mixed.x * mixed.y - mixed.z * v.x)
        let determinant = max(v.x * minors.x + mixed.x * others.x + mixed.y * others.y, 1e-6)
        return Part(
            mean: mean, diagonal: minors / determinant, mixed: others * (2 / determinant),
            height: log(weight / count) - 0.5 * log(determinant))
    }

    /// Weight, mean, variances, and covariances xy, xz, yz.
    private static func moments(
        _ samples: [SIMD3<Float>], _ share: [Float]
    ) -> (weight: Float, mean: SIMD3<Float>, variance: SIMD3<Float>, mixed: SIMD3<Float>) {
        var (weight, mean) = (Float(1e-6), SIMD3<Float>.zero)
        for (sample, share) in zip(samples, share) {
            weight += share
            mean += sample * share
        }
        mean /= weight
        var (variance, mixed) = (SIMD3<Float>.zero, SIMD3<Float>.zero)
        for (sample, share) in zip(samples, share) {
            let d = sample - mean
            variance += d * d * share
            mixed += SIMD3(d.x * d.y, d.x * d.z, d.y * d.z) * share
        }
        return (weight, mean, variance / weight, mixed / weight)
    }

    // MARK: - Where to begin

    /// Which samples belong together: the widest group is split at its middle, across its longest axis, again and again
    /// (Orchard and Bouman, 1991).
    private static func groups(_ samples: [SIMD3<Float>]) -> [[Float]] {
        var groups = [[Float](repeating: 1, count: samples.count)]
        while groups.count < min(partCount, samples.count / 10) {
            let found = groups.map { (moments: moments(samples, $0), axis: SIMD3<Float>.zero) }
            let spread = found.map { $0.moments.variance.sum() * $0.moments.weight }
            guard let widest = spread.indices.max(by: { spread[$0] < spread[$1] }), spread[widest] > 1e-3 else { break }
            let (_, mean, variance, mixed) = found[widest].moments
            let axis = longestAxis(variance, mixed)
            var (near, far) = (groups[widest], groups[widest])
            for at in samples.indices {
                if ((samples[at] - mean) * axis).sum() > 0 { near[at] = 0 } else { far[at] = 0 }
            }
            groups[widest] = near
            groups.append(far)
        }
        return groups
    }

    /// By power iteration.
    private static func longestAxis(_ variance: SIMD3<Float>, _ mixed: SIMD3<Float>) -> SIMD3<Float> {
        var axis = SIMD3<Float>(1, 0.9, 0.8)
        for _ in 0..<16 {
            let next = SIMD3(
                variance.x * axis.x + mixed.x * axis.y + mixed.y * axis.z, mixed.x * axis.x + variance.y * axis.y + mixed.z * axis.z,
                mixed.y * axis.x + mixed.z * axis.y + variance.z * axis.z)
            let length = (next * next).sum().squareRoot()
            guard length > 1e-9 else { break }
            axis = next / length
        }
        return axis
    }
}
