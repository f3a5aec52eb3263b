import DragonImage
import DragonModel

/// Replacing an object's appearance by that of another picture's (DragonDiffusion, section 3.3.2).
public struct Appearance: EditMode {
    /// Its row of the table.
    public static let name = EditModeName.appearance
    /// As published (ALGORITHM section 5).
    public static let published = EditParameters(
        weights: EnergyWeights(edit: 3.5, content: 5), energyScale: 2000, guidanceScale: 5, sdeStrength: 0.4)

    /// The object, of the picture's size.
    public let object: Mask
    /// The picture whose object has the looks.
    public let reference: PictureSource
    /// That object, of the reference's size.
    public let referenceObject: Mask

    /// Looks from a reference.
    public init(object: Mask, reference: PictureSource, referenceObject: Mask) {
        (self.object, self.reference, self.referenceObject) = (object, reference, referenceObject)
    }

    /// From what a user gave.
    public init(_ given: ModeInputs) throws {
        self.init(
            object: try given.required(given.mask, .mask), reference: try given.required(given.reference, .reference),
            referenceObject: try given.required(given.referenceMask, .referenceMask))
    }

    /// What it was given.
    public var inputs: ModeInputs {
        var given = ModeInputs()
        (given.mask, given.reference, given.referenceMask) = (object, reference, referenceObject)
        return given
    }

    // MARK: - In the picture's own pixels

    /// What it touches.
    public func footprint(on canvas: PixelSize, usesPlate: Bool) throws -> Footprint {
        try EditError.check(object, on: canvas, "the mask", mayBeWhole: false)
        try EditError.check(referenceObject, on: reference.size, "the reference's mask")
        return Footprint(affected: try EditError.bounds(object, "the mask"))
    }

    /// The object takes the reference's colours.
    public func compose(_ canvas: EditCanvas) throws -> Composition {
        let changed = object.cropped(to: canvas.box)
        let reach = canvas.reach(of: changed)
        guard canvas.usesPlate else { return Composition(base: canvas.colours, isPrepared: false, replaced: reach, made: reach) }
        let recoloured = ColourTransfer(from: reference, referenceObject).applied(to: canvas.colours, within: changed)
        return Composition(base: recoloured, isPrepared: true, replaced: reach, made: reach, intended: changed.coverage.planes[0])
    }

    // MARK: - On the working grid

    /// The same edit on the working grid.
    public func working(_ canvas: EditCanvas, _ composition: Composition) -> any WorkingEdit {
        let other = WorkGrid(
            affected: referenceObject.bounds ?? reference.size.box, canvas: reference.size, margin: Self.referenceMargin, like: canvas.grid)
        return Working(
            object: canvas.grid.onGrid(object), reference: WorkingPicture(other.onGrid(reference.colours(in: other.box))),
            referenceObject: other.onGrid(referenceObject))
    }

    /// Pixels of the reference that are seen around its object.
    private static let referenceMargin = 32

    /// The edit on a grid that is the picture itself.
    public func working(on grid: PixelSize) -> any WorkingEdit {
        Working(object: object, reference: WorkingPicture(reference, size: grid), referenceObject: referenceObject)
    }

    /// New looks on the grid.
    public struct Working: WorkingEdit {
        let object: Mask
        /// The second picture, of the grid's size.
        public let reference: WorkingPicture?
        let referenceObject: Mask

        /// Everything of the grid's size.
        public init(object: Mask, reference: WorkingPicture, referenceObject: Mask) {
            (self.object, self.reference, self.referenceObject) = (object, reference, referenceObject)
        }

        /// Throws what cannot be met.
        public func validate(on grid: PixelSize) throws {
            try EditError.check(object, on: grid, "the mask", mayBeWhole: false)
            try EditError.check(reference, on: grid, "the reference")
            try EditError.check(referenceObject, on: grid, "the reference's mask")
        }

        /// Where things are, the start, the energies.
        public func plan(_ weights: EnergyWeights, _ grids: EditGrids) throws -> any EditPlan {
            try AppearancePlan(object: object, referenceObject: referenceObject, weights: weights, grids: grids)
        }
    }
}

/// The energies of new looks.
struct AppearancePlan: EditPlan {
    let gradientScale: Float = 0.04
    let hasContentEnergy = true
    let mixing: BankMixing
    let editRegion: Mask
    var noiseRegion: Mask { editRegion }
    var inventedRegion: Mask { editRegion }

    private let weights: EnergyWeights
    private let object: Mask
    private let referenceObject: Mask

    init(object: Mask, referenceObject: Mask, weights: EnergyWeights, grids: EditGrids) throws {
        self.weights = weights
        self.object = grids.onFeatures(object)
        self.referenceObject = grids.onFeatures(referenceObject)
        editRegion = grids.onLatent(self.object)
        guard editRegion.count > 0 else { throw EditError.tooSmall(what: "the mask") }
        guard self.referenceObject.count > 0 else { throw EditError.tooSmall(what: "the reference's mask") }
        mixing = .compose(foreground: referenceObject, background: object)
    }

    func start(_ inverted: [LatentGrid]) -> LatentGrid { inverted[0] }

    /// The object's mean features approach those of the reference's object.
    func terms(_ feature: FeatureGrid, level: Int) -> LevelTerms {
        var terms = heldOutside(object, feature, weights.content)
        let (a, b) = (CellWeights(feature.cells(under: object)), CellWeights(feature.cells(under: referenceObject)))
        if !a.isEmpty, !b.isEmpty {
            terms.edit = [
                EnergyTerm(
                    function: .inverse(weight: weights.edit), selection: .pooled(current: a, reference: b), isUnit: true, reference: 1)
            ]
        }
        return terms
    }
}
