import DragonImage
import DragonModel

/// Noise in place of what a picture's inversion added, as strong as that is around it.
///
/// Inversion in few steps adds less than its level of noise, least of all on even ground; a network takes what has more noise than its
/// surroundings for texture, and leaves it standing.
struct FreshNoise {
    /// The picture's own latent, and the shares of it and of noise at the level.
    private let own: LatentGrid
    private let shares: (signal: Float, noise: Float)
    /// The square of what the inversion added, of unit noise.
    private let power: LatentGrid
    private let noise: [Float]
    /// Cells around each that its noise's strength is told from.
    private static let reach = 3

    /// - Parameters:
    ///   - own: the picture's latent.
    ///   - inverted: the same at the level of noise.
    ///   - shares: √ᾱ and √(1−ᾱ) of that level.
    init(own: LatentGrid, inverted: LatentGrid, shares: (signal: Float, noise: Float), seed: UInt64) {
        (self.own, self.shares) = (own, shares)
        var power = inverted
        for at in power.values.indices {
            let added = (power.values[at] - shares.signal * own.values[at]) / shares.noise
            power.values[at] = added * added
        }
        self.power = power
        noise = GaussianNoise(seed: seed).floats(own.values.count)
    }

    /// Cells of a latent begun anew: z = √ᾱ·x₀ + √(1−ᾱ)·σ·n, with x₀ the smooth continuation of the latent around an object, and σ
    /// that of the inverted noise's strength (DiffEditor's regional noise, at its strongest and from the start).
    func begin(_ cells: Mask, of latent: inout LatentGrid, around object: Mask) {
        let (around, strength) = (own.smoothedIn(object), power.smoothedIn(object))
        latent.lay(where: cells) { c, y, x in
            shares.signal * around[c, y, x] + shares.noise * strength[c, y, x].squareRoot() * noise(c, y, x)
        }
    }

    /// Cells of a latent varied, the variance of their noise kept: z' = √ᾱ·x₀ + √(1−ᾱ)·(√(1−s²)·ε + s·σ·n), where x₀ and ε are the
    /// picture's own latent and the noise that its inversion added to it, and s is the fresh share.
    func vary(_ cells: Mask, of latent: inout LatentGrid, share: Float) {
        let (kept, start, strength) = ((1 - share * share).squareRoot(), latent, power.blurred(by: Self.reach))
        latent.lay(where: cells) { c, y, x in
            let signal = shares.signal * own[c, y, x]
            return signal + kept * (start[c, y, x] - signal) + share * shares.noise * strength[c, y, x].squareRoot() * noise(c, y, x)
        }
    }

    private func noise(_ c: Int, _ y: Int, _ x: Int) -> Float { noise[(c * own.height + y) * own.width + x] }
}
