/// Where an object goes: turned and scaled about its box's middle, then shifted.
package struct Placement: Sendable {
    /// The object's box where it comes from.
    package let source: PixelBox
    package let displacement: Point
    package let resize: Double
    package let turn: Turn

    /// An object's box, and where it goes from there.
    package init(source: PixelBox, displacement: Point, resize: Double, turn: Turn = .none) {
        (self.source, self.displacement, self.resize, self.turn) = (source, displacement, resize, turn)
    }

    /// The middle of the object's box where it comes from.
    package var middle: Point {
        Point(x: Double(source.x) + Double(source.width) / 2, y: Double(source.y) + Double(source.height) / 2)
    }

    /// Where the middle goes. A box on its side, of sides that are odd together, goes half a pixel further up and left, so that
    /// its pixels come to lie on pixels.
    package var newMiddle: Point {
        let isOff = liesOnItsSide && resize == 1 && !(source.width - source.height).isMultiple(of: 2)
        let off = isOff ? -0.5 : 0
        return Point(x: middle.x + displacement.x + off, y: middle.y + displacement.y + off)
    }

    private var liesOnItsSide: Bool { turn.quarters.map { $0 % 2 == 1 } ?? false }

    /// Sides of the upright box around the object where it goes.
    private var size: (width: Double, height: Double) {
        let (width, height) = (Double(source.width) * resize, Double(source.height) * resize)
        guard turn.quarters == nil else { return liesOnItsSide ? (height, width) : (width, height) }
        let corners = [Point(x: width / 2, y: height / 2), Point(x: width / 2, y: -height / 2)].map(turn.turned)
        return (2 * (corners.map { abs($0.x) }.max() ?? 0), 2 * (corners.map { abs($0.y) }.max() ?? 0))
    }

    /// The upper left corner of that box.
    private var origin: Point { Point(x: newMiddle.x - size.width / 2, y: newMiddle.y - size.height / 2) }

    /// The upright box around the object where it goes, with a pixel to spare around fractions.
    package var target: PixelBox {
        let (left, top) = (origin.x, origin.y)
        let (x, y) = (Int(left.rounded(.down)), Int(top.rounded(.down)))
        return PixelBox(
            x: x, y: y, width: Int((left + size.width).rounded(.up)) - x, height: Int((top + size.height).rounded(.up)) - y)
    }

    /// Where a point comes from that lies here afterwards.
    package func source(of point: Point) -> Point {
        let way = turn.unturned(Point(x: (point.x - newMiddle.x) / resize, y: (point.y - newMiddle.y) / resize))
        return Point(x: middle.x + way.x, y: middle.y + way.y)
    }

    /// Whether every pixel goes to a pixel.
    package var isExact: Bool {
        resize == 1 && turn.quarters != nil && displacement.x == displacement.x.rounded() && displacement.y == displacement.y.rounded()
    }

    /// The part of the target that a box, grown by a margin, sees; all of it where every pixel goes to a pixel.
    package func seen(on box: PixelBox, margin: Int) -> PixelBox { isExact ? target : target.clipped(to: box.grown(by: margin)) }

    /// A raster of the source's box, at its new place and size.
    ///
    /// - Parameter part: what of the target is wanted, as ``seen(on:margin:)`` tells.
    package func moved(_ raster: Raster, to part: PixelBox, isLight: Bool) -> Raster {
        guard turn == .none else {
            let grid = TurnedGrid(part, step: 1, self, from: Point(x: Double(source.x), y: Double(source.y)))
            return isExact ? raster.picked(grid) : raster.turned(grid, isLight: isLight)
        }
        guard !isExact else { return raster }
        return raster.resampled(
            origin: (x: (Double(part.x) - origin.x) / resize, y: (Double(part.y) - origin.y) / resize), step: 1 / resize,
            width: part.width, height: part.height, isLight: isLight)
    }

    /// The displacement that the published method needs for the same result: it scales about the picture's centre, and the
    /// displacement with it (ALGORITHM sections 3 and 5).
    package func published(pictureWidth: Double, pictureHeight: Double) -> Point {
        Point(
            x: ((middle.x - pictureWidth / 2) * (1 - resize) + displacement.x) / resize,
            y: ((middle.y - pictureHeight / 2) * (1 - resize) + displacement.y) / resize)
    }
}
