extension EditLayer {
    /// The whole photo under the layer. Its coverage is whole wherever the layer's was any: seen alone or laid over the photo
    /// again, it looks the same.
    public func laid(over photo: Photo) -> EditLayer {
        let whole = PixelBox(x: 0, y: 0, width: photo.width, height: photo.height)
        var planes = photo.colours(in: whole).planes
        var all = [Float](repeating: 0, count: whole.width * whole.height)
        for y in 0..<box.height {
            for x in 0..<box.width {
                let (from, to) = (y * box.width + x, (y + box.y) * whole.width + x + box.x)
                guard coverage[from] > 0 else { continue }
                all[to] = 1
                for p in planes.indices { planes[p][to] += coverage[from] * (colours.planes[p][from] - planes[p][to]) }
            }
        }
        return EditLayer(box: whole, colours: Raster(width: whole.width, height: whole.height, planes: planes), coverage: all)
    }
}
