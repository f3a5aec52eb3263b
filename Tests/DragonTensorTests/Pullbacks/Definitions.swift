import DragonTensor
import Glibc

/// Operators by their definitions, in float64, for what is differentiated numerically.
enum Definition {
    /// Group norm of one item, `[channels, columns]`, then SiLU if asked for.
    static func groupNorm(_ x: [Double], groups: Int, scale: [Float], shift: [Float], epsilon: Double, silu: Bool) -> [Double] {
        let columns = x.count / scale.count
        let size = x.count / groups
        return (0..<groups).flatMap { group -> [Double] in
            let part = Array(x[group * size..<(group + 1) * size])
            let standard = standardized(part, epsilon)
            return standard.indices.map { index in
                let channel = (group * size + index) / columns
                let y = standard[index] * Double(scale[channel]) + Double(shift[channel])
                return silu ? y / (1 + exp(-y)) : y
            }
        }
    }

    /// Layer norm over the channels of one item, `[channels, columns]`.
    static func layerNorm(_ x: [Double], scale: [Float], shift: [Float], epsilon: Double) -> [Double] {
        let columns = x.count / scale.count
        var result = x
        for n in 0..<columns {
            let standard = standardized(scale.indices.map { x[$0 * columns + n] }, epsilon)
            for c in scale.indices { result[c * columns + n] = standard[c] * Double(scale[c]) + Double(shift[c]) }
        }
        return result
    }

    private static func standardized(_ part: [Double], _ epsilon: Double) -> [Double] {
        let mean = part.reduce(0, +) / Double(part.count)
        let variance = part.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(part.count)
        return part.map { ($0 - mean) / (variance + epsilon).squareRoot() }
    }

    /// GEGLU of one item: the first half times gelu of the second.
    static func gatedGelu(_ x: [Double]) -> [Double] {
        let half = x.count / 2
        return (0..<half).map { x[$0] * 0.5 * x[half + $0] * (1 + erf(x[half + $0] / 2.0.squareRoot())) }
    }

    /// Attention of one item; queries, keys and values stand one after the other in `x`.
    static func attention(_ x: [Double], heads: Int, depth: Int, queries: Int, keys: Int) -> [Double] {
        let (k, v) = (heads * depth * queries, heads * depth * (queries + keys))
        var out = [Double](repeating: 0, count: k)
        for head in 0..<heads {
            for i in 0..<queries {
                let scores = (0..<keys).map { j in
                    (0..<depth).reduce(0.0) { sum, c in
                        sum + x[(head * depth + c) * queries + i] * x[k + (head * depth + c) * keys + j]
                    } / Double(depth).squareRoot()
                }
                let top = scores.max() ?? 0
                let weights = scores.map { exp($0 - top) }
                let total = weights.reduce(0, +)
                for c in head * depth..<(head + 1) * depth {
                    out[c * queries + i] = (0..<keys).reduce(0.0) { $0 + weights[$1] * x[v + c * keys + $1] } / total
                }
            }
        }
        return out
    }
}

/// The gradient of Σ dy·f(x) at x by central differences, along every coordinate.
func differences(of f: ([Double]) -> [Double], at x: [Float], _ dy: [Float]) -> [Double] {
    let step = 1e-5
    var point = x.map(Double.init)
    func value() -> Double { zip(f(point), dy).reduce(0) { $0 + $1.0 * Double($1.1) } }
    return x.indices.map { index in
        point[index] = Double(x[index]) + step
        let above = value()
        point[index] = Double(x[index]) - step
        let below = value()
        point[index] = Double(x[index])
        return (above - below) / (2 * step)
    }
}

/// The same of a linear function that runs in float32: its values at unit impulses, exact but for rounding.
func impulses(count: Int, _ dy: [Float], _ f: ([Float]) throws -> [Float]) rethrows -> [Double] {
    try (0..<count).map { index in
        var x = [Float](repeating: 0, count: count)
        x[index] = 1
        return dot(try f(x), dy)
    }
}
