/// A set of cells of a grid, some of which may belong to it in part.
///
/// What the paper does with masks asks only whether a cell is set. What is laid, emptied or warped in a photo's own pixels
/// follows the shares, so that a soft edge stays soft.
public struct Mask: Sendable, Equatable {
    /// Rows.
    public let height: Int
    /// Columns.
    public let width: Int
    /// Row by row.
    public package(set) var cells: [Bool]
    /// How much of each cell belongs, 0 … 255; nil where ``cells`` say all. Masks made of others have none.
    private(set) var shares: [UInt8]?

    /// A mask of shares, 0 … 255, row by row: cells are set from 128 on.
    public init(height: Int, width: Int, shares: [UInt8]) {
        self.init(height: height, width: width, cells: shares.map { $0 >= 128 })
        if shares.contains(where: { $0 != 0 && $0 != 255 }) { self.shares = shares }
    }

    /// A mask of given cells, row by row.
    public init(height: Int, width: Int, cells: [Bool]) {
        precondition(cells.count == height * width, "a mask's cells fill its grid")
        (self.height, self.width, self.cells) = (height, width, cells)
    }

    /// An empty mask, or a whole one.
    public init(height: Int, width: Int, isWhole: Bool = false) {
        self.init(height: height, width: width, cells: Array(repeating: isWhole, count: height * width))
    }

    /// Columns and rows.
    public var size: PixelSize { PixelSize(width: width, height: height) }

    /// Whether a cell is set.
    package subscript(y: Int, x: Int) -> Bool {
        get { cells[y * width + x] }
        set { cells[y * width + x] = newValue }
    }

    /// Whether a cell lies in the grid.
    package func contains(_ y: Int, _ x: Int) -> Bool { y >= 0 && y < height && x >= 0 && x < width }

    /// Number of set cells.
    public var count: Int { cells.reduce(0) { $0 &+ ($1 ? 1 : 0) } }

    /// Positions of the set cells, row by row.
    package var indices: [Int] { cells.indices.filter { cells[$0] } }

    /// Resized by nearest neighbour.
    package func resized(height newHeight: Int, width newWidth: Int) -> Mask {
        let rows = (0..<newHeight).map { nearestSource($0, from: height, to: newHeight) }
        let columns = (0..<newWidth).map { nearestSource($0, from: width, to: newWidth) }
        return Mask(height: newHeight, width: newWidth, cells: rows.flatMap { y in columns.map { self[y, $0] } })
    }

    /// On a coarser grid: cells are set that any set cell falls into.
    package func coarsened(height newHeight: Int, width newWidth: Int) -> Mask {
        var result = Mask(height: newHeight, width: newWidth)
        for index in indices { result[index / width * newHeight / height, index % width * newWidth / width] = true }
        return result
    }

    /// Shifted; what leaves the grid is dropped.
    package func shifted(dx: Int, dy: Int) -> Mask {
        var result = Mask(height: height, width: width)
        for index in indices {
            let (y, x) = (index / width + dy, index % width + dx)
            if contains(y, x) { result[y, x] = true }
        }
        return result
    }

    /// With what belongs to another mask of its size, soft edges and all.
    package func joined(with other: Mask) -> Mask {
        guard shares != nil || other.shares != nil else { return self | other }
        let (mine, others) = (self.everyShare, other.everyShare)
        return Mask(height: height, width: width, shares: zip(mine, others).map(max))
    }

    private var everyShare: [UInt8] { shares ?? cells.map { $0 ? 255 : 0 } }

    /// Cells set in both, in either, or not.
    package static func & (a: Mask, b: Mask) -> Mask {
        Mask(height: a.height, width: a.width, cells: zip(a.cells, b.cells).map { $0 && $1 })
    }
    package static func | (a: Mask, b: Mask) -> Mask {
        Mask(height: a.height, width: a.width, cells: zip(a.cells, b.cells).map { $0 || $1 })
    }
    package static prefix func ! (a: Mask) -> Mask { Mask(height: a.height, width: a.width, cells: a.cells.map { !$0 }) }
}

/// floor(i · from / to), in float32 as PyTorch computes it: where the quotient is not exact this is what decides.
package func nearestSource(_ index: Int, from: Int, to: Int) -> Int {
    min(Int((Float(index) * (Float(from) / Float(to))).rounded(.down)), from - 1)
}

/// Where the origin of a grid lands when it is cut or padded about the centre to another size.
package func centreOffset(from: (height: Int, width: Int), to: (height: Int, width: Int)) -> (y: Int, x: Int) {
    let (y, x) = (abs(from.height - to.height) / 2, abs(from.width - to.width) / 2)
    return from.height >= to.height ? (-y, -x) : (y, x)
}
