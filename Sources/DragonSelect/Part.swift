import DragonImage
import Foundation

/// A part of one level of a picture, in which an object is searched.
struct Part {
    /// Of the pyramid, and the pixels of the picture to one of its cells.
    let level: Int
    /// In the level's cells.
    let box: PixelBox
    let field: ColourField
    let ties: Ties

    init(_ pyramid: PicturePyramid, level: Int, box: PixelBox) {
        (self.level, self.box) = (level, box)
        field = pyramid.levels[level].field(in: box)
        ties = Ties(field)
    }

    /// The part that shows a box of the picture, on the finest level where it has a side of at most `side` cells.
    init(_ pyramid: PicturePyramid, showing pixels: PixelBox, within side: Int) {
        let level = pyramid.level(showing: pixels, within: side)
        let (grid, scale) = (pyramid.levels[level], 1 << level)
        let (x, y) = (pixels.x / scale, pixels.y / scale)
        let (endX, endY) = ((pixels.endX + scale - 1) / scale, (pixels.endY + scale - 1) / scale)
        self.init(
            pyramid, level: level,
            box: PixelBox(x: x, y: y, width: endX - x, height: endY - y).clipped(
                to: PixelBox(x: 0, y: 0, width: grid.width, height: grid.height)))
    }

    /// The same part on the next finer level.
    func finer(_ pyramid: PicturePyramid) -> Part {
        let grid = pyramid.levels[level - 1]
        return Part(
            pyramid, level: level - 1,
            box: PixelBox(x: box.x * 2, y: box.y * 2, width: box.width * 2, height: box.height * 2).clipped(
                to: PixelBox(x: 0, y: 0, width: grid.width, height: grid.height)))
    }

    var scale: Int { 1 << level }
    var cellCount: Int { field.width * field.height }

    /// Where a cell of another part lies here, of this field's mean side.
    func place(of cell: Int, in other: Part) -> SIMD2<Float> {
        let x = Float((cell % other.field.width + other.box.x) * other.scale) / Float(scale) - Float(box.x)
        let y = Float((cell / other.field.width + other.box.y) * other.scale) / Float(scale) - Float(box.y)
        return SIMD2(x, y) / Float(cellCount).squareRoot()
    }

    /// A point of the picture in the part's cells.
    func cell(of point: Point) -> Point {
        Point(x: point.x / Double(scale) - Double(box.x), y: point.y / Double(scale) - Double(box.y))
    }

    /// The middle of a cell, in the picture's pixels.
    func pixel(_ cell: Int) -> Point {
        Point(
            x: (Double(cell % field.width + box.x) + 0.5) * Double(scale), y: (Double(cell / field.width + box.y) + 0.5) * Double(scale))
    }

    /// Of each cell's middle to the nearest of some points, in cells.
    func distances(to points: [Point]) -> [Float] {
        var result = [Float](repeating: .infinity, count: cellCount)
        for point in points {
            for y in 0..<field.height {
                let dy = Float(Double(y) + 0.5 - point.y)
                for x in 0..<field.width {
                    let dx = Float(Double(x) + 0.5 - point.x)
                    result[y * field.width + x] = min(result[y * field.width + x], (dx * dx + dy * dy).squareRoot())
                }
            }
        }
        return result
    }

    /// The cells next to a hint's points, and whether they are the object's.
    ///
    /// - Parameter side: of the object, about, in cells.
    func decided(by hint: ObjectHint, side: Float) -> [(cell: Int, isInside: Bool)] {
        [(hint.inside, true), (hint.outside, false)].flatMap { points, isInside in
            points.isEmpty
                ? []
                : distances(to: points.map(cell)).enumerated().filter { $0.element <= max(1, side * 0.015) }.map { ($0.offset, isInside) }
        }
    }

    /// A mask of another part, of any level, here. What it does not show is not set.
    func taken(_ mask: Mask, of other: Part) -> Mask {
        var result = Mask(height: field.height, width: field.width)
        for y in 0..<field.height {
            let row = (y + box.y) * scale / other.scale - other.box.y
            guard (0..<mask.height).contains(row) else { continue }
            for x in 0..<field.width {
                let column = (x + box.x) * scale / other.scale - other.box.x
                if (0..<mask.width).contains(column) { result[y, x] = mask[row, column] }
            }
        }
        return result
    }

    /// The box of pixels around what is set in a mask of the part, with a margin; nil where nothing is.
    func pixels(around mask: Mask, in size: PixelSize, margin: (Double) -> Int) -> PixelBox? {
        guard let bounds = mask.bounds else { return nil }
        let pixels = PixelBox(
            x: (bounds.x + box.x) * scale, y: (bounds.y + box.y) * scale, width: bounds.width * scale, height: bounds.height * scale)
        return pixels.grown(by: margin(pixels.meanSide)).clipped(to: size.box)
    }
}

extension PixelBox {
    /// Side of the square of the same area.
    var meanSide: Double { (Double(width) * Double(height)).squareRoot() }
}

extension Mask {
    /// Distance of each cell to the mask's border, in cells: positive inside.
    var depth: [Float] {
        let (inner, outer) = (DistanceField(to: !self).distances, DistanceField(to: self).distances)
        return cells.indices.map { cells[$0] ? inner[$0] : -outer[$0] }
    }
}
