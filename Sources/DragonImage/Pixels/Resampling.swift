#if canImport(Glibc)
    import Glibc
#endif

/// Separable resampling with Catmull–Rom's cubic, widened where the picture shrinks so that nothing aliases.
///
/// Output sample i has its centre at input coordinate `origin + (i + 0.5) · step` (in pixels from the input's edge); beyond
/// the edges the border repeats.
package struct Resampling {
    private let taps: [(first: Int, weights: [Float])]
    private let inputCount: Int

    package init(from input: Int, origin: Double, step: Double, count: Int) {
        inputCount = input
        let reach = max(1, step)
        taps = (0..<count).map { index in
            let centre = origin + (Double(index) + 0.5) * step - 0.5
            let first = Int((centre - 2 * reach).rounded(.up))
            let last = Int((centre + 2 * reach).rounded(.down))
            var weights = (first...max(first, last)).map { Float(Self.cubic((Double($0) - centre) / reach)) }
            let sum = weights.reduce(0, +)
            if sum != 0 { weights = weights.map { $0 / sum } }
            return (first, weights)
        }
    }

    /// Catmull and Rom's interpolating cubic (Keys, 1981, a = −1/2).
    @inline(__always)
    static func cubic(_ x: Double) -> Double {
        let t = abs(x)
        if t < 1 { return (1.5 * t - 2.5) * t * t + 1 }
        return t < 2 ? ((-0.5 * t + 2.5) * t - 4) * t + 2 : 0
    }

    /// Along rows: `height` rows of the input's length.
    package func rows(_ plane: [Float], height: Int) -> [Float] {
        var result = [Float](repeating: 0, count: taps.count * height)
        for y in 0..<height where !Cancellation.isAsked {
            for (x, tap) in taps.enumerated() {
                var sum: Float = 0
                for (k, weight) in tap.weights.enumerated() {
                    sum += weight * plane[y * inputCount + min(max(tap.first + k, 0), inputCount - 1)]
                }
                result[y * taps.count + x] = sum
            }
        }
        return result
    }

    /// Along columns: the input's number of rows, `width` samples each.
    package func columns(_ plane: [Float], width: Int) -> [Float] {
        var result = [Float](repeating: 0, count: taps.count * width)
        for (y, tap) in taps.enumerated() where !Cancellation.isAsked {
            for (k, weight) in tap.weights.enumerated() {
                let row = min(max(tap.first + k, 0), inputCount - 1) * width
                for x in 0..<width { result[y * width + x] += weight * plane[row + x] }
            }
        }
        return result
    }
}

extension Raster {
    /// A part of the picture at another scale: `box` may leave the picture, whose border then repeats.
    ///
    /// - Parameters:
    ///   - origin: of the part, in pixels from the upper left corner.
    ///   - step: this picture's pixels for each pixel of the result.
    ///   - isLight: whether samples are colours, which are averaged as the light they stand for.
    package func resampled(
        origin: (x: Double, y: Double), step: Double, width newWidth: Int, height newHeight: Int, isLight: Bool
    ) -> Raster {
        let across = Resampling(from: width, origin: origin.x, step: step, count: newWidth)
        let down = Resampling(from: height, origin: origin.y, step: step, count: newHeight)
        return Raster(
            width: newWidth, height: newHeight,
            planes: planes.enumerated().map { index, plane in
                guard !Cancellation.isAsked else { return [Float](repeating: 0, count: newWidth * newHeight) }
                // Alpha is no light.
                let isLight = isLight && index < 3
                let linear = isLight ? plane.map(toLight) : plane
                let result = down.columns(across.rows(linear, height: height), width: newWidth)
                // The cubic rings at edges.
                let range = samples(of: plane)
                return isLight ? result.map { toDisplay($0).clamped(to: range) } : result.map { $0.clamped(to: range) }
            })
    }
}
