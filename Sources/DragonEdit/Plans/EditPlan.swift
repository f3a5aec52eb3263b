/// The constants of one edit: where things are on the grids, the start, the energies.
protocol EditPlan {
    /// Cells of the latent where the edit's energy steers; the content's does elsewhere.
    var editRegion: Mask { get }
    /// Cells of the latent where DiffEditor's noise goes.
    var noiseRegion: Mask { get }
    /// k of the guidance.
    var gradientScale: Float { get }
    /// Whether the content energy exists.
    var hasContentEnergy: Bool { get }
    /// How the memory bank is mixed in.
    var mixing: BankMixing { get }

    /// The latent that sampling starts from, given the inverted ones.
    func start(_ inverted: [LatentGrid]) -> LatentGrid
    /// The energies' terms on one of the feature maps, coarsest first.
    func terms(_ feature: FeatureGrid, level: Int) -> LevelTerms
}

/// The grids of an edit.
struct EditGrids {
    /// Sides of the picture.
    let height: Int
    let width: Int
    /// Sides of the latent.
    let latentHeight: Int
    let latentWidth: Int

    /// The feature grid is this much finer than the latent.
    static let featureUpscale = 2
    var featureHeight: Int { latentHeight * Self.featureUpscale }
    var featureWidth: Int { latentWidth * Self.featureUpscale }
    /// Pixels in a cell of the feature grid.
    var cell: Double { Double(height) / Double(featureHeight) }
    /// Pixels in a cell of the latent.
    var latentCell: Double { Double(height) / Double(latentHeight) }

    func onFeatures(_ mask: Mask) -> Mask { mask.resized(height: featureHeight, width: featureWidth) }
    func onLatent(_ mask: Mask) -> Mask { mask.resized(height: latentHeight, width: latentWidth) }
}

extension EditRequest {
    func plan(latentHeight: Int, latentWidth: Int) throws -> any EditPlan {
        let grids = EditGrids(height: source.height, width: source.width, latentHeight: latentHeight, latentWidth: latentWidth)
        let weights = parameters.weights
        switch action {
        case .move(let object, let displacement, let resize, let fill):
            return try MovePlan(object: object, by: displacement, resize: resize, fill: fill, weights: weights, grids: grids)
        case .drag(let region, let handles, let targets, let original):
            return try DragPlan(
                region: region, handles: handles, targets: targets, isWarped: original != nil, weights: weights, grids: grids)
        case .landmark(let handles, let targets, let original):
            return try DragPlan(
                region: nil, handles: handles, targets: targets, isWarped: original != nil, weights: weights, grids: grids)
        case .appearance(let object, _, let referenceObject):
            return try AppearancePlan(object: object, referenceObject: referenceObject, weights: weights, grids: grids)
        case .paste(let object, _, let offset):
            return try PastePlan(object: object, offset: offset, weights: weights, grids: grids)
        }
    }
}
