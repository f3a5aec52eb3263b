import DragonEdit
import DragonImage
import DragonTensor

/// Lays an edit's result back over the photo's own pixels, or over what its mode made of them.
///
/// What the grid and the autoencoder lose is known where content stays: photo − decode(encode(photo)). There the photo's own
/// pixels return, and the difference that the network made to them, continued smoothly inwards, is taken out of what it made
/// anew: so no seam and no shift of colour remains. A carried object brings its own pixels.
struct Assembler {
    let grid: WorkGrid
    let composition: Composition

    /// - Parameter pictures: on the grid, −1 … 1: the edited one, and the unedited one after the autoencoder; nil where the
    ///   network had no part.
    func layer(_ pictures: (result: Tensor, reconstruction: Tensor)?, photo: PictureSource) -> EditLayer {
        let (box, ground) = (grid.box, ground(pictures))
        let grounds = zip(composition.made, composition.replaced).map(max)
        let pixels = composition.madePixels
        guard let carried = composition.carried else {
            return EditLayer(ground, grounds.map(Self.whole), extent: grounds, at: box, of: photo, madePixels: pixels)
        }
        let finished = Raster(
            width: box.width, height: box.height, planes: ground.planes.enumerated().map { composition.finished($1, plane: $0) })
        let all = zip(grounds, carried.coverage).map(max)
        var layer = EditLayer(finished, all.map(Self.whole), extent: all, at: box, of: photo, madePixels: pixels)
        layer.parts = [
            EditLayer(ground, grounds.map(Self.whole), extent: grounds, at: box, of: photo, madePixels: pixels),
            EditLayer(carried.colours, carried.coverage, at: box, of: photo, madePixels: 0),
        ]
        return layer
    }

    /// The base with the network's part, without the carried object.
    func ground(_ pictures: (result: Tensor, reconstruction: Tensor)?) -> Raster {
        var planes = composition.base.planes
        if let pictures {
            for (p, plane) in changed(onBox(pictures.result), onBox(pictures.reconstruction)).enumerated() { planes[p] = plane }
        }
        return Raster(width: grid.box.width, height: grid.box.height, planes: planes)
    }

    private static func whole(_ share: Float) -> Float { share > 0 ? 1 : 0 }

    /// The base's colours with the network's part.
    private func changed(_ new: Raster, _ old: Raster) -> [[Float]] {
        let (base, made) = (composition.base, composition.made)
        let kept = made.map { 1 - $0 }
        return (0..<3).map { p in
            let difference = zip(new.planes[p], old.planes[p]).map { $0 - $1 }
            let shift = smoothedIn(difference, weights: kept, width: new.width, height: new.height)
            // On a prepared base the network's change is added; elsewhere what it made stands for itself, for the photo's own
            // detail belongs to what was there before.
            let change = composition.isPrepared ? difference : zip(new.planes[p], base.planes[p]).map { $0 - $1 }
            return blended(base.planes[p], made, zip(change, shift).map { $0 - $1 })
        }
    }

    private func blended(_ plane: [Float], _ made: [Float], _ change: [Float]) -> [Float] {
        let range = samples(of: plane)
        var result = plane
        for i in plane.indices where made[i] > 0 { result[i] = (plane[i] + made[i] * change[i]).clamped(to: range) }
        return result
    }

    /// A picture on the grid, in the box's pixels.
    private func onBox(_ tensor: Tensor) -> Raster {
        let (values, area) = (tensor.values, grid.gridWidth * grid.gridHeight)
        let picture = Raster(
            width: grid.gridWidth, height: grid.gridHeight,
            planes: (0..<3).map { p in (0..<area).map { (values[p * area + $0] + 1) / 2 } })
        return grid.onBox(picture)
    }
}
