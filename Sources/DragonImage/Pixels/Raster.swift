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
}
