import DragonEdit
import DragonModel
import DragonTensor

/// A picture's place on the working grid, whose sides are multiples of 64: it stands in the upper left corner, and its
/// last row and column are repeated beyond it.
struct WorkingGrid {
    /// The picture's own sides.
    let width: Int
    let height: Int

    private static let step = 64

    var gridWidth: Int { (width + Self.step - 1) / Self.step * Self.step }
    var gridHeight: Int { (height + Self.step - 1) / Self.step * Self.step }

    /// A picture on this grid; one of other sides is cut, or its border repeated.
    func working(_ picture: Picture) -> WorkingPicture {
        var values = [Float](repeating: 0, count: 3 * gridHeight * gridWidth)
        for y in 0..<gridHeight {
            let row = min(y, picture.height - 1)
            for x in 0..<gridWidth {
                let pixel = (row * picture.width + min(x, picture.width - 1)) * 4
                for c in 0..<3 { values[(c * gridHeight + y) * gridWidth + x] = picture.sample(pixel + c) * 2 - 1 }
            }
        }
        return WorkingPicture(height: gridHeight, width: gridWidth, values: values)
    }

    /// A mask's picture on this grid: bright and opaque pixels are set. One that covers its picture covers the grid.
    ///
    /// - Throws: ``EditError/size(what:found:expected:)`` unless it has the sides of the picture it belongs to.
    func mask(_ picture: Picture, of owner: (width: Int, height: Int), what: String) throws -> Mask {
        guard (picture.width, picture.height) == owner else {
            throw EditError.size(
                what: what, found: "\(picture.width)×\(picture.height)", expected: "its picture's \(owner.width)×\(owner.height)")
        }
        var cells = [Bool](repeating: false, count: gridHeight * gridWidth)
        var coversAll = true
        for y in 0..<min(gridHeight, picture.height) {
            for x in 0..<min(gridWidth, picture.width) {
                let pixel = (y * picture.width + x) * 4
                let light = (picture.sample(pixel) + picture.sample(pixel + 1) + picture.sample(pixel + 2)) / 3
                let isSet = light * picture.sample(pixel + 3) > 0.5
                cells[y * gridWidth + x] = isSet
                coversAll = coversAll && isSet
            }
        }
        return coversAll
            ? Mask(height: gridHeight, width: gridWidth, filled: true) : Mask(height: gridHeight, width: gridWidth, cells: cells)
    }

    /// The picture that a result on this grid stands for.
    func picture(_ tensor: Tensor) -> Picture { Picture(tensor).cropped(width: width, height: height) }
}

extension Picture {
    /// A sample as 0 … 1.
    func sample(_ index: Int) -> Float {
        switch samples {
        case .eight(let bytes): Float(bytes[index]) / 255
        case .sixteen(let words): Float(words[index]) / 65535
        }
    }

    /// The upper left part.
    func cropped(width newWidth: Int, height newHeight: Int) -> Picture {
        guard (newWidth, newHeight) != (width, height), case .eight(let bytes) = samples else { return self }
        let rows = (0..<newHeight).flatMap { y in bytes[y * width * 4..<(y * width + newWidth) * 4] }
        return Picture(width: newWidth, height: newHeight, hasAlpha: hasAlpha, samples: .eight(rows))
    }

    /// The picture resized about its centre by bilinear interpolation, its sides kept; the border is repeated, or, for a
    /// mask, dark.
    func zoomed(by factor: Double, isMask: Bool) -> Picture {
        var bytes = [UInt8](repeating: 0, count: width * height * 4)
        let (middleX, middleY) = (Double(width) / 2, Double(height) / 2)
        for y in 0..<height {
            for x in 0..<width {
                let (fromX, fromY) = ((Double(x) + 0.5 - middleX) / factor + middleX, (Double(y) + 0.5 - middleY) / factor + middleY)
                if isMask, fromX < 0 || fromY < 0 || fromX >= Double(width) || fromY >= Double(height) { continue }
                for c in 0..<4 { bytes[(y * width + x) * 4 + c] = UInt8((interpolated(fromX - 0.5, fromY - 0.5, c) * 255).rounded()) }
            }
        }
        return Picture(width: width, height: height, hasAlpha: hasAlpha, samples: .eight(bytes))
    }

    private func interpolated(_ x: Double, _ y: Double, _ channel: Int) -> Float {
        let (x, y) = (min(max(x, 0), Double(width - 1)), min(max(y, 0), Double(height - 1)))
        let (left, top) = (Int(x), Int(y))
        let (right, bottom) = (min(left + 1, width - 1), min(top + 1, height - 1))
        let (u, v) = (Float(x - Double(left)), Float(y - Double(top)))
        let at = { (x: Int, y: Int) in sample((y * width + x) * 4 + channel) }
        return (at(left, top) * (1 - u) + at(right, top) * u) * (1 - v) + (at(left, bottom) * (1 - u) + at(right, bottom) * u) * v
    }
}
