/// Columns and rows of a picture.
public struct PixelSize: Sendable, Equatable, CustomStringConvertible {
    /// Columns.
    public let width: Int
    /// Rows.
    public let height: Int

    /// A size in pixels.
    public init(width: Int, height: Int) { (self.width, self.height) = (width, height) }

    /// Such as "640×480".
    public var description: String { "\(width)×\(height)" }

    /// All its pixels.
    package var box: PixelBox { PixelBox(x: 0, y: 0, width: width, height: height) }
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

    /// The column beyond its last one.
    package var endX: Int { x + width }
    /// The row beyond its last one.
    package var endY: Int { y + height }

    /// The smallest box around both.
    package func union(_ other: PixelBox) -> PixelBox {
        let (left, top) = (min(x, other.x), min(y, other.y))
        return PixelBox(x: left, y: top, width: max(endX, other.endX) - left, height: max(endY, other.endY) - top)
    }

    /// The box with a margin all around.
    package func grown(by margin: Int) -> PixelBox {
        PixelBox(x: x - margin, y: y - margin, width: width + 2 * margin, height: height + 2 * margin)
    }

    /// The part inside another box.
    package func clipped(to other: PixelBox) -> PixelBox {
        let (left, top) = (max(x, other.x), max(y, other.y))
        return PixelBox(x: left, y: top, width: max(0, min(endX, other.endX) - left), height: max(0, min(endY, other.endY) - top))
    }

    /// The part inside another box; where there is none, the pixels of that one that are nearest.
    package func nearest(within other: PixelBox) -> PixelBox {
        let (left, top) = (min(max(x, other.x), other.endX - 1), min(max(y, other.y), other.endY - 1))
        let (right, bottom) = (max(min(endX, other.endX), left + 1), max(min(endY, other.endY), top + 1))
        return PixelBox(x: left, y: top, width: right - left, height: bottom - top)
    }
}
