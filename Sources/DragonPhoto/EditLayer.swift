import DragonImage

/// An edited part of a photo: laid over the photo by its coverage, it gives the edited photo. Where the coverage is 0 the
/// photo's own pixels stay, bit for bit.
public struct EditLayer: Sendable {
    /// Where the layer lies in the photo.
    public let box: PixelBox
    /// Three planes of 0 … 1 as displayed, and alpha as a fourth where the photo has it.
    public let colours: Raster
    /// 0 … 1, row by row.
    public let coverage: [Float]
    /// How much of each pixel the edit may change, likewise: where that ends softly, the coverage ends at once.
    public internal(set) var extent: [Float]
    /// Pixels that were made anew, by the fill or the network: on them a seed decides.
    public let madePixels: Int
    /// The same as layers, from below: the ground without the object that the edit laid, and that object. Empty where it laid none.
    public internal(set) var parts: [EditLayer] = []
}

extension EditLayer {
    /// The part of a box that lies in the photo and covers anything.
    ///
    /// - Parameter extent: nil is the coverage.
    init(
        _ colours: Raster, _ coverage: [Float], extent: [Float]? = nil, at box: PixelBox, of photo: PictureSource, madePixels: Int
    ) {
        let covered = Mask(height: box.height, width: box.width, cells: coverage.map { $0 > 0 })
        let inside = PixelBox(x: -box.x, y: -box.y, width: photo.width, height: photo.height)
        let part = (covered.bounds ?? PixelBox(x: max(0, -box.x), y: max(0, -box.y), width: 1, height: 1)).clipped(to: inside)
        let take = { (plane: [Float]) in
            (part.y..<part.endY).flatMap { y in plane[y * box.width + part.x..<y * box.width + part.endX] }
        }
        let shares = take(coverage)
        self.init(
            box: PixelBox(x: part.x + box.x, y: part.y + box.y, width: part.width, height: part.height),
            colours: Raster(width: part.width, height: part.height, planes: colours.planes.map(take)), coverage: shares,
            extent: extent.map(take) ?? shares, madePixels: madePixels)
    }
}

extension EditLayer {
    /// Nothing over a photo.
    init(untouched photo: PictureSource) {
        let pixel = PixelBox(x: 0, y: 0, width: 1, height: 1)
        self.init(photo.colours(in: pixel), [0], at: pixel, of: photo, madePixels: 0)
    }

    /// The whole photo under the layer. Its coverage is whole wherever the layer's was any: seen alone or laid over the photo
    /// again, it looks the same.
    public func laid(over photo: PictureSource) -> EditLayer {
        let whole = PixelBox(x: 0, y: 0, width: photo.width, height: photo.height)
        var planes = photo.colours(in: whole).planes
        var all = [Float](repeating: 0, count: whole.width * whole.height)
        var reach = all
        for y in 0..<box.height {
            for x in 0..<box.width {
                let (from, to) = (y * box.width + x, (y + box.y) * whole.width + x + box.x)
                reach[to] = extent[from]
                guard coverage[from] > 0 else { continue }
                all[to] = 1
                for p in planes.indices { planes[p][to] += coverage[from] * (colours.planes[p][from] - planes[p][to]) }
            }
        }
        return EditLayer(
            box: whole, colours: Raster(width: whole.width, height: whole.height, planes: planes), coverage: all, extent: reach,
            madePixels: madePixels)
    }
}
