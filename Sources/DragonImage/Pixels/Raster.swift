/// A rectangle of planes of float32 samples: colours (three planes, 0 … 1, as displayed) or a coverage (one plane).
public struct Raster: Sendable {
    /// Columns.
    public let width: Int
    /// Rows.
    public let height: Int
    /// Planes, each row by row.
    public package(set) var planes: [[Float]]

    /// A raster of given planes.
    public init(width: Int, height: Int, planes: [[Float]]) { (self.width, self.height, self.planes) = (width, height, planes) }

    /// A raster of one value.
    package init(width: Int, height: Int, planeCount: Int, value: Float = 0) {
        self.init(width: width, height: height, planes: Array(repeating: Array(repeating: value, count: width * height), count: planeCount))
    }

    /// The same with every sample changed by a function of its plane and position.
    package func map(_ body: (Int, Int) -> Float) -> Raster {
        Raster(width: width, height: height, planes: planes.indices.map { p in (0..<width * height).map { body(p, $0) } })
    }

    /// A part that may leave the raster, whose border then repeats.
    package func repeated(to box: PixelBox) -> Raster {
        guard box != PixelBox(x: 0, y: 0, width: width, height: height) else { return self }
        let columns = (box.x..<box.endX).map { min(max($0, 0), width - 1) }
        return Raster(
            width: box.width, height: box.height,
            planes: planes.map { plane in
                var result: [Float] = []
                result.reserveCapacity(box.width * box.height)
                for y in box.y..<box.endY {
                    let row = min(max(y, 0), height - 1) * width
                    for x in columns { result.append(plane[row + x]) }
                }
                return result
            })
    }
}
