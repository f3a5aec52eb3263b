/// Means and deviations of an object's colours, given to another's (Reinhard et al., 2001, without their colour space).
package struct ColourTransfer {
    private let wanted: [(mean: Float, deviation: Float)]

    package init(from photo: PictureSource, _ object: Mask) {
        let box = object.bounds ?? PixelBox(x: 0, y: 0, width: 1, height: 1)
        wanted = Self.statistics(photo.colours(in: box), object.cropped(to: box).indices)
    }

    package func applied(to colours: Raster, within object: Mask) -> Raster {
        let (cells, soft) = (object.touched.indices, object.coverage.planes[0])
        let found = Self.statistics(colours, object.indices)
        var planes = colours.planes
        for p in 0..<3 {
            let gain = min(max(wanted[p].deviation / max(found[p].deviation, 1e-3), 0.2), 5)
            let range = samples(of: planes[p])
            for at in cells {
                let share = soft[at]
                let changed = ((planes[p][at] - found[p].mean) * gain + wanted[p].mean).clamped(to: range)
                planes[p][at] += share * (changed - planes[p][at])
            }
        }
        return Raster(width: colours.width, height: colours.height, planes: planes)
    }

    private static func statistics(_ colours: Raster, _ cells: [Int]) -> [(mean: Float, deviation: Float)] {
        colours.planes.prefix(3).map { plane in
            guard !cells.isEmpty else { return (0.5, 0.2) }
            let count = Float(cells.count)
            let mean = cells.reduce(Float(0)) { $0 + plane[$1] } / count
            return (mean, (cells.reduce(Float(0)) { $0 + (plane[$1] - mean) * (plane[$1] - mean) } / count).squareRoot())
        }
    }
}
