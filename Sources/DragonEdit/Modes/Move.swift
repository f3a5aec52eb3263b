import DragonImage
import DragonModel

/// Moving, resizing and turning an object, and filling its old place (DragonDiffusion, section 3.3.1).
public struct Move: EditMode {
    /// Its row of the table.
    public static let name = EditModeName.move
    /// As published (ALGORITHM section 5).
    public static let published = EditParameters(
        weights: EnergyWeights(edit: 4, content: 6, contrast: 0.2, inpaint: 0.8), energyScale: 500, guidanceScale: 4, sdeStrength: 0.4)

    /// The object, of the picture's size.
    public let object: Mask
    /// Its shift.
    public let displacement: Point
    /// Factor of its size about its box's middle.
    public let resize: Double
    /// How it is turned about its box's middle.
    public let turn: Turn
    /// What its old place should look like; nil is all that stays.
    public let likeness: Mask?
    /// What it casts on its ground, which goes along.
    public let shadow: Mask?

    /// A move of an object, a change of its size, a turn, or all of them.
    public init(
        object: Mask, by displacement: Point, resize: Double = 1, turn: Turn = .none, likeness: Mask? = nil, shadow: Mask? = nil
    ) {
        (self.object, self.displacement, self.resize, self.turn) = (object, displacement, resize, turn)
        (self.likeness, self.shadow) = (likeness, shadow)
    }

    /// From what a user gave.
    public init(_ given: ModeInputs) throws {
        self.init(
            object: try given.required(given.mask, .mask), by: given.displacement, resize: given.resize, turn: given.turn,
            likeness: given.likeness, shadow: given.shadow)
    }

    /// A move that keeps its place is a resize.
    public var name: EditModeName { displacement == .zero ? .resize : .move }

    /// What it was given.
    public var inputs: ModeInputs {
        var given = ModeInputs()
        (given.mask, given.displacement, given.resize, given.turn) = (object, displacement, resize, turn)
        (given.likeness, given.shadow) = (likeness, shadow)
        return given
    }

    // MARK: - In the picture's own pixels

    /// What it touches.
    public func footprint(on canvas: PixelSize, usesPlate: Bool) throws -> Footprint {
        guard displacement != .zero || resize != 1 || turn != .none else { throw EditError.unmoved }
        try EditError.check(object, on: canvas, "the mask", mayBeWhole: false)
        if let likeness { try EditError.check(likeness, on: canvas, "the inpaint mask") }
        let placement = Placement(source: try EditError.bounds(object, "the mask"), displacement: displacement, resize: resize, turn: turn)
        let cast = usesPlate ? try EditError.shadowBounds(shadow, on: canvas) : nil
        let old = cast.map(placement.source.union) ?? placement.source
        let filled = usesPlate ? (box: old, count: object.count + (cast == nil ? 0 : shadow?.count ?? 0)) : nil
        guard let landing = try placement.landing(on: canvas) else {
            // Moved out of the picture an object is gone: what is left to do is to fill its place.
            guard usesPlate else { throw EditError.leavesPicture }
            return Footprint(affected: old, filled: filled)
        }
        var affected = old.union(landing)
        if let fallen = cast.map({ placement.along($0).target.clipped(to: canvas.box) }), fallen.width > 0, fallen.height > 0 {
            affected = affected.union(fallen)
        }
        return Footprint(affected: affected, placement: placement, source: canvas, filled: filled)
    }

    /// The old place is filled, and the object laid at its new one.
    public func compose(_ canvas: EditCanvas) throws -> Composition { try canvas.vacated(of: object, shadow: shadow) }

    // MARK: - On the working grid

    /// Onto a plate a move is a paste of the picture's own object; else the published method, which scales about the picture's
    /// middle.
    public func working(_ canvas: EditCanvas, _ composition: Composition) -> any WorkingEdit {
        let grid = canvas.grid
        let placement =
            canvas.footprint.placement
            ?? Placement(source: canvas.footprint.affected, displacement: displacement, resize: resize, turn: turn)
        guard composition.isPrepared else {
            let way = grid.onGrid(placement).published(pictureWidth: Double(grid.gridWidth), pictureHeight: Double(grid.gridHeight))
            return Working(object: grid.onGrid(object), by: way, resize: resize, turn: turn, likeness: likeness.map { grid.onGrid($0) })
        }
        return Paste.Working(laid: grid.aligned(canvas.picture, object, placement).object, gradientScale: Self.pullOnPlate)
    }

    /// The edit on a grid that is the picture itself.
    public func working(on grid: PixelSize) -> any WorkingEdit {
        Working(object: object, by: displacement, resize: resize, turn: turn, likeness: likeness)
    }

    /// k of a move onto a plate: the pull of a paste, 1500 · 0.04, under the move's own scale of 500.
    static let pullOnPlate: Float = 0.12

    /// A move as published.
    public struct Working: WorkingEdit {
        let object: Mask
        let displacement: Point
        let resize: Double
        let turn: Turn
        let likeness: Mask?

        /// - Parameters:
        ///   - displacement: scaled with the object, about the picture's middle (ALGORITHM sections 3 and 5).
        ///   - turn: about the object's middle; of a grid, about the corner of cells that is nearest to it.
        ///   - likeness: what the vacated place should look like.
        public init(object: Mask, by displacement: Point, resize: Double = 1, turn: Turn = .none, likeness: Mask? = nil) {
            (self.object, self.displacement, self.resize, self.turn, self.likeness) = (object, displacement, resize, turn, likeness)
        }

        /// Throws what cannot be met.
        public func validate(on grid: PixelSize) throws {
            try EditError.check(object, on: grid, "the mask", mayBeWhole: false)
            if let likeness { try EditError.check(likeness, on: grid, "the inpaint mask") }
            try EditError.check(displacement, "the displacement")
            try EditError.check("the resize factor", resize, Limits.resize)
            guard displacement != .zero || resize != 1 || turn != .none else { throw EditError.unmoved }
        }

        /// Where things are, the start, the energies.
        public func plan(_ weights: EnergyWeights, _ grids: EditGrids) throws -> any EditPlan {
            try MovePlan(self, weights, grids)
        }
    }
}
