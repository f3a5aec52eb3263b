/// Where an object goes: scaled about its box's centre, then shifted.
package struct Placement: Sendable {
    /// The object's box where it comes from.
    package let source: PixelBox
    package let displacement: Point
    package let resize: Double

    /// The object's box where it goes, with a pixel to spare around fractions.
    package var target: PixelBox {
        let (width, height) = (Double(source.width) * resize, Double(source.height) * resize)
        let (left, top) = (origin.x, origin.y)
        let (x, y) = (Int(left.rounded(.down)), Int(top.rounded(.down)))
        return PixelBox(
            x: x, y: y, width: Int((left + width).rounded(.up)) - x, height: Int((top + height).rounded(.up)) - y)
    }

    /// An object's box, and where it goes from there.
    package init(source: PixelBox, displacement: Point, resize: Double) {
        (self.source, self.displacement, self.resize) = (source, displacement, resize)
    }

    /// The upper left corner of the scaled box.
    private var origin: Point {
        Point(
            x: Double(source.x) + Double(source.width) * (1 - resize) / 2 + displacement.x,
            y: Double(source.y) + Double(source.height) * (1 - resize) / 2 + displacement.y)
    }

    /// Whether every pixel goes to a pixel.
    package var isExact: Bool {
        resize == 1 && displacement.x == displacement.x.rounded() && displacement.y == displacement.y.rounded()
    }

    /// The part of the target that a box, grown by a margin, sees; all of it where every pixel goes to a pixel.
    package func seen(on box: PixelBox, margin: Int) -> PixelBox { isExact ? target : target.clipped(to: box.grown(by: margin)) }

    /// A raster of the source's box, at its new place and size.
    ///
    /// - Parameter part: what of the target is wanted, as ``seen(on:margin:)`` tells.
    package func moved(_ raster: Raster, to part: PixelBox, isLight: Bool) -> Raster {
        guard !isExact else { return raster }
        return raster.resampled(
            origin: (x: (Double(part.x) - origin.x) / resize, y: (Double(part.y) - origin.y) / resize), step: 1 / resize,
            width: part.width, height: part.height, isLight: isLight)
    }

    /// The displacement that the published method needs for the same result: it scales about the picture's centre, and the
    /// displacement with it (ALGORITHM sections 3 and 5).
    package func published(pictureWidth: Double, pictureHeight: Double) -> Point {
        let centre = Point(x: Double(source.x) + Double(source.width) / 2, y: Double(source.y) + Double(source.height) / 2)
        return Point(
            x: ((centre.x - pictureWidth / 2) * (1 - resize) + displacement.x) / resize,
            y: ((centre.y - pictureHeight / 2) * (1 - resize) + displacement.y) / resize)
    }
}
