/// A field where it is known and, smoothly, where it is not: averages of known samples at half the size, again and
/// again, then back (pull–push; Gortler et al., 1996).
package func smoothedIn(_ values: [Float], weights: [Float], width: Int, height: Int) -> [Float] {
    guard width > 1 || height > 1 else { return weights[0] > 0 ? values : [0] }
    let (w, h) = ((width + 1) / 2, (height + 1) / 2)
    var (coarse, share) = ([Float](repeating: 0, count: w * h), [Float](repeating: 0, count: w * h))
    for y in 0..<height where !Cancellation.isAsked {
        for x in 0..<width {
            let (from, to) = (y * width + x, y / 2 * w + x / 2)
            coarse[to] += values[from] * weights[from]
            share[to] += weights[from]
        }
    }
    for i in coarse.indices where share[i] > 0 { coarse[i] /= share[i] }
    let below = smoothedIn(coarse, weights: share.map { min($0, 1) }, width: w, height: h)
    var result = values
    for y in 0..<height where !Cancellation.isAsked {
        for x in 0..<width {
            let at = y * width + x
            guard weights[at] < 1 else { continue }
            let smooth = bilinear(below, w, h, (Float(x) - 0.5) / 2, (Float(y) - 0.5) / 2)
            result[at] = weights[at] * values[at] + (1 - weights[at]) * smooth
        }
    }
    return result
}

/// A sample between pixel centres; beyond the plane its border repeats.
package func bilinear(_ plane: [Float], _ width: Int, _ height: Int, _ x: Float, _ y: Float) -> Float {
    let (cx, cy) = (min(max(x, 0), Float(width - 1)), min(max(y, 0), Float(height - 1)))
    let (left, top) = (Int(cx), Int(cy))
    let (right, bottom) = (min(left + 1, width - 1), min(top + 1, height - 1))
    let (u, v) = (cx - Float(left), cy - Float(top))
    let upper = plane[top * width + left] * (1 - u) + plane[top * width + right] * u
    let lower = plane[bottom * width + left] * (1 - u) + plane[bottom * width + right] * u
    return upper * (1 - v) + lower * v
}
