/// 0 up to 0, 1 from 1 on, smooth between.
package func smoothStep(_ value: Float) -> Float {
    let t = min(max(value, 0), 1)
    return t * t * (3 - 2 * t)
}

/// A sample between pixels by Catmull and Rom's cubic; beyond the plane its border repeats.
package func cubicSample(_ plane: [Float], _ width: Int, _ height: Int, _ x: Float, _ y: Float) -> Float {
    let (left, top) = (Int(x.rounded(.down)), Int(y.rounded(.down)))
    let (u, v) = (x - Float(left), y - Float(top))
    let (across, down) = (cubicWeights(u), cubicWeights(v))
    var sum: Float = 0
    for j in 0..<4 {
        let row = min(max(top + j - 1, 0), height - 1) * width
        var line: Float = 0
        for i in 0..<4 { line += across[i] * plane[row + min(max(left + i - 1, 0), width - 1)] }
        sum += down[j] * line
    }
    return sum
}

private func cubicWeights(_ t: Float) -> SIMD4<Float> {
    SIMD4(
        ((-0.5 * t + 1) * t - 0.5) * t, (1.5 * t - 2.5) * t * t + 1, ((-1.5 * t + 2) * t + 0.5) * t, (0.5 * t - 0.5) * t * t)
}
