import DragonImage
import DragonModel

// What all modes check of what they are given.
extension EditError {
    /// Throws for a number out of its range; not a number is in none.
    static func check<Number: Comparable>(_ name: String, _ value: Number, _ range: ClosedRange<Number>) throws {
        guard range.contains(value) else {
            let (low, high) = (plain(range.lowerBound), plain(range.upperBound))
            throw number(name: name, value: "\(value)", range: "a number from \(low) to \(high)")
        }
    }

    /// A whole number without its point.
    private static func plain<Number>(_ value: Number) -> String {
        let text = "\(value)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    /// Throws for a shift beyond any picture.
    static func check(_ shift: Point, _ what: String) throws {
        try check(what, shift.x, Limits.displacement)
        try check(what, shift.y, Limits.displacement)
    }

    /// Throws for a mask of another size than its picture, or without a set cell.
    ///
    /// - Parameter mayBeWhole: whether it may leave nothing outside.
    package static func check(_ mask: Mask, on canvas: PixelSize, _ what: String, mayBeWhole: Bool = true) throws {
        guard mask.size == canvas else { throw size(what: what, found: "\(mask.size)", expected: "its picture's \(canvas)") }
        let count = mask.count
        guard count > 0 else { throw emptyMask(what: what) }
        guard mayBeWhole || count < mask.cells.count else { throw fullMask(what: what) }
    }

    /// Throws for a picture that is no working grid, or another one than `grid`; there may be none.
    static func check(_ picture: WorkingPicture?, on grid: PixelSize, _ what: String) throws {
        guard let picture else { return }
        let multiple = Limits.sideMultiple
        guard picture.size.isMultiple(of: multiple), picture.values.count == 3 * picture.height * picture.width else {
            throw size(what: what, found: "\(picture.size)", expected: "sides that are multiples of \(multiple)")
        }
        guard picture.size == grid else { throw size(what: what, found: "\(picture.size)", expected: "\(grid)") }
        guard picture.values.allSatisfy(\.isFinite) else {
            throw number(name: "a pixel of \(what)", value: "not a number", range: "finite numbers")
        }
    }

    /// Throws unless there are points, as many targets as handles, on the picture, and something would move.
    static func check(_ handles: [Point], _ targets: [Point], on canvas: PixelSize) throws {
        guard !handles.isEmpty else { throw points("there is no point to drag: give at least one handle and its target") }
        guard handles.count == targets.count else {
            throw points("\(handles.count) handles need as many targets, found \(targets.count)")
        }
        guard handles.count <= Limits.mostPoints else {
            throw points("\(handles.count) handles are too many: give at most \(Limits.mostPoints)")
        }
        for point in handles + targets {
            guard point.x >= 0, point.y >= 0, point.x < Double(canvas.width), point.y < Double(canvas.height) else {
                throw points("the point \(point.x),\(point.y) lies outside the picture of \(canvas)")
            }
        }
        guard zip(handles, targets).contains(where: { $0 != $1 }) else {
            throw nothingToDo("every handle is its own target: nothing would move")
        }
    }

    /// The box of what an object casts; nil where it casts nothing.
    static func shadowBounds(_ shadow: Mask?, on canvas: PixelSize) throws -> PixelBox? {
        guard let shadow else { return nil }
        try check(shadow, on: canvas, "the shadow's mask", mayBeWhole: false)
        return try bounds(shadow, "the shadow's mask")
    }

    /// The box of what a mask marks, in part too.
    static func bounds(_ mask: Mask, _ what: String) throws -> PixelBox {
        guard mask.count > 0, let box = mask.touched.bounds else { throw emptyMask(what: what) }
        return box
    }
}

extension Placement {
    /// The part of the object's new box that lies on the picture; nil where nothing does.
    ///
    /// - Throws: ``EditError`` for a factor or a shift beyond its limits.
    func landing(on canvas: PixelSize) throws -> PixelBox? {
        try EditError.check("the resize factor", resize, Limits.resize)
        try EditError.check(displacement, "the displacement")
        let visible = target.clipped(to: canvas.box)
        return visible.width > 0 && visible.height > 0 ? visible : nil
    }
}

extension PixelSize {
    fileprivate func isMultiple(of number: Int) -> Bool {
        width >= number && height >= number && width % number == 0 && height % number == 0
    }
}
