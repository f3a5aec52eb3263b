import Foundation

/// How likely colours are on one side of a border: a mixture of Gaussians, as GrabCut has it (Rother et al., SIGGRAPH 2004). That
/// of the surroundings also knows where its colours lie: what is far off does not speak against the object.
struct ColourMixture {
    private struct Part {
        var mean: SIMD3<Float>
        /// Of the inverse covariance: the diagonal, and xy, xz, yz twice.
        var diagonal: SIMD3<Float>
        var mixed: SIMD3<Float>
        /// Logarithm of the height over the colours.
        var height: Float
        /// Where it lies, of the field's mean side; one over twice the variance there; logarithm of its share, and height there.
        var place = SIMD2<Float>.zero
        var narrowness: Float = 0
        var presence: Float

        @inline(__always)
        func logDensity(_ colour: SIMD3<Float>) -> Float {
            let d = colour - mean
            let products = SIMD3(d.x * d.y, d.x * d.z, d.y * d.z)
            return height - 0.5 * (d * d * diagonal + products * mixed).sum()
        }

        @inline(__always)
        func logPresence(at point: SIMD2<Float>) -> Float {
            let d = point - place
            return presence - (d * d).sum() * narrowness
        }
    }

    /// Colours to learn from, and where they lie.
    private struct Samples {
        var colours: [SIMD3<Float>]
        var places: [SIMD2<Float>]
    }

    private let hasPlaces: Bool
    private var parts: [Part] = []

    private static let rounds = 4
    private static let mostSamples = 3000
    /// Added to variances, of 255²: noise, and no division by nothing.
    private static let noise: Float = 4
    /// Least variance of a place, of the field's mean side.
    private static let leastSpread: Float = 0.01

    /// Fits the colours of the marked cells; there is at least one.
    init(of field: ColourField, parts count: Int, hasPlaces: Bool, where isMarked: (Int) -> Bool) {
        self.hasPlaces = hasPlaces
        let marked = field.colours.indices.filter(isMarked)
        let step = max(1, (marked.count + Self.mostSamples - 1) / Self.mostSamples)
        let taken = stride(from: 0, to: marked.count, by: step).map { marked[$0] }
        let samples = Samples(colours: taken.map { field.colours[$0] }, places: taken.map(field.place))
        parts = Self.groups(samples.colours, count: count).map { part(samples, share: $0) }
        for _ in 0..<Self.rounds { settle(samples) }
    }

    /// Logarithm of the density of a colour's likeliest part, at a place.
    @inline(__always)
    func logDensity(_ colour: SIMD3<Float>, at place: SIMD2<Float>) -> Float {
        var (best, there) = (-Float.infinity, -Float.infinity)
        for part in parts {
            let presence = part.logPresence(at: place)
            there = max(there, presence)
            best = max(best, part.logDensity(colour) + presence)
        }
        return hasPlaces ? best - there : best
    }

    /// One round of expectation and maximisation.
    private mutating func settle(_ samples: Samples) {
        var shares = parts.map { _ in [Float](repeating: 0, count: samples.colours.count) }
        for at in samples.colours.indices {
            let logs = parts.map { $0.logDensity(samples.colours[at]) + $0.logPresence(at: samples.places[at]) }
            let most = logs.max() ?? 0
            let odds = logs.map { exp($0 - most) }
            let sum = odds.reduce(0, +)
            for p in parts.indices { shares[p][at] = odds[p] / sum }
        }
        parts = shares.map { part(samples, share: $0) }
    }

    // MARK: - Moments

    private func part(_ samples: Samples, share: [Float]) -> Part {
        let moments = Self.moments(samples.colours, share)
        let (v, u) = (moments.variance + Self.noise, moments.mixed)
        // The inverse of a symmetric matrix by its minors.
        let minors = SIMD3(v.y * v.z - u.z * u.z, v.x * v.z - u.y * u.y, v.x * v.y - u.x * u.x)
        let others = SIMD3(u.y * u.z - u.x * v.z, u.x * u.z - u.y * v.y, u.x * u.y - u.z * v.x)
        let determinant = max(v.x * minors.x + u.x * others.x + u.y * others.y, 1e-6)
        var part = Part(
            mean: moments.mean, diagonal: minors / determinant, mixed: others * (2 / determinant), height: -0.5 * log(determinant),
            presence: log(moments.weight / Float(samples.colours.count)))
        guard hasPlaces else { return part }
        let (place, spread) = Self.spread(samples.places, share, of: moments.weight)
        (part.place, part.narrowness) = (place, 0.5 / spread)
        part.presence -= log(spread)
        return part
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

    /// Mean place, and variance about it.
    private static func spread(_ places: [SIMD2<Float>], _ share: [Float], of weight: Float) -> (SIMD2<Float>, Float) {
        let mean = zip(places, share).reduce(SIMD2<Float>.zero) { $0 + $1.0 * $1.1 } / weight
        let squares = zip(places, share).reduce(Float(0)) { sum, sample in
            let d = sample.0 - mean
            return sum + (d * d).sum() * sample.1
        }
        return (mean, max(squares / weight / 2, leastSpread))
    }

    // MARK: - Where to begin

    /// Which samples belong together: the widest group is split at its middle, across its longest axis, again and again
    /// (Orchard and Bouman, 1991).
    private static func groups(_ samples: [SIMD3<Float>], count: Int) -> [[Float]] {
        var groups = [[Float](repeating: 1, count: samples.count)]
        while groups.count < min(count, samples.count / 10) {
            let found = groups.map { moments(samples, $0) }
            let spread = found.map { $0.variance.sum() * $0.weight }
            guard let widest = spread.indices.max(by: { spread[$0] < spread[$1] }), spread[widest] > 1e-3 else { break }
            let axis = longestAxis(found[widest].variance, found[widest].mixed)
            var (near, far) = (groups[widest], groups[widest])
            for at in samples.indices {
                if ((samples[at] - found[widest].mean) * axis).sum() > 0 { near[at] = 0 } else { far[at] = 0 }
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
