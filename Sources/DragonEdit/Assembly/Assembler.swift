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
        let (emptied, ring) = coverages()
        // On a plate the old place is filled already, and the network's part is the contact with the carried object.
        let coverage = plan.isPlate ? ring : zip(emptied, ring).map(max)
        var planes: [[Float]] = []
        for p in 0..<3 {
            let difference = zip(new.planes[p], old.planes[p]).map { $0 - $1 }
            let shift = spread(difference, weights: coverage.map { 1 - $0 }, width: box.width, height: box.height)
            planes.append(
                (0..<new.planes[p].count).map { i in
                    let base = plan.source.planes[p][i]
                    // On a plate the network's change is added; elsewhere what it made stands for itself, for the photo's own
                    // detail belongs to what was there before.
                    let made = plan.isPlate ? base + difference[i] - shift[i] : new.planes[p][i] - shift[i]
                    var value = base + coverage[i] * (made - base)
                    if let (colours, share) = plan.carried { value += share[i] * (colours.planes[p][i] - value) }
                    return min(max(value, 0), 1)
                })
        }
        let whole = coverage.indices.map { max(coverage[$0], emptied[$0]) > 0 || (plan.carried?.coverage[$0] ?? 0) > 0 ? Float(1) : 0 }
        return cut(Raster(width: box.width, height: box.height, planes: planes), whole, photo)
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

    /// How much of each pixel is emptied, with a ramp around it, and how much belongs to a carried object's contact ring.
    private func coverages() -> (emptied: [Float], ring: [Float]) {
        let around = { (mask: Mask, inner: Double, outer: Double) -> [Float] in
            guard mask.count > 0 else { return [Float](repeating: 0, count: mask.cells.count) }
            return DistanceField(to: mask).ramp(inner: Float(inner), outer: Float(outer))
        }
        let emptied = around(plan.emptied, margins.grow, margins.grow + margins.feather)
        let filled = around(plan.filled, 0, margins.feather / 2)
        return (emptied, filled)
    }

    /// The part that lies in the photo and covers anything.
    private func cut(_ colours: Raster, _ coverage: [Float], _ photo: Photo) -> EditLayer {
        let box = plan.work.box
        let covered = Mask(height: box.height, width: box.width, cells: coverage.map { $0 > 0 })
        let inside = PixelBox(x: -box.x, y: -box.y, width: photo.width, height: photo.height)
        let part = (covered.bounds ?? PixelBox(x: 0, y: 0, width: 1, height: 1)).clipped(to: inside)
        let take = { (plane: [Float]) in
            (part.y..<part.endY).flatMap { y in plane[y * box.width + part.x..<y * box.width + part.endX] }
        }
        return EditLayer(
            box: PixelBox(x: part.x + box.x, y: part.y + box.y, width: part.width, height: part.height),
            colours: Raster(width: part.width, height: part.height, planes: colours.planes.map(take)), coverage: take(coverage))
    }
}

/// An edit of a photo.
public struct PhotoEdit: Sendable {
    /// The photo.
    public var photo: Photo
    /// What to do to it.
    public var action: PhotoAction
    /// The numbers that tune it.
    public var parameters: EditParameters
    /// Side of the pictures that the model works on, a multiple of 64.
    public var window: Int
    /// How the result is blended.
    public var margins = BlendMargins()
    /// Whether a move starts from a clean plate: the old place filled from its surroundings, the object pasted onto it.
    public var usesPlate = true

    /// An edit with the published parameters.
    public init(photo: Photo, action: PhotoAction, window: Int) {
        (self.photo, self.action, self.window) = (photo, action, window)
        parameters = EditParameters(mode: action.mode)
    }

    /// The same on the working grid.
    ///
    /// - Throws: ``EditError`` for what cannot be met.
    public func workingRequest(prompt: [Int] = [], emptyPrompt: [Int] = [], referencePrompt: [Int]? = nil) throws -> EditRequest {
        let plan = try PhotoPlan(self)
        return request(plan, prompt, emptyPrompt, referencePrompt)
    }

    private func request(_ plan: PhotoPlan, _ prompt: [Int], _ emptyPrompt: [Int], _ referencePrompt: [Int]?) -> EditRequest {
        var request = EditRequest(
            source: .picture(plan.picture), action: plan.action, prompt: prompt, emptyPrompt: emptyPrompt, referencePrompt: referencePrompt)
        request.parameters = parameters
        return request
    }

    /// Runs the edit.
    ///
    /// - Returns: what to lay over the photo.
    public func run(
        _ model: DiffusionModel, prompt: String, referencePrompt: String?, options: EditOptions, in context: ComputeContext
    ) throws -> EditLayer {
        let plan = try PhotoPlan(self)
        let tokens = model.tokenizer
        let request = request(plan, tokens.encode(prompt), tokens.encode(""), referencePrompt.map { tokens.encode($0) })
        let result = try model.edit(request, options: options, in: context)
        let picture = try Tensor(plan.picture.values, shape: [1, 3, plan.picture.height, plan.picture.width], in: context)
        let reconstruction = try model.autoencoder.decode(model.autoencoder.encode(picture, in: context), in: context)
        return Assembler(plan: plan, margins: margins).layer(result: result, reconstruction: reconstruction, photo: photo)
    }
}
