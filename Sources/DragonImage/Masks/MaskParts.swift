extension Mask {
    /// The smallest box around the set cells; nil where there is none.
    package var bounds: PixelBox? {
        var box: (left: Int, top: Int, right: Int, bottom: Int)?
        for y in 0..<height {
            let row = cells[y * width..<(y + 1) * width]
            guard let first = row.firstIndex(of: true), let last = row.lastIndex(of: true) else { continue }
            let (left, right) = (first - y * width, last - y * width)
            box = box.map { (min($0.left, left), $0.top, max($0.right, right), y) } ?? (left, y, right, y)
        }
        return box.map { PixelBox(x: $0.left, y: $0.top, width: $0.right - $0.left + 1, height: $0.bottom - $0.top + 1) }
    }

    /// The part in a box, unset where the box leaves the mask.
    package func cropped(to box: PixelBox) -> Mask {
        if let shares { return Mask(height: box.height, width: box.width, shares: cropped(shares, to: box, outside: 0)) }
        return Mask(height: box.height, width: box.width, cells: cropped(cells, to: box, outside: false))
    }

    private func cropped<Cell>(_ values: [Cell], to box: PixelBox, outside: Cell) -> [Cell] {
        var result = [Cell](repeating: outside, count: box.height * box.width)
        for y in 0..<box.height where (0..<height).contains(y + box.y) {
            for x in 0..<box.width where (0..<width).contains(x + box.x) {
                result[y * box.width + x] = values[(y + box.y) * width + x + box.x]
            }
        }
        return result
    }

    /// Whether some cell belongs in part.
    package var isSoft: Bool { shares != nil }

    /// All cells of which any part belongs.
    package var touched: Mask { shares.map { Mask(height: height, width: width, cells: $0.map { $0 > 0 }) } ?? self }

    /// How much of each cell belongs, 0 … 1, as one plane.
    package var coverage: Raster {
        Raster(width: width, height: height, planes: [shares.map { $0.map { Float($0) / 255 } } ?? cells.map { $0 ? 1 : 0 }])
    }
}

extension Raster {
    /// Where the first plane is above one half.
    package var mask: Mask { Mask(height: height, width: width, cells: planes[0].map { $0 > 0.5 }) }
}
