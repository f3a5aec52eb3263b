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
