/// The part of a picture that the network works on, and the grid that it is scaled to.
///
/// It holds everything that the edit touches, with a margin for the network to see the surroundings and for the result to
/// fade into; it is at least as large as the model's window, and shifted inside the picture rather than shrunk.
package struct WorkGrid: Equatable, Sendable {
    /// The part of the picture; it may reach beyond a picture that is smaller than the window.
    package let box: PixelBox
    /// Columns of the grid, a multiple of ``multiple``.
    package let gridWidth: Int
    /// Rows of the grid, likewise.
    package let gridHeight: Int
    /// Picture pixels for each pixel of the grid.
    package let step: Double

    /// What sides of the grid are multiples of: the coarsest level of a UNet has cells of 64 pixels.
    package static let multiple = 64

    /// - Parameters:
    ///   - affected: everything that the edit reads or changes.
    ///   - canvas: the picture's sides.
    ///   - margin: around what is affected, in pixels.
    ///   - window: side of the pictures that the model was trained on, a multiple of ``multiple``.
    package init(affected: PixelBox, canvas: PixelSize, margin: Int, window: Int) {
        let wanted = affected.grown(by: margin).clipped(to: canvas.box)
        // The wanted box fits the window at its own scale, or the scale makes it fit.
        let longer = max(wanted.width, wanted.height)
        let smallest = min(window, max(canvas.width, canvas.height))
        step = Double(max(longer, smallest)) / Double(window)
        gridWidth = Self.grid(wanted.width, canvas.width, step, window)
        gridHeight = Self.grid(wanted.height, canvas.height, step, window)
        let size = (Int((Double(gridWidth) * step).rounded()), Int((Double(gridHeight) * step).rounded()))
        box = PixelBox(
            x: Self.place(wanted.x, wanted.width, size.0, in: canvas.width),
            y: Self.place(wanted.y, wanted.height, size.1, in: canvas.height), width: size.0, height: size.1)
    }

    /// A part of another picture that fills the same grid.
    package init(affected: PixelBox, canvas: PixelSize, margin: Int, like other: WorkGrid) {
        let wanted = affected.grown(by: margin).clipped(to: canvas.box)
        (gridWidth, gridHeight) = (other.gridWidth, other.gridHeight)
        step = max(Double(wanted.width) / Double(gridWidth), Double(wanted.height) / Double(gridHeight))
        let size = (Int((Double(gridWidth) * step).rounded()), Int((Double(gridHeight) * step).rounded()))
        box = PixelBox(
            x: wanted.x + (wanted.width - size.0) / 2, y: wanted.y + (wanted.height - size.1) / 2, width: size.0, height: size.1)
    }

    /// Cells along a side: the window where the picture has room for it, else what covers the picture.
    private static func grid(_ wanted: Int, _ canvas: Int, _ step: Double, _ window: Int) -> Int {
        let cells = min(Double(window), max(Double(wanted), Double(canvas)) / step)
        return max(multiple, Int((cells / Double(multiple)).rounded(.up)) * multiple)
    }

    /// The start of a box of `size` around a wanted part, inside the picture where it fits.
    private static func place(_ start: Int, _ length: Int, _ size: Int, in canvas: Int) -> Int {
        guard size < canvas else { return 0 }
        return min(max(start + (length - size) / 2, 0), canvas - size)
    }

    /// Sides of the grid.
    package var gridSize: PixelSize { PixelSize(width: gridWidth, height: gridHeight) }

    /// A point of the picture on the grid.
    package func onGrid(_ point: Point) -> Point {
        Point(x: (point.x - Double(box.x)) / step, y: (point.y - Double(box.y)) / step)
    }

    /// An object's way on the grid.
    package func onGrid(_ placement: Placement) -> Placement {
        let object = placement.source
        let corner = onGrid(Point(x: Double(object.x), y: Double(object.y)))
        let size = (Double(object.width) / step, Double(object.height) / step)
        return Placement(
            source: PixelBox(
                x: Int(corner.x), y: Int(corner.y), width: max(1, Int(size.0.rounded())), height: max(1, Int(size.1.rounded()))),
            displacement: Point(x: placement.displacement.x / step, y: placement.displacement.y / step), resize: placement.resize)
    }

    /// Colours of the box on the grid.
    package func onGrid(_ colours: Raster) -> Raster {
        guard step != 1 else { return colours }
        return colours.resampled(origin: (0, 0), step: step, width: gridWidth, height: gridHeight, isLight: true)
    }

    /// A mask of the whole picture on the grid, never empty where it was not.
    package func onGrid(_ mask: Mask) -> Mask {
        let part = mask.cropped(to: box)
        guard step != 1 else { return part }
        var result = part.coverage.resampled(origin: (0, 0), step: step, width: gridWidth, height: gridHeight, isLight: false).mask
        if result.count == 0, let bounds = part.bounds {
            let (y, x) = (
                Int((Double(bounds.y) + Double(bounds.height) / 2) / step), Int((Double(bounds.x) + Double(bounds.width) / 2) / step)
            )
            result[min(y, gridHeight - 1), min(x, gridWidth - 1)] = true
        }
        return result
    }

    /// Another picture and its object on the grid, laid so that the object is where a placement brings it.
    package func aligned(_ source: PictureSource, _ object: Mask, _ placement: Placement) -> (colours: Raster, object: Mask) {
        let step = step / placement.resize
        // The point of the source under the box's upper left corner.
        let centre = Point(
            x: Double(placement.source.x) + Double(placement.source.width) / 2,
            y: Double(placement.source.y) + Double(placement.source.height) / 2)
        let corner = Point(
            x: centre.x + (Double(box.x) - centre.x - placement.displacement.x) / placement.resize,
            y: centre.y + (Double(box.y) - centre.y - placement.displacement.y) / placement.resize)
        let part = PixelBox(
            x: Int(corner.x.rounded(.down)) - 4, y: Int(corner.y.rounded(.down)) - 4, width: Int(Double(gridWidth) * step) + 9,
            height: Int(Double(gridHeight) * step) + 9)
        let origin = (x: corner.x - Double(part.x), y: corner.y - Double(part.y))
        let resampled = { (raster: Raster, isLight: Bool) in
            raster.resampled(origin: origin, step: step, width: gridWidth, height: gridHeight, isLight: isLight)
        }
        return (resampled(source.colours(in: part), true), resampled(object.cropped(to: part).coverage, false).mask)
    }
}
