import DragonModel
import DragonTensor

/// How far an edit reaches into its surroundings, in photo pixels.
public struct BlendMargins: Sendable, Equatable {
    /// Around what is emptied or made anew: fringes and shadows of an object that its mask misses.
    public var grow: Double
    /// Width of the ramp beyond that, over which the photo's own pixels take over.
    public var feather: Double

    /// Margins of 0 or more.
    public init(grow: Double = 2.5, feather: Double = 5) { (self.grow, self.feather) = (grow, feather) }

    /// How much of each pixel a change of what is emptied reaches.
    func ramp(around emptied: Mask) -> [Float] { emptied.ramp(inner: grow, outer: grow + feather) }
}

/// Lays an edit's result back over the photo's own pixels, or over the plate.
///
/// What the grid and the autoencoder lose is known where content stays: photo − decode(encode(photo)). There the photo's own
/// pixels return, and the difference that the network made to them, spread smoothly inwards, is taken out of what it made
/// anew: so no seam and no shift of colour remains. A carried object brings its own pixels.
struct Assembler {
    let plan: PhotoPlan
    let margins: BlendMargins

    /// - Parameters:
    ///   - result: the edited picture on the grid, −1 … 1.
    ///   - reconstruction: the unedited one after the autoencoder, likewise.
    func layer(result: Tensor, reconstruction: Tensor, photo: Photo) -> EditLayer {
        let box = plan.work.box
        let (new, old) = (onBox(result), onBox(reconstruction))
        let composition = plan.composition
        let (emptied, made) = coverages()
        let isPrepared = if case .none = composition.preparation { false } else { true }
        var planes: [[Float]] = []
        for p in 0..<3 {
            let base = composition.base.planes[p]
            let difference = zip(new.planes[p], old.planes[p]).map { $0 - $1 }
            let shift = spread(difference, weights: made.map { 1 - $0 }, width: box.width, height: box.height)
            let range = samples(of: base)
            var plane = base
            for i in plane.indices where made[i] > 0 {
                // On a prepared base the network's change is added; elsewhere what it made stands for itself, for the photo's
                // own detail belongs to what was there before.
                let change = (isPrepared ? difference[i] : new.planes[p][i] - base[i]) - shift[i]
                plane[i] = (plane[i] + made[i] * change).clamped(to: range)
            }
            planes.append(composition.laid(plane, plane: p))
        }
        if composition.base.planes.count == 4 { planes.append(composition.laid(composition.base.planes[3], plane: 3)) }
        let carried = composition.carried?.coverage
        let whole = made.indices.map { max(made[$0], emptied[$0], carried?[$0] ?? 0) > 0 ? Float(1) : 0 }
        return EditLayer(Raster(width: box.width, height: box.height, planes: planes), whole, at: box, of: photo)
    }

    /// A picture on the grid, in the box's pixels.
    private func onBox(_ tensor: Tensor) -> Raster {
        let work = plan.work
        let values = tensor.values
        let area = work.gridWidth * work.gridHeight
        let grid = Raster(
            width: work.gridWidth, height: work.gridHeight, planes: (0..<3).map { p in (0..<area).map { (values[p * area + $0] + 1) / 2 } })
        guard work.step != 1 else { return grid }
        return grid.resampled(origin: (0, 0), step: 1 / work.step, width: work.box.width, height: work.box.height, isLight: false)
    }

    /// How much of each pixel is emptied, with a ramp around it, and how much the network makes.
    private func coverages() -> (emptied: [Float], made: [Float]) {
        let composition = plan.composition
        if case .warp(let field, _) = composition.preparation { return (composition.emptied.coverage.planes[0], field.stretched) }
        let emptied = margins.ramp(around: composition.emptied)
        let ring = composition.filled.ramp(inner: 0, outer: margins.feather / 2)
        // What is laid is whole already, and the network's part is its contact with the surroundings.
        if case .laid = composition.preparation { return (emptied, ring) }
        return (emptied, zip(emptied, ring).map(max))
    }
}
