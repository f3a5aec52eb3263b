import DragonTensor

/// A feature map as the energies read it: `channels` rows of `columns` cells.
struct FeatureView {
    let values: UnsafeBufferPointer<Float>
    let channels: Int
    let columns: Int
}

/// Norms below this count as it, as in PyTorch's cosine_similarity.
private let smallestNorm: Float = 1e-8

extension EnergyTerm {
    /// The term's energy; its gradient with respect to the current features is added to `gradient`, laid out as they are.
    func add(_ current: FeatureView, _ reference: FeatureView, gradient: UnsafeMutablePointer<Float>) -> Float {
        switch selection {
        case .pairs(let pairs): addPairs(pairs, current, reference, gradient)
        case .pooled(let a, let b): addPooled(a, b, current, reference, gradient)
        }
    }

    private func addPairs(
        _ pairs: CellPairs, _ current: FeatureView, _ reference: FeatureView, _ gradient: UnsafeMutablePointer<Float>
    ) -> Float {
        let count = pairs.current.count
        var products = [Float](repeating: 0, count: count)
        var (squaresA, squaresB) = (products, products)
        for c in 0..<current.channels {
            let (a, b) = (c * current.columns, c * reference.columns)
            for p in 0..<count {
                let (x, y) = (current.values[a + pairs.current[p]], reference.values[b + pairs.reference[p]])
                products[p] += x * y
                squaresA[p] += x * x
                squaresB[p] += y * y
            }
        }
        var mean: Float = 0
        var (toReference, toCurrent) = (products, products)
        for p in 0..<count {
            let (a, b) = (max(squaresA[p].squareRoot(), smallestNorm), max(squaresB[p].squareRoot(), smallestNorm))
            let cosine = products[p] / (a * b)
            mean += pairs.shares[p] * cosine
            // ∂cos/∂a = b / (|a||b|) − cos·a / |a|²
            toReference[p] = pairs.shares[p] / (a * b)
            toCurrent[p] = -pairs.shares[p] * cosine / (a * a)
        }
        let (energy, derivative) = evaluate(mean)
        for c in 0..<current.channels {
            let (a, b) = (c * current.columns, c * reference.columns)
            for p in 0..<count {
                let (x, y) = (current.values[a + pairs.current[p]], reference.values[b + pairs.reference[p]])
                gradient[a + pairs.current[p]] += derivative * (toReference[p] * y + toCurrent[p] * x)
            }
        }
        return energy
    }

    private func addPooled(
        _ a: CellWeights, _ b: CellWeights, _ current: FeatureView, _ reference: FeatureView, _ gradient: UnsafeMutablePointer<Float>
    ) -> Float {
        let (x, y) = (pooled(a, current), pooled(b, reference))
        let product = zip(x, y).reduce(0) { $0 + $1.0 * $1.1 }
        let norm = { (v: [Float]) in max(v.reduce(0) { $0 + $1 * $1 }.squareRoot(), smallestNorm) }
        let (nx, ny) = (norm(x), norm(y))
        let cosine = product / (nx * ny)
        let (energy, derivative) = evaluate(cosine)
        for c in 0..<current.channels {
            let slope = derivative * (y[c] / (nx * ny) - cosine * x[c] / (nx * nx))
            for (cell, share) in zip(a.cells, a.shares) { gradient[c * current.columns + cell] += slope * share }
        }
        return energy
    }

    /// The mean feature vector of some cells.
    private func pooled(_ weights: CellWeights, _ view: FeatureView) -> [Float] {
        (0..<view.channels).map { c in
            zip(weights.cells, weights.shares).reduce(0) { $0 + $1.1 * view.values[c * view.columns + $1.0] }
        }
    }
}
