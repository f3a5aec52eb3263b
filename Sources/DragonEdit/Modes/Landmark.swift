import DragonImage
import DragonModel

/// Aligning points, with everything free to change (DragonDiffusion, section 4: landmarks).
public struct Landmark: EditMode {
    /// Its row of the table.
    public static let name = EditModeName.landmark
    /// As published (ALGORITHM section 5).
    public static let published = EditParameters(
        weights: EnergyWeights(edit: 12, content: 0), energyScale: 3000, guidanceScale: 4, sdeStrength: 0.2)

    /// Where content is taken hold of.
    public let handles: [Point]
    /// Where it goes, in step.
    public let targets: [Point]

    /// An alignment.
    public init(handles: [Point], targets: [Point]) { (self.handles, self.targets) = (handles, targets) }

    /// From what a user gave.
    public init(_ given: ModeInputs) throws { self.init(handles: given.handles, targets: given.targets) }

    /// What it was given.
    public var inputs: ModeInputs {
        var given = ModeInputs()
        (given.handles, given.targets) = (handles, targets)
        return given
    }

    // MARK: - In the picture's own pixels

    /// What it touches.
    public func footprint(on canvas: PixelSize, usesPlate: Bool) throws -> Footprint {
        try EditError.check(handles, targets, on: canvas)
        guard usesPlate else { return Footprint(affected: canvas.box) }
        let region = Mask.around(handles, targets, on: canvas, reaching: DraggedPoints.warpReach)
        return Footprint(affected: region.bounds ?? canvas.box, region: region)
    }

    /// The content is warped around the points.
    public func compose(_ canvas: EditCanvas) throws -> Composition {
        let points = DraggedPoints(handles: handles, targets: targets)
        guard canvas.usesPlate, let region = canvas.footprint.region else { return points.left(to: !canvas.nothing, canvas) }
        let warp = DragWarp(handles: handles, targets: targets, radius: DraggedPoints.reach(on: canvas.picture.size))
        return try points.warped(by: warp, within: region.cropped(to: canvas.box), canvas)
    }

    // MARK: - On the working grid

    /// The same edit on the working grid.
    public func working(_ canvas: EditCanvas, _ composition: Composition) -> any WorkingEdit {
        let grid = canvas.grid
        return Working(
            handles: handles.map { grid.onGrid($0) }, targets: targets.map { grid.onGrid($0) },
            isWarped: composition.isPrepared)
    }

    /// The edit on a grid that is the picture itself.
    public func working(on grid: PixelSize) -> any WorkingEdit { Working(handles: handles, targets: targets) }

    /// An alignment on the grid.
    public struct Working: WorkingEdit {
        let handles: [Point]
        let targets: [Point]
        let isWarped: Bool

        /// - Parameter isWarped: whether the picture is warped already.
        public init(handles: [Point], targets: [Point], isWarped: Bool = false) {
            (self.handles, self.targets, self.isWarped) = (handles, targets, isWarped)
        }

        /// Throws what cannot be met.
        public func validate(on grid: PixelSize) throws {
            try EditError.check(handles, targets, on: grid)
        }

        /// Where things are, the start, the energies.
        public func plan(_ weights: EnergyWeights, _ grids: EditGrids) throws -> any EditPlan {
            try DragPlan(region: nil, handles: handles, targets: targets, isWarped: isWarped, weights: weights, grids: grids)
        }
    }
}
