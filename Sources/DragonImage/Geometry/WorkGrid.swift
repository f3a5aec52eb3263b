/// The part of a picture that the network works on, and the grid that it is scaled to.
///
/// It holds everything that the edit touches, with a margin for the network to see the surroundings and for the result to
/// fade into; it is at least as large as the model's window, and shifted inside the picture rather than shrunk.
package struct WorkGrid: Equatable, Sendable {
    /// The part of the picture, all of it inside.
    package let box: PixelBox
    /// What the grid covers, in the picture's pixels: it may reach beyond a picture that is smaller than the window.
    package let frame: PixelBox
    /// Columns of the grid.
    package let gridWidth: Int
    /// Rows of the grid, likewise.
    package let gridHeight: Int
    /// Picture pixels for each pixel of the grid.
    package let step: Double

    /// - Parameters:
    ///   - affected: everything that the edit reads or changes.
    ///   - canvas: the picture's sides.
    ///   - margin: around what is affected, in pixels.
    ///   - window: side of the pictures that the model was trained on, a multiple of `multiple`.
    ///   - multiple: what the grid's sides are multiples of.
    package init(affected: PixelBox, canvas: PixelSize, margin: Int, window: Int, multiple: Int) {
        let wanted = affected.grown(by: margin).clipped(to: canvas.box)
        // The wanted box fits the window at its own scale, or the scale makes it fit.
        let longer = max(wanted.width, wanted.height)
        let smallest = min(window, max(canvas.width, canvas.height))
        step = Double(max(longer, smallest)) / Double(window)
        gridWidth = Self.grid(wanted.width, canvas.width, step, window, multiple)
        gridHeight = Self.grid(wanted.height, canvas.height, step, window, multiple)
        let size = (Int((Double(gridWidth) * step).rounded()), Int((Double(gridHeight) * step).rounded()))
        frame = PixelBox(
            x: Self.place(wanted.x, wanted.width, size.0, in: canvas.width),
            y: Self.place(wanted.y, wanted.height, size.1, in: canvas.height), width: size.0, height: size.1)
        box = frame.clipped(to: canvas.box)
    }

    /// A part of another picture that fills the same grid.
    package init(affected: PixelBox, canvas: PixelSize, margin: Int, like other: WorkGrid) {
        let wanted = affected.grown(by: margin).clipped(to: canvas.box)
        (gridWidth, gridHeight) = (other.gridWidth, other.gridHeight)
        step = max(Double(wanted.width) / Double(gridWidth), Double(wanted.height) / Double(gridHeight))
        let size = (Int((Double(gridWidth) * step).rounded()), Int((Double(gridHeight) * step).rounded()))
        frame = PixelBox(
            x: wanted.x + (wanted.width - size.0) / 2, y: wanted.y + (wanted.height - size.1) / 2, width: size.0, height: size.1)
        box = frame.clipped(to: canvas.box)
    }

    /// Cells along a side: the window where the picture has room for it, else what covers the picture.
    private static func grid(_ wanted: Int, _ canvas: Int, _ step: Double, _ window: Int, _ multiple: Int) -> Int {
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
        Point(x: (point.x - Double(frame.x)) / step, y: (point.y - Double(frame.y)) / step)
    }

    /// An object's way on the grid.
    package func onGrid(_ placement: Placement) -> Placement {
        let object = placement.source
        let corner = onGrid(Point(x: Double(object.x), y: Double(object.y)))
        let size = (Double(object.width) / step, Double(object.height) / step)
        return Placement(
            source: PixelBox(
                x: Int(corner.x), y: Int(corner.y), width: max(1, Int(size.0.rounded())), height: max(1, Int(size.1.rounded()))),
            displacement: Point(x: placement.displacement.x / step, y: placement.displacement.y / step), resize: placement.resize,
            turn: placement.turn)
    }

    /// Colours of the box on the grid; where that reaches beyond the picture, its border repeats.
    package func onGrid(_ colours: Raster) -> Raster {
        let origin = (x: frame.x - box.x, y: frame.y - box.y)
        guard step != 1 else {
            return colours.repeated(to: PixelBox(x: origin.x, y: origin.y, width: gridWidth, height: gridHeight))
        }
        return colours.resampled(
            origin: (Double(origin.x), Double(origin.y)), step: step, width: gridWidth, height: gridHeight, isLight: true)
    }

    /// A picture of the grid in the box's pixels.
    package func onBox(_ picture: Raster) -> Raster {
        let origin = (x: box.x - frame.x, y: box.y - frame.y)
        guard step != 1 else {
            return picture.repeated(to: PixelBox(x: origin.x, y: origin.y, width: box.width, height: box.height))
        }
        return picture.resampled(
            origin: (Double(origin.x) / step, Double(origin.y) / step), step: 1 / step, width: box.width, height: box.height,
            isLight: false)
    }

    /// A mask of the whole picture on the grid, never empty where it was not.
    package func onGrid(_ mask: Mask) -> Mask {
        guard step != 1 else { return mask.cropped(to: frame) }
        // Unset beyond the picture, as far as a sample sees.
        let seen = box.grown(by: Int(2 * step) + 2)
        let part = mask.cropped(to: seen)
        let origin = (x: frame.x - seen.x, y: frame.y - seen.y)
        var result = part.coverage.resampled(
            origin: (Double(origin.x), Double(origin.y)), step: step, width: gridWidth, height: gridHeight, isLight: false
        ).mask
        if result.count == 0, let bounds = mask.cropped(to: box).bounds {
            mark(
                Point(x: Double(bounds.x + box.x) + Double(bounds.width) / 2, y: Double(bounds.y + box.y) + Double(bounds.height) / 2),
                on: &result)
        }
        return result
    }

    /// Sets the cell under a point of the picture, where the grid has it.
    private func mark(_ point: Point, on mask: inout Mask) {
        let place = onGrid(point)
        let (x, y) = (Int(place.x.rounded(.down)), Int(place.y.rounded(.down)))
        if mask.contains(y, x) { mask[y, x] = true }
    }

    /// Another picture and its object on the grid, laid so that the object is where a placement brings it.
    package func aligned(_ source: PictureSource, _ object: Mask, _ placement: Placement) -> (colours: Raster, object: Mask) {
        guard placement.turn == .none else { return turned(source, object, placement) }
        let step = step / placement.resize
        // The point of the source under the frame's upper left corner.
        let corner = placement.source(of: Point(x: Double(frame.x), y: Double(frame.y)))
        let covered = PixelBox(
            x: Int(corner.x.rounded(.down)), y: Int(corner.y.rounded(.down)), width: Int((Double(gridWidth) * step).rounded(.up)) + 1,
            height: Int((Double(gridHeight) * step).rounded(.up)) + 1
        )
        return sampled(source, object, placement, covered) { raster, part, isLight in
            raster.resampled(
                origin: (x: corner.x - Double(part.x), y: corner.y - Double(part.y)), step: step, width: gridWidth, height: gridHeight,
                isLight: isLight)
        }
    }

    private func turned(_ source: PictureSource, _ object: Mask, _ placement: Placement) -> (colours: Raster, object: Mask) {
        let (right, low) = (Double(frame.x) + Double(gridWidth) * step, Double(frame.y) + Double(gridHeight) * step)
        let corners = [(Double(frame.x), Double(frame.y)), (right, Double(frame.y)), (Double(frame.x), low), (right, low)].map {
            placement.source(of: Point(x: $0.0, y: $0.1))
        }
        let (xs, ys) = (corners.map(\.x).sorted(), corners.map(\.y).sorted())
        let covered = PixelBox(
            x: Int(xs[0].rounded(.down)), y: Int(ys[0].rounded(.down)), width: Int((xs[3] - xs[0]).rounded(.up)) + 1,
            height: Int((ys[3] - ys[0]).rounded(.up)) + 1)
        let part = PixelBox(x: frame.x, y: frame.y, width: gridWidth, height: gridHeight)
        return sampled(source, object, placement, covered) { raster, seen, isLight in
            raster.turned(
                TurnedGrid(part, step: step, placement, from: Point(x: Double(seen.x), y: Double(seen.y))), isLight: isLight)
        }
    }

    /// What a part of a picture, and of an object on it, is on the grid.
    private func sampled(
        _ source: PictureSource, _ object: Mask, _ placement: Placement, _ covered: PixelBox,
        by resample: (Raster, PixelBox, Bool) -> Raster
    ) -> (colours: Raster, object: Mask) {
        let reach = Int((2 * max(1, step / placement.resize)).rounded(.up)) + 2
        let covered = covered.grown(by: reach)
        // Only what exists is read: a shrunk object's surroundings may be many times as large as its picture.
        let seen = covered.nearest(within: source.size.box)
        let around = (object.bounds ?? seen).grown(by: reach).clipped(to: covered)
        var laid = Mask(height: gridHeight, width: gridWidth)
        if around.width > 0, around.height > 0 { laid = resample(object.cropped(to: around).coverage, around, false).mask }
        if laid.count == 0 { mark(placement.newMiddle, on: &laid) }
        return (resample(source.colours(in: seen), seen, true), laid)
    }
}
