import DragonImage

/// What was drawn around an object by hand: a mask of the picture's size, or of every n-th pixel of it.
public struct Outline: Sendable {
    let mask: Mask
    /// Pixels from one cell to the next.
    let step: Int
    /// A box's corners are hardly ever the object's.
    let isBox: Bool

    /// - Parameter mask: its cell x,y stands for the pixel x·step,y·step.
    public init(_ mask: Mask, step: Int = 1) { (self.mask, self.step, isBox) = (mask, step, false) }

    /// A box's outline in a picture.
    init(_ box: PixelBox, in size: PixelSize) {
        step = max(1, max(size.width, size.height) / 1024)
        var mask = Mask(height: (size.height + step - 1) / step, width: (size.width + step - 1) / step)
        let inside = box.clipped(to: size.box)
        if inside.width > 0, inside.height > 0 {
            for y in inside.y / step...(inside.endY - 1) / step {
                for x in inside.x / step...(inside.endX - 1) / step { mask[y, x] = true }
            }
        }
        (self.mask, isBox) = (mask, true)
    }

    /// Whether it belongs to a picture of that size.
    func fits(_ size: PixelSize) -> Bool {
        mask.size == PixelSize(width: (size.width + step - 1) / step, height: (size.height + step - 1) / step)
    }

    /// The box of pixels around it; nil where nothing is enclosed.
    var bounds: PixelBox? {
        mask.bounds.map { PixelBox(x: $0.x * step, y: $0.y * step, width: $0.width * step, height: $0.height * step) }
    }

    /// On a part of a coarser grid, of `scale` pixels a cell.
    func sampled(in box: PixelBox, scale: Int) -> Mask {
        var result = Mask(height: box.height, width: box.width)
        for y in 0..<box.height {
            let row = min(((box.y + y) * scale + scale / 2) / step, mask.height - 1)
            for x in 0..<box.width { result[y, x] = mask[row, min(((box.x + x) * scale + scale / 2) / step, mask.width - 1)] }
        }
        return result
    }
}

/// Where an object is, roughly.
public struct ObjectHint: Sendable {
    /// Points on it, in pixels.
    public var inside: [Point]
    /// Points beside it.
    public var outside: [Point]
    /// Drawn around it.
    public var outline: Outline?

    /// A hint of points and of what was drawn.
    public init(inside: [Point] = [], outside: [Point] = [], outline: Outline? = nil) {
        (self.inside, self.outside, self.outline) = (inside, outside, outline)
    }

    /// A hint of points and of a box around the object in a picture of some size.
    public init(inside: [Point] = [], outside: [Point] = [], box: PixelBox, in size: PixelSize) {
        self.init(inside: inside, outside: outside, outline: Outline(box, in: size))
    }
}

/// Why no object was found.
public enum FindingError: Error, Equatable, CustomStringConvertible {
    /// A hint says nothing.
    case noHint
    /// A point, "at" or "not", does not lie in the picture.
    case pointBeyond(Point, size: PixelSize)
    /// An outline encloses no pixel.
    case emptyOutline
    /// An outline is not of the picture's size.
    case outlineSize(PixelSize, picture: PixelSize)
    /// There is nothing by which the object could be told from what surrounds it.
    case nothingFound
    case lacksMemory

    /// One line that says what to do.
    public var description: String {
        switch self {
        case .noHint: "nothing says where the object is: give a point on it, a box or an outline around it"
        case .pointBeyond(let point, let size):
            "the point \(Self.text(point.x)),\(Self.text(point.y)) is outside the picture of \(size): give one of its pixels"
        case .emptyOutline: "the outline encloses no pixel: draw it around the object"
        case .outlineSize(let found, let picture): "the outline is \(found): it should have the picture's \(picture)"
        case .nothingFound: "no object can be told from what surrounds it there: draw around it, or give more points"
        case .lacksMemory: "there is not enough memory to find an object: close other programs"
        }
    }

    /// Whole numbers without a fraction; any other as it is.
    private static func text(_ number: Double) -> String { Int(exactly: number).map(String.init) ?? "\(number)" }
}
