import DragonImage

/// A latent of one picture as plain numbers, for the operations that rearrange it.
public struct LatentGrid: Sendable {
    let channels: Int
    let height: Int
    let width: Int
    var values: [Float]

    subscript(c: Int, y: Int, x: Int) -> Float {
        get { values[(c * height + y) * width + x] }
        set { values[(c * height + y) * width + x] = newValue }
    }

    /// `source` at position (y, x) of this grid, at the cells that `mask` (of this grid) sets.
    mutating func lay(where mask: Mask, _ source: (Int, Int, Int) -> Float) {
        for index in mask.indices {
            let (y, x) = (index / width, index % width)
            for c in 0..<channels { self[c, y, x] = source(c, y, x) }
        }
    }
}

extension LatentGrid {
    /// With cells made of what surrounds them, smoothly.
    func smoothedIn(_ cells: Mask) -> LatentGrid {
        let weights = cells.cells.map { $0 ? Float(0) : 1 }
        var result = self
        for c in 0..<channels {
            let plane = c * height * width..<(c + 1) * height * width
            result.values.replaceSubrange(
                plane, with: DragonImage.smoothedIn(Array(values[plane]), weights: weights, width: width, height: height))
        }
        return result
    }

    /// Every cell the mean of those around it.
    func blurred(by reach: Int) -> LatentGrid {
        let counts = boxSums([Float](repeating: 1, count: height * width), width, height, reach)
        var result = self
        for c in 0..<channels {
            let first = c * height * width
            let sums = boxSums(Array(values[first..<first + height * width]), width, height, reach)
            for at in sums.indices { result.values[first + at] = sums[at] / counts[at] }
        }
        return result
    }
}
