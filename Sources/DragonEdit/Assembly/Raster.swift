/// A rectangle of planes of float32 samples: colours (three planes, 0 … 1, as displayed) or a coverage (one plane).
public struct Raster: Sendable {
    /// Columns.
    public let width: Int
    /// Rows.
    public let height: Int
    /// Planes, each row by row.
    public internal(set) var planes: [[Float]]

    /// A raster of given planes.
    public init(width: Int, height: Int, planes: [[Float]]) { (self.width, self.height, self.planes) = (width, height, planes) }

    init(width: Int, height: Int, planeCount: Int, filled value: Float = 0) {
        self.init(width: width, height: height, planes: Array(repeating: Array(repeating: value, count: width * height), count: planeCount))
    }

    /// The same with every sample changed by a function of its plane and position.
    func map(_ body: (Int, Int) -> Float) -> Raster {
        Raster(width: width, height: height, planes: planes.indices.map { p in (0..<width * height).map { body(p, $0) } })
    }
}

/// A rectangle of pixels; its end is beyond its last row and column.
public struct PixelBox: Sendable, Equatable {
    /// Column of its upper left corner.
    public var x: Int
    /// Row of its upper left corner.
    public var y: Int
    /// Columns.
    public var width: Int
    /// Rows.
    public var height: Int

    /// A box at a place.
    public init(x: Int, y: Int, width: Int, height: Int) { (self.x, self.y, self.width, self.height) = (x, y, width, height) }

    var endX: Int { x + width }
    var endY: Int { y + height }

    /// The smallest box around both.
    func union(_ other: PixelBox) -> PixelBox {
        let (left, top) = (min(x, other.x), min(y, other.y))
        return PixelBox(x: left, y: top, width: max(endX, other.endX) - left, height: max(endY, other.endY) - top)
    }

    /// The box with a margin all around.
    func grown(by margin: Int) -> PixelBox {
        PixelBox(x: x - margin, y: y - margin, width: width + 2 * margin, height: height + 2 * margin)
    }

    /// The part inside another box.
    func clipped(to other: PixelBox) -> PixelBox {
        let (left, top) = (max(x, other.x), max(y, other.y))
        return PixelBox(x: left, y: top, width: max(0, min(endX, other.endX) - left), height: max(0, min(endY, other.endY) - top))
    }
}

extension Mask {
    /// The smallest box around the set cells; nil where there is none.
    var bounds: PixelBox? {
        var box: (left: Int, top: Int, right: Int, bottom: Int)?
        for y in 0..<height {
            let row = cells[y * width..<(y + 1) * width]
            guard let first = row.firstIndex(of: true), let last = row.lastIndex(of: true) else { continue }
            let (left, right) = (first - y * width, last - y * width)
            box = box.map { (min($0.left, left), $0.top, max($0.right, right), y) } ?? (left, y, right, y)
        }
        return box.map { PixelBox(x: $0.left, y: $0.top, width: $0.right - $0.left + 1, height: $0.bottom - $0.top + 1) }
    }

    /// The part in a box, unset where the box leaves the mask.
    func cropped(to box: PixelBox) -> Mask {
        if let shares { return Mask(height: box.height, width: box.width, shares: cropped(shares, to: box, outside: 0)) }
        return Mask(height: box.height, width: box.width, cells: cropped(cells, to: box, outside: false))
    }

    private func cropped<Cell>(_ values: [Cell], to box: PixelBox, outside: Cell) -> [Cell] {
        var result = [Cell](repeating: outside, count: box.height * box.width)
        for y in 0..<box.height where (0..<height).contains(y + box.y) {
            for x in 0..<box.width where (0..<width).contains(x + box.x) {
                result[y * box.width + x] = values[(y + box.y) * width + x + box.x]
            }
        }
        return result
    }

    /// Whether some cell belongs in part.
    var isSoft: Bool { shares != nil }

    /// All cells of which any part belongs.
    var touched: Mask { shares.map { Mask(height: height, width: width, cells: $0.map { $0 > 0 }) } ?? self }

    /// How much of each cell belongs, 0 … 1, as one plane.
    var coverage: Raster {
        Raster(width: width, height: height, planes: [shares.map { $0.map { Float($0) / 255 } } ?? cells.map { $0 ? 1 : 0 }])
    }
}
