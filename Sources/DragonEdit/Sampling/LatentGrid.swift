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
        return mapPlanes { DragonImage.smoothedIn($0, weights: weights, width: width, height: height) }
    }

    /// Every cell the mean of those around it.
    func blurred(by reach: Int) -> LatentGrid {
        let counts = boxSums([Float](repeating: 1, count: height * width), width, height, reach)
        return mapPlanes { zip(boxSums($0, width, height, reach), counts).map { $0 / $1 } }
    }

    private func mapPlanes(_ change: ([Float]) -> [Float]) -> LatentGrid {
        var result = self
        for c in 0..<channels {
            let plane = c * height * width..<(c + 1) * height * width
            result.values.replaceSubrange(plane, with: change(Array(values[plane])))
        }
        return result
    }
}
