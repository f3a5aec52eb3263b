import DragonImage
import DragonModel

/// Removing an object: a move without a new place (DragonDiffusion, section 3.3.1, what it says of the old place).
public struct Remove: EditMode {
    /// Its row of the table.
    public static let name = EditModeName.remove
    /// A move's (ALGORITHM section 5).
    public static let published = Move.published

    /// The object, or several, of the picture's size.
    public let object: Mask
    /// What its place should look like; nil is all that stays.
    public let likeness: Mask?

    /// What it casts on its ground, which goes too.
    public let shadow: Mask?

    /// A removal of what a mask holds, in one part or many.
    public init(object: Mask, likeness: Mask? = nil, shadow: Mask? = nil) {
        (self.object, self.likeness, self.shadow) = (object, likeness, shadow)
    }

    /// From what a user gave.
    public init(_ given: ModeInputs) throws {
        self.init(object: try given.required(given.mask, .mask), likeness: given.likeness, shadow: given.shadow)
    }

    /// What it was given.
    public var inputs: ModeInputs {
        var given = ModeInputs()
        (given.mask, given.likeness, given.shadow) = (object, likeness, shadow)
        return given
    }

    // MARK: - In the picture's own pixels

    /// What it touches.
    public func footprint(on canvas: PixelSize, usesPlate: Bool) throws -> Footprint {
        try EditError.check(object, on: canvas, "the mask", mayBeWhole: false)
        if let likeness { try EditError.check(likeness, on: canvas, "the inpaint mask") }
        let box = try EditError.bounds(object, "the mask")
        guard usesPlate else { return Footprint(affected: box) }
        guard let cast = try EditError.shadowBounds(shadow, on: canvas) else {
            return Footprint(affected: box, filled: (box, object.count))
        }
        return Footprint(affected: box.union(cast), filled: (box.union(cast), object.count + (shadow?.count ?? 0)))
    }

    /// Its place is filled. Nothing is left to a network that follows energies: it could only grow something new there.
    public func compose(_ canvas: EditCanvas) throws -> Composition { try canvas.vacated(of: object, shadow: shadow) }

    // MARK: - On the working grid

    /// The same edit on the working grid.
    public func working(_ canvas: EditCanvas, _ composition: Composition) -> any WorkingEdit {
        Working(object: canvas.grid.onGrid(object), likeness: likeness.map { canvas.grid.onGrid($0) })
    }

    /// The edit on a grid that is the picture itself.
    public func working(on grid: PixelSize) -> any WorkingEdit { Working(object: object, likeness: likeness) }

    /// A removal by energies alone.
    public struct Working: WorkingEdit {
        let object: Mask
        let likeness: Mask?

        /// Throws what cannot be met.
        public func validate(on grid: PixelSize) throws {
            try EditError.check(object, on: grid, "the mask", mayBeWhole: false)
            if let likeness { try EditError.check(likeness, on: grid, "the inpaint mask") }
        }

        /// Where things are, the start, the energies.
        public func plan(_ weights: EnergyWeights, _ grids: EditGrids) throws -> any EditPlan {
            try RemovePlan(object: object, likeness: likeness, weights: weights, grids: grids)
        }
    }
}

/// The content energies of a move, whose target is empty: what stays stays, the object's place becomes unlike it and like the rest
/// (equations 5 to 7).
struct RemovePlan: EditPlan {
    let gradientScale: Float = 0.08
    let hasContentEnergy = true
    let mixing = BankMixing.replace
    let editRegion: Mask
    let noiseRegion: Mask
    let inventedRegion: Mask
    let vacated: VacatedCells?

    private let energies: ContentEnergies

    init(object: Mask, likeness: Mask?, weights: EnergyWeights, grids: EditGrids) throws {
        let place = grids.onFeatures(object)
        guard place.count > 0 else { throw EditError.tooSmall(what: "the mask") }
        energies = ContentEnergies(stays: !place, left: place, wanted: likeness.map(grids.onFeatures) ?? !place, weights: weights)
        editRegion = Mask(height: grids.latentHeight, width: grids.latentWidth)
        noiseRegion = grids.onLatent(object)
        inventedRegion = noiseRegion | grids.contact(of: noiseRegion)
        let touched = object.coarsened(height: grids.latentHeight, width: grids.latentWidth)
        vacated = VacatedCells(object: touched, left: touched)
    }

    func start(_ inverted: [LatentGrid]) -> LatentGrid { inverted[0] }

    func terms(_ feature: FeatureGrid, level: Int) -> LevelTerms { LevelTerms(content: energies.terms(feature)) }
}

/// What a move or a removal asks of everything but the object at its new place.
struct ContentEnergies: Sendable {
    /// Cells that keep their features.
    let stays: Mask
    /// Cells that the object leaves.
    let left: Mask
    /// Cells that those should be like.
    let wanted: Mask
    let weights: EnergyWeights

    func terms(_ feature: FeatureGrid) -> [EnergyTerm] {
        let (stays, left, wanted) = (feature.cells(under: stays), feature.cells(under: left), feature.cells(under: wanted))
        let same = { (cells: [Int]) in CellPairs(cells.map { ($0, $0) }) }
        var terms: [EnergyTerm] = []
        if !stays.isEmpty {
            terms.append(
                EnergyTerm(function: .inverse(weight: weights.content), selection: .pairs(same(stays)), isUnit: false, factor: 0.5))
        }
        if !left.isEmpty, !wanted.isEmpty {
            terms += [
                EnergyTerm(function: .linear(weight: weights.contrast), selection: .pairs(same(left)), isUnit: true, factor: 0.5),
                EnergyTerm(
                    function: .inverse(weight: weights.inpaint),
                    selection: .pooled(current: CellWeights(left), reference: CellWeights(wanted)), isUnit: true),
            ]
        }
        return terms
    }
}
