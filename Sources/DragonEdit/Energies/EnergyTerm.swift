import DragonImage

/// One term of an energy on one feature map (DragonDiffusion, section 3.3; ALGORITHM section 5).
///
/// Every term is a function of one similarity x̄: the mean cosine over pairs of cells, or the cosine of two pooled means.
public struct EnergyTerm: Sendable {
    /// How the similarity becomes an energy.
    enum Function: Sendable {
        /// S(w, x̄) = w / (α + β·x̄), falling as the similarity grows (equation 4, α = 1, β = 4).
        case inverse(weight: Float)
        /// w·x̄, growing with it: what is to become different (equation 6).
        case linear(weight: Float)
    }

    /// Which feature vectors are compared.
    enum Selection: Sendable {
        /// Cell by cell.
        case pairs(CellPairs)
        /// The mean of the current picture's cells with the mean of the reference's.
        case pooled(current: CellWeights, reference: CellWeights)
    }

    let function: Function
    let selection: Selection
    /// Whether the similarity is (cos + 1) / 2 instead of cos.
    let isUnit: Bool
    /// Which of the reference pictures is compared with.
    var reference = 0
    /// Factor of the whole term.
    var factor: Float = 1

    private static let (alpha, beta): (Float, Float) = (1, 4)

    /// The energy, and its derivative with respect to the cosine, for a mean cosine.
    func evaluate(_ cosine: Float) -> (energy: Float, derivative: Float) {
        let (x, slope): (Float, Float) = isUnit ? ((cosine + 1) / 2, 0.5) : (cosine, 1)
        switch function {
        case .inverse(let weight):
            let denominator = Self.alpha + Self.beta * x
            return (factor * weight / denominator, -factor * weight * Self.beta / (denominator * denominator) * slope)
        case .linear(let weight): return (factor * weight * x, factor * weight * slope)
        }
    }
}

/// Pairs of cells of the current feature map and of a reference's, each with its share of the mean.
///
/// Features are compared on a finer grid than their own, where many cells repeat the same vectors: equal pairs are
/// counted instead.
struct CellPairs: Sendable {
    private(set) var current: [Int] = []
    private(set) var reference: [Int] = []
    private(set) var shares: [Float] = []

    init(_ pairs: [(current: Int, reference: Int)]) {
        var positions: [Int: Int] = [:]
        var counts: [Int] = []
        let base = (pairs.map(\.reference).max() ?? 0) + 1
        for pair in pairs {
            let key = pair.current * base + pair.reference
            if let position = positions[key] {
                counts[position] += 1
            } else {
                positions[key] = counts.count
                counts.append(1)
                current.append(pair.current)
                reference.append(pair.reference)
            }
        }
        shares = counts.map { Float($0) / Float(pairs.count) }
    }

    var isEmpty: Bool { current.isEmpty }
}

/// Cells of a feature map, each with its share of their mean.
struct CellWeights: Sendable {
    private(set) var cells: [Int] = []
    private(set) var shares: [Float] = []

    init(_ all: [Int]) {
        var counts: [Int: Int] = [:]
        for cell in all { counts[cell, default: 0] += 1 }
        cells = counts.keys.sorted()
        shares = cells.map { Float(counts[$0] ?? 0) / Float(all.count) }
    }

    var isEmpty: Bool { cells.isEmpty }
}

/// A feature map that a grid finer than it lays over it.
public struct FeatureGrid: Sendable {
    /// The feature map's own sides.
    let height: Int
    let width: Int

    /// The cell of the map under each set cell of a grid's mask, row by row.
    func cells(under mask: Mask) -> [Int] { mask.indices.map { cell($0 / mask.width, $0 % mask.width, of: (mask.height, mask.width)) } }

    /// The cell of the map under cell (y, x) of a grid of given sides.
    func cell(_ y: Int, _ x: Int, of grid: (height: Int, width: Int)) -> Int {
        nearestSource(y, from: height, to: grid.height) * width + nearestSource(x, from: width, to: grid.width)
    }
}
