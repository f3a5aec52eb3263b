import DragonImage
import DragonModel

/// Pasting another picture's object (DragonDiffusion, section 3.3.3).
public struct Paste: EditMode {
    /// Its row of the table.
    public static let name = EditModeName.paste
    /// As published (ALGORITHM section 5).
    public static let published = EditParameters(
        weights: EnergyWeights(edit: 4, content: 6), energyScale: 1500, guidanceScale: 4, sdeStrength: 0.4)

    /// The object, of the reference's size.
    public let object: Mask
    /// The picture that shows it.
    public let reference: PictureSource
    /// Shift from the reference's pixels to the picture's.
    public let offset: Point
    /// Factor of the object's size about its box's middle.
    public let resize: Double
    /// How it is turned about its box's middle.
    public let turn: Turn

    /// A paste from a reference.
    public init(object: Mask, reference: PictureSource, offset: Point, resize: Double = 1, turn: Turn = .none) {
        (self.object, self.reference, self.offset, self.resize, self.turn) = (object, reference, offset, resize, turn)
    }

    /// From what a user gave.
    public init(_ given: ModeInputs) throws {
        self.init(
            object: try given.required(given.referenceMask, .referenceMask), reference: try given.required(given.reference, .reference),
            offset: given.displacement, resize: given.resize, turn: given.turn)
    }

    /// What it was given.
    public var inputs: ModeInputs {
        var given = ModeInputs()
        (given.reference, given.referenceMask) = (reference, object)
        (given.displacement, given.resize, given.turn) = (offset, resize, turn)
        return given
    }

    // MARK: - In the picture's own pixels

    /// What it touches.
    public func footprint(on canvas: PixelSize, usesPlate: Bool) throws -> Footprint {
        try EditError.check(object, on: reference.size, "the mask")
        let placement = Placement(source: try EditError.bounds(object, "the mask"), displacement: offset, resize: resize, turn: turn)
        guard let landing = try placement.landing(on: canvas) else { throw EditError.leavesPicture }
        return Footprint(affected: landing, placement: placement, source: reference.size)
    }

    /// The object is laid at its place.
    public func compose(_ canvas: EditCanvas) throws -> Composition {
        let carried = try canvas.carried(object, of: reference, onto: canvas.usesPlate ? canvas.colours : nil)
        return Composition(
            base: canvas.colours, isPrepared: canvas.usesPlate, carried: carried, replaced: canvas.reach(of: canvas.nothing),
            made: canvas.contact(of: carried?.occupied ?? canvas.nothing))
    }

    // MARK: - On the working grid

    /// The reference is brought into place, so that nothing shifts.
    public func working(_ canvas: EditCanvas, _ composition: Composition) -> any WorkingEdit {
        let placement =
            canvas.footprint.placement ?? Placement(source: canvas.footprint.affected, displacement: offset, resize: resize, turn: turn)
        let (colours, laid) = canvas.grid.aligned(reference, object, placement)
        return composition.isPrepared
            ? Working(laid: laid) : Working(object: laid, reference: WorkingPicture(colours), offset: .zero)
    }

    /// The edit on a grid that is the picture itself.
    public func working(on grid: PixelSize) -> any WorkingEdit {
        guard resize != 1 || turn != .none, let box = object.touched.bounds else {
            return Working(object: object, reference: WorkingPicture(reference, size: grid), offset: offset)
        }
        let whole = WorkGrid(
            affected: grid.box, canvas: grid, margin: 0, window: max(grid.width, grid.height), multiple: Limits.sideMultiple)
        let (colours, laid) = whole.aligned(
            reference, object, Placement(source: box, displacement: offset, resize: resize, turn: turn))
        return Working(object: laid, reference: WorkingPicture(colours), offset: .zero)
    }

    /// A paste on the grid.
    public struct Working: WorkingEdit {
        let object: Mask
        /// The second picture, of the grid's size; nil where the object is laid already: then the picture shows it as that one would,
        /// and is inverted alone.
        public let reference: WorkingPicture?
        let offset: Point
        let gradientScale: Float
        /// Whether the picture has the object already.
        var isLaid: Bool { reference == nil }

        /// - Parameters:
        ///   - object: on the reference.
        ///   - offset: from the reference's pixels to the picture's.
        public init(object: Mask, reference: WorkingPicture, offset: Point) {
            (self.object, self.reference, self.offset, gradientScale) = (object, reference, offset, Self.published)
        }

        /// - Parameter laid: the object, where the picture has it already.
        init(laid object: Mask, gradientScale: Float = Self.published) {
            (self.object, reference, offset, self.gradientScale) = (object, nil, .zero, gradientScale)
        }

        /// k of the guidance.
        private static let published: Float = 0.04

        /// Throws what cannot be met.
        public func validate(on grid: PixelSize) throws {
            // What is laid may fill the grid: then nothing is held, and only edges are left to make.
            try EditError.check(object, on: grid, "the mask", mayBeWhole: isLaid)
            if !isLaid { try EditError.check(reference, on: grid, "the reference") }
            try EditError.check(offset, "the offset")
        }

        /// Where things are, the start, the energies.
        public func plan(_ weights: EnergyWeights, _ grids: EditGrids) throws -> any EditPlan {
            try PastePlan(self, weights, grids)
        }
    }
}

/// The energies of a paste.
struct PastePlan: EditPlan {
    let gradientScale: Float
    let hasContentEnergy = true
    let mixing: BankMixing
    let editRegion: Mask
    let inventedRegion: Mask
    var noiseRegion: Mask { editRegion }

    private let weights: EnergyWeights
    private let grids: EditGrids
    private let edit: Paste.Working
    /// The object at its new place.
    private let placed: Mask

    init(_ edit: Paste.Working, _ weights: EnergyWeights, _ grids: EditGrids) throws {
        (self.edit, self.weights, self.grids) = (edit, weights, grids)
        gradientScale = edit.gradientScale
        guard grids.onFeatures(edit.object).count > 0 else { throw EditError.tooSmall(what: "the mask") }
        let background = edit.object.shifted(dx: Int(edit.offset.x), dy: Int(edit.offset.y))
        placed = grids.onFeatures(background)
        guard placed.count > 0 else { throw EditError.leavesPicture }
        editRegion = grids.onLatent(placed)
        inventedRegion = grids.contact(of: editRegion)
        mixing = edit.isLaid ? .replace : .compose(foreground: edit.object, background: background)
    }

    /// The reference's inverted latent, shifted, over the base's, inside the pasted region; where the object is laid already
    /// its edges are better than a latent's cells can make them (as in PixelMan, arXiv 2412.14283).
    func start(_ inverted: [LatentGrid]) -> LatentGrid {
        guard !edit.isLaid else { return inverted[0] }
        let (dx, dy) = (Int(edit.offset.x / grids.latentCell), Int(edit.offset.y / grids.latentCell))
        let source = inverted[1]
        let base = inverted[0]
        var z = base
        z.lay(where: editRegion) { c, y, x in
            let (fromY, fromX) = (y - dy, x - dx)
            return fromY >= 0 && fromY < source.height && fromX >= 0 && fromX < source.width ? source[c, fromY, fromX] : base[c, y, x]
        }
        return z
    }

    /// The pasted place's features approach the reference's, cell by cell.
    func terms(_ feature: FeatureGrid, level: Int) -> LevelTerms {
        var terms = heldOutside(placed, feature, weights.content)
        let (dx, dy) = (Int(edit.offset.x / grids.cell), Int(edit.offset.y / grids.cell))
        let grid = (grids.featureHeight, grids.featureWidth)
        let pairs = placed.indices.compactMap { index -> (Int, Int)? in
            let (y, x) = (index / grid.1, index % grid.1)
            guard placed.contains(y - dy, x - dx) else { return nil }
            return (feature.cell(y, x, of: grid), feature.cell(y - dy, x - dx, of: grid))
        }
        if !pairs.isEmpty {
            terms.edit = [
                EnergyTerm(
                    function: .inverse(weight: weights.edit), selection: .pairs(CellPairs(pairs)), isUnit: true,
                    reference: edit.isLaid ? 0 : 1)
            ]
        }
        return terms
    }
}
