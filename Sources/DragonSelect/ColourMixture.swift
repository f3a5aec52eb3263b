import Foundation

/// How likely colours are on one side of a border: a mixture of Gaussians, as GrabCut has it (Rother et al., SIGGRAPH 2004). That
/// of the surroundings also knows where its colours lie: what is far off does not speak against the object.
struct ColourMixture {
    fileprivate struct Part {
        var mean: SIMD3<Float>
        /// The inverse covariance.
        var precision: Covariance
        /// Logarithm of the height over the colours.
        var height: Float
        /// Where it lies, of the field's mean side, and how its colour changes from there to the right and down; one over twice the
        /// variance there; logarithm of its share, and height there.
        var place = SIMD2<Float>.zero
        var slope = Slope()
        var narrowness: Float = 0
        var presence: Float

        @inline(__always)
        func logDensity(_ colour: SIMD3<Float>, at point: SIMD2<Float>) -> Float {
            height - 0.5 * precision.form(colour - mean - slope.change(over: point - place))
        }

        @inline(__always)
        func logPresence(at point: SIMD2<Float>) -> Float {
            let d = point - place
            return presence - (d * d).sum() * narrowness
        }
    }

    /// How a colour changes with its place, as a sky's does.
    fileprivate struct Slope {
        var right = SIMD3<Float>.zero
        var down = SIMD3<Float>.zero

        @inline(__always)
        func change(over way: SIMD2<Float>) -> SIMD3<Float> { right * way.x + down * way.y }
    }

    /// Colours to learn from, and where they lie.
    fileprivate struct Samples {
        var colours: [SIMD3<Float>]
        var places: [SIMD2<Float>]
    }

    private let hasPlaces: Bool
    /// Added to variances, of 255².
    private let noise: Float
    private var parts: [Part] = []

    private static let rounds = 4
    private static let mostSamples = 3000
    /// Least variance of a place, of the field's mean side.
    fileprivate static let leastSpread: Float = 0.01
    /// Variance of places below which a slope is not believed.
    fileprivate static let steadiness: Float = 0.03

    /// Fits the colours of the marked cells; there is at least one.
    ///
    /// - Parameter noise: variance, of 255², that colours have at least.
    init(of field: ColourField, parts count: Int, hasPlaces: Bool, noise: Float = 4, where isMarked: (Int) -> Bool) {
        (self.hasPlaces, self.noise) = (hasPlaces, noise)
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
            best = max(best, part.logDensity(colour, at: place) + presence)
        }
        return hasPlaces ? best - there : best
    }

    /// One round of expectation and maximisation.
    private mutating func settle(_ samples: Samples) {
        var shares = parts.map { _ in [Float](repeating: 0, count: samples.colours.count) }
        for at in samples.colours.indices {
            let logs = parts.map { $0.logDensity(samples.colours[at], at: samples.places[at]) + $0.logPresence(at: samples.places[at]) }
            let most = logs.max() ?? 0
            let odds = logs.map { exp($0 - most) }
            let sum = odds.reduce(0, +)
            for p in parts.indices { shares[p][at] = odds[p] / sum }
        }
        parts = shares.map { part(samples, share: $0) }
    }

    // MARK: - Moments

    private func part(_ samples: Samples, share: [Float]) -> Part {
        let weight = share.reduce(1e-6, +)
        let mean = zip(samples.colours, share).reduce(SIMD3<Float>.zero) { $0 + $1.0 * $1.1 } / weight
        var part = Part(
            mean: mean, precision: Covariance(diagonal: .zero, mixed: .zero), height: 0, presence: log(weight / Float(share.count)))
        if hasPlaces { part.settle(in: samples, share, of: weight) }
        let covariance = Self.covariance(
            zip(samples.colours, samples.places).map { $0 - mean - part.slope.change(over: $1 - part.place) }, share)
        let (precision, determinant) = Covariance(diagonal: covariance.diagonal + noise, mixed: covariance.mixed).inverse
        (part.precision, part.height) = (precision, -0.5 * log(determinant))
        return part
    }

    private static func covariance(_ differences: [SIMD3<Float>], _ share: [Float]) -> Covariance {
        var (weight, sum) = (Float(1e-6), Covariance(diagonal: .zero, mixed: .zero))
        for (d, share) in zip(differences, share) {
            weight += share
            sum.diagonal += d * d * share
            sum.mixed += Covariance.mixed(d) * share
        }
        return Covariance(diagonal: sum.diagonal / weight, mixed: sum.mixed / weight)
    }

    // MARK: - Where to begin

    /// Which samples belong together: the widest group is split at its middle, across its longest axis, again and again
    /// (Orchard and Bouman, 1991).
    private static func groups(_ samples: [SIMD3<Float>], count: Int) -> [[Float]] {
        var groups = [[Float](repeating: 1, count: samples.count)]
        while groups.count < min(count, samples.count / 10) {
            let found = groups.map { moments(samples, $0) }
            let spread = found.map { $0.covariance.diagonal.sum() * $0.weight }
            guard let widest = spread.indices.max(by: { spread[$0] < spread[$1] }), spread[widest] > 1e-3 else { break }
            let axis = longestAxis(found[widest].covariance)
            var (near, far) = (groups[widest], groups[widest])
            for at in samples.indices {
                if ((samples[at] - found[widest].mean) * axis).sum() > 0 { near[at] = 0 } else { far[at] = 0 }
            }
            groups[widest] = near
            groups.append(far)
        }
        return groups
    }

    private static func moments(
        _ samples: [SIMD3<Float>], _ share: [Float]
    ) -> (weight: Float, mean: SIMD3<Float>, covariance: Covariance) {
        let weight = share.reduce(1e-6, +)
        let mean = zip(samples, share).reduce(SIMD3<Float>.zero) { $0 + $1.0 * $1.1 } / weight
        return (weight, mean, covariance(samples.map { $0 - mean }, share))
    }

    /// By power iteration.
    private static func longestAxis(_ covariance: Covariance) -> SIMD3<Float> {
        var axis = SIMD3<Float>(1, 0.9, 0.8)
        for _ in 0..<16 {
            let next = covariance.times(axis)
            let length = (next * next).sum().squareRoot()
            guard length > 1e-9 else { break }
            axis = next / length
        }
        return axis
    }
}

extension ColourMixture.Part {
    /// Takes the place of some samples, and how their colours change with it.
    fileprivate mutating func settle(in samples: ColourMixture.Samples, _ share: [Float], of weight: Float) {
        place = zip(samples.places, share).reduce(SIMD2<Float>.zero) { $0 + $1.0 * $1.1 } / weight
        var (squares, product, right, down) = (SIMD2<Float>.zero, Float(0), SIMD3<Float>.zero, SIMD3<Float>.zero)
        for at in share.indices {
            let (way, colour) = (samples.places[at] - place, (samples.colours[at] - mean) * share[at])
            squares += way * way * share[at]
            product += way.x * way.y * share[at]
            right += colour * way.x
            down += colour * way.y
        }
        let spread = max((squares / weight).sum() / 2, ColourMixture.leastSpread)
        narrowness = 0.5 / spread
        presence -= log(spread)
        // Least squares, held back where a part lies in a line or a spot.
        let a = squares + ColourMixture.steadiness * weight
        let determinant = a.x * a.y - product * product
        slope.right = (right * a.y - down * product) / determinant
        slope.down = (down * a.x - right * product) / determinant
    }
}
