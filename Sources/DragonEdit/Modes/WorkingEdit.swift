import DragonImage
import DragonModel

/// An edit on the working grid: what its sampler and its energies need of it, in the grid's pixels.
public protocol WorkingEdit: Sendable {
    /// The second picture, on the same grid; nil where there is none.
    var reference: WorkingPicture? { get }

    /// Throws what cannot be met on a grid of that size.
    func validate(on grid: PixelSize) throws

    /// Where things are on the grids, the start, the energies.
    func plan(_ weights: EnergyWeights, _ grids: EditGrids) throws -> any EditPlan
}

extension WorkingEdit {
    /// One picture alone.
    public var reference: WorkingPicture? { nil }
}

/// The constants of one edit: where things are on the grids, the start, the energies.
public protocol EditPlan: Sendable {
    /// Cells of the latent where the edit's energy steers; the content's does elsewhere.
    var editRegion: Mask { get }
    /// Cells of the latent where DiffEditor's noise goes.
    var noiseRegion: Mask { get }
    /// Cells of the latent whose content is made anew, so that a seed may decide about it: vacated ones, contacts.
    var inventedRegion: Mask { get }
    /// k of the guidance.
    var gradientScale: Float { get }
    /// Whether the content energy exists.
    var hasContentEnergy: Bool { get }
    /// How the memory bank is mixed in.
    var mixing: BankMixing { get }

    /// What an object leaves behind where the picture is not prepared; nil where nothing is left.
    var vacated: VacatedCells? { get }

    /// The latent that sampling starts from, given the inverted ones, as published.
    func start(_ inverted: [LatentGrid]) -> LatentGrid
    /// The same with everything carried along that a handle moves.
    func arranged(_ inverted: [LatentGrid]) -> LatentGrid
    /// The energies' terms on one of the feature maps, coarsest first.
    func terms(_ feature: FeatureGrid, level: Int) -> LevelTerms
}

extension EditPlan {
    /// Nothing is left.
    var vacated: VacatedCells? { nil }
    /// As published.
    func arranged(_ inverted: [LatentGrid]) -> LatentGrid { start(inverted) }
}

/// What an object leaves behind, in cells of the latent.
public struct VacatedCells: Sendable {
    /// Those that the object touches at its old place.
    let object: Mask
    /// Those of them that it does not cover at its new one.
    let left: Mask
}

/// The grids of an edit.
public struct EditGrids: Sendable {
    /// Sides of the picture.
    let height: Int
    let width: Int
    /// Sides of the latent.
    let latentHeight: Int
    let latentWidth: Int

    init(_ picture: PixelSize, downsampling: Int) {
        (height, width) = (picture.height, picture.width)
        (latentHeight, latentWidth) = (height / downsampling, width / downsampling)
    }

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

    /// Cells of the latent around a region of it.
    func contact(of region: Mask) -> Mask { region.grownByCell & !region }
}

extension Mask {
    /// With the cells that touch it, also at corners.
    var grownByCell: Mask {
        [-1, 0, 1].reduce(self) { rows, dy in [-1, 0, 1].reduce(rows) { $0 | shifted(dx: $1, dy: dy) } }
    }
}

/// Everything outside a region keeps its features.
func heldOutside(_ region: Mask, _ feature: FeatureGrid, _ weight: Float, factor: Float = 1) -> LevelTerms {
    let held = feature.cells(under: !region)
    guard !held.isEmpty else { return LevelTerms() }
    return LevelTerms(content: [
        EnergyTerm(
            function: .inverse(weight: weight), selection: .pairs(CellPairs(held.map { ($0, $0) })), isUnit: true, factor: factor)
    ])
}
