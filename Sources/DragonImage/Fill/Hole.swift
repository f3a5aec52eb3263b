/// A hole in a raster, by the distance of each pixel to the mask that was cut out.
package struct Hole {
    package let distances: DistanceField
    /// The smallest box around the mask; nil where it is empty.
    package let bounds: PixelBox?
    /// Pixels around the mask that are unknown too: its fringes.
    package let reach: Float

    package init(_ mask: Mask, reach: Double) {
        self.reach = Float(reach)
        (distances, bounds) = (DistanceField(to: mask, reach: self.reach + 1), mask.bounds)
    }

    /// Whether a pixel is unknown, at least in part.
    package func contains(_ index: Int) -> Bool { distances.distances[index] < reach + 1 }

    /// How much of each pixel is unknown: the hole ends with a ramp of a pixel.
    package var shares: [Float] { distances.ramp(inner: reach, outer: reach + 1) }
}

extension Raster {
    /// The picture without a hole, which is filled smoothly from around it.
    package func filled(_ hole: Hole) -> Raster {
        let known = hole.shares.map { 1 - $0 }
        guard known.contains(where: { $0 > 0 }) else { return self }
        return Raster(
            width: width, height: height, planes: planes.map { smoothedIn($0, weights: known, width: width, height: height) })
    }
}
