/// The part of a photo that the network works on, and the grid that it works at.
///
/// It holds everything that the edit touches, with a margin for the network to see the surroundings and for the result to
/// fade into; it is at least as large as the model's window, and shifted inside the photo rather than shrunk.
struct WorkBox: Equatable {
    /// The part of the photo; it may reach beyond a photo that is smaller than the window.
    let box: PixelBox
    /// Sides of the working grid, multiples of 64.
    let gridWidth: Int
    let gridHeight: Int
    /// Photo pixels for each pixel of the grid.
    let step: Double

    private static let multiple = 64

    /// - Parameters:
    ///   - affected: everything that the edit reads or changes.
    ///   - canvas: the photo's sides.
    ///   - margins: around what is affected.
    ///   - window: side of the pictures that the model was trained on, a multiple of 64.
    init(affected: PixelBox, canvas: (width: Int, height: Int), margin: Int, window: Int) {
        let whole = PixelBox(x: 0, y: 0, width: canvas.width, height: canvas.height)
        let wanted = affected.grown(by: margin).clipped(to: whole)
        // The wanted box fits the window at its own scale, or the scale makes it fit.
        let longer = max(wanted.width, wanted.height)
        let smallest = min(window, max(canvas.width, canvas.height))
        step = Double(max(longer, smallest)) / Double(window)
        let sides = (wanted.width, wanted.height)
        (gridWidth, gridHeight) = (Self.grid(sides.0, canvas.width, step, window), Self.grid(sides.1, canvas.height, step, window))
        let size = (Int((Double(gridWidth) * step).rounded()), Int((Double(gridHeight) * step).rounded()))
        box = PixelBox(
            x: Self.place(wanted.x, wanted.width, size.0, in: canvas.width),
            y: Self.place(wanted.y, wanted.height, size.1, in: canvas.height),
            width: size.0, height: size.1)
    }

    /// Cells along a side: the window where the photo has room for it, else what covers the photo.
    private static func grid(_ wanted: Int, _ canvas: Int, _ step: Double, _ window: Int) -> Int {
        let cells = min(Double(window), max(Double(wanted), Double(canvas)) / step)
        return max(multiple, Int((cells / Double(multiple)).rounded(.up)) * multiple)
    }

    /// The start of a box of `size` around a wanted part, inside the photo where it fits.
    private static func place(_ start: Int, _ length: Int, _ size: Int, in canvas: Int) -> Int {
        guard size < canvas else { return 0 }
        return min(max(start + (length - size) / 2, 0), canvas - size)
    }

    /// A point of the photo on the working grid.
    func working(_ point: Point) -> Point { Point(x: (point.x - Double(box.x)) / step, y: (point.y - Double(box.y)) / step) }
}
