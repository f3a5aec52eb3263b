/// A picture of any size and depth, read a part at a time.
public struct PictureSource: Sendable {
    /// Columns.
    public let width: Int
    /// Rows.
    public let height: Int
    /// Whether a fourth plane tells how opaque each pixel is.
    public let hasAlpha: Bool
    private let read: @Sendable (PixelBox) -> Raster

    /// - Parameter read: the colours in a box, three planes of 0 … 1 as displayed, not multiplied by alpha, and alpha as a
    ///   fourth where there is one; beyond the picture its border repeats.
    public init(width: Int, height: Int, hasAlpha: Bool = false, read: @escaping @Sendable (PixelBox) -> Raster) {
        (self.width, self.height, self.hasAlpha, self.read) = (width, height, hasAlpha, read)
    }

    /// Colours in a box, and alpha. What cannot be seen takes its colour from what can.
    package func colours(in box: PixelBox) -> Raster {
        let raster = bands(of: box)
        guard hasAlpha, raster.planes.count == 4, raster.planes[3].contains(where: { $0 < 1 }) else { return raster }
        let shown = raster.planes[3].map { min(max($0, 0), 1) }
        guard shown.contains(where: { $0 > 0 }) else { return raster }
        let planes = raster.planes[..<3].map { smoothedIn($0, weights: shown, width: box.width, height: box.height) }
        return Raster(
            width: box.width, height: box.height,
            planes: planes.indices.map { p in shown.indices.map { shown[$0] > 0 ? raster.planes[p][$0] : planes[p][$0] } } + [shown])
    }

    /// What ``read`` gives, asked for by parts, so that it can end early.
    private func bands(of box: PixelBox) -> Raster {
        guard box.width * box.height > Self.band else { return read(box) }
        let rows = max(1, Self.band / box.width)
        var planes: [[Float]] = []
        for y in stride(from: box.y, to: box.endY, by: rows) where !Cancellation.isAsked {
            let part = read(PixelBox(x: box.x, y: y, width: box.width, height: min(rows, box.endY - y)))
            if planes.isEmpty {
                planes = part.planes.map { _ in [Float](repeating: 0, count: box.width * box.height) }
            }
            let start = (y - box.y) * box.width
            for p in planes.indices { planes[p].replaceSubrange(start..<start + part.planes[p].count, with: part.planes[p]) }
        }
        let count = hasAlpha ? 4 : 3
        return planes.isEmpty
            ? Raster(width: box.width, height: box.height, planeCount: count) : Raster(width: box.width, height: box.height, planes: planes)
    }

    /// Pixels that are read at once.
    private static let band = 1 << 20

    /// Columns and rows.
    public var size: PixelSize { PixelSize(width: width, height: height) }

    /// A number that tells pictures of other pixels apart (FNV-1a over the samples' bits).
    package var digest: UInt64 {
        var sum: UInt64 = 14_695_981_039_346_656_037
        let rows = 64
        for y in stride(from: 0, to: height, by: rows) {
            for plane in read(PixelBox(x: 0, y: y, width: width, height: min(rows, height - y))).planes {
                for sample in plane { sum = (sum ^ UInt64(sample.bitPattern)) &* 1_099_511_628_211 }
            }
        }
        return sum
    }
}
