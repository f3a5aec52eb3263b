import DragonImage
import DragonModel

/// Dragging content from points to other points, within a region (DragonDiffusion, section 3.3.4).
public struct Drag: EditMode {
    /// Its row of the table.
    public static let name = EditModeName.drag
    /// As published (ALGORITHM section 5).
    public static let published = EditParameters(
        weights: EnergyWeights(edit: 4, content: 6, inpaint: 0.2), energyScale: 2000, guidanceScale: 4, sdeStrength: 0.4)

    /// Where the picture may change, of its size; nil is around the points.
    public let region: Mask?
    /// Where content is taken hold of.
    public let handles: [Point]
    /// Where it goes, in step.
    public let targets: [Point]
    /// The object that they hold, of the picture's size: it alone is warped, over its ground. Nil is all of the region.
    public let held: Mask?
    /// How that bends.
    public let bend: DragBend
    /// What of it does not.
    private let rigid: RigidPart?

    /// A drag.
    public init(region: Mask?, handles: [Point], targets: [Point], held: Mask? = nil, bend: DragBend = .auto) {
        (self.region, self.handles, self.targets, self.held, self.bend) = (region, handles, targets, held, bend)
        // What is kept straight without an object is the region.
        let object = held ?? (bend == .rigid ? region : nil)
        rigid = object.flatMap { RigidPart(of: $0, handles, targets, bend) }
    }

    /// From what a user gave.
    public init(_ given: ModeInputs) throws {
        self.init(region: given.mask, handles: given.handles, targets: given.targets, held: given.held, bend: given.bend)
    }

    /// What it was given.
    public var inputs: ModeInputs {
        var given = ModeInputs()
        (given.mask, given.handles, given.targets, given.held, given.bend) = (region, handles, targets, held, bend)
        return given
    }

    // MARK: - In the picture's own pixels

    /// What it touches.
    public func footprint(on canvas: PixelSize, usesPlate: Bool) throws -> Footprint {
        try EditError.check(handles, targets, on: canvas)
        if let region { try EditError.check(region, on: canvas, "the mask") }
        let region = region ?? Mask.around(handles, targets, on: canvas, reaching: usesPlate ? DraggedPoints.warpReach : 1)
        let affected = try EditError.bounds(region, "the mask")
        if usesPlate, let rigid, let footprint = try footprint(of: rigid, on: canvas, region) { return footprint }
        guard let held, usesPlate else { return Footprint(affected: affected, region: region) }
        try EditError.check(held, on: canvas, "the mask of what is held")
        let filled = try EditError.bounds(held, "the mask of what is held")
        return Footprint(affected: affected, region: region, filled: (filled.nearest(within: affected), held.count))
    }

    /// Of a part that does not bend; nil where it leaves the picture.
    private func footprint(of rigid: RigidPart, on canvas: PixelSize, _ region: Mask) throws -> Footprint? {
        if let held { try EditError.check(held, on: canvas, "the mask of what is held") }
        guard let landing = try rigid.placement.landing(on: canvas) else { return nil }
        let old = try EditError.bounds(rigid.vacated, "the mask of what is held")
        return Footprint(
            affected: rigid.placement.source.clipped(to: canvas.box).union(landing), placement: rigid.placement, region: region,
            source: canvas, filled: (old, rigid.vacated.count))
    }

    /// The content is warped, or what of it does not bend laid at its new place.
    public func compose(_ canvas: EditCanvas) throws -> Composition {
        let whole = canvas.footprint.region ?? Mask(height: canvas.picture.height, width: canvas.picture.width, isWhole: true)
        let points = DraggedPoints(handles: handles, targets: targets)
        guard canvas.usesPlate else { return points.left(to: whole.cropped(to: canvas.box), canvas) }
        if let rigid, canvas.footprint.placement != nil { return try laid(rigid, canvas) }
        let warp =
            region == nil
            ? DragWarp(handles: handles, targets: targets, radius: DraggedPoints.reach(on: canvas.picture.size))
            : DragWarp(handles: handles, targets: targets, area: whole.count)
        return try points.warped(by: warp, within: whole.cropped(to: canvas.box), holding: held, canvas)
    }

    private func laid(_ rigid: RigidPart, _ canvas: EditCanvas) throws -> Composition {
        let vacated = rigid.vacated.cropped(to: canvas.box)
        let base = try canvas.plate(without: vacated)
        let carried = try canvas.carried(rigid.carried, of: canvas.picture)
        try Cancellation.check()
        return Composition(
            base: base, isPrepared: true, carried: carried, replaced: canvas.reach(of: vacated.touched),
            made: canvas.contact(of: carried?.occupied ?? canvas.nothing), filled: vacated.touched.count,
            hole: canvas.hole(of: vacated))
    }

    // MARK: - On the working grid

    /// The same edit on the working grid.
    public func working(_ canvas: EditCanvas, _ composition: Composition) -> any WorkingEdit {
        let grid = canvas.grid
        return Working(
            region: canvas.footprint.region.map { grid.onGrid($0) } ?? Mask(height: grid.gridHeight, width: grid.gridWidth, isWhole: true),
            handles: handles.map { grid.onGrid($0) }, targets: targets.map { grid.onGrid($0) },
            isWarped: composition.isPrepared)
    }

    /// The edit on a grid that is the picture itself.
    public func working(on grid: PixelSize) -> any WorkingEdit {
        Working(region: region ?? Mask.around(handles, targets, on: grid), handles: handles, targets: targets)
    }

    /// A drag on the grid.
    public struct Working: WorkingEdit {
        let region: Mask
        let handles: [Point]
        let targets: [Point]
        let isWarped: Bool

        /// - Parameter isWarped: whether the picture is warped already: then its targets look as they should.
        public init(region: Mask, handles: [Point], targets: [Point], isWarped: Bool = false) {
            (self.region, self.handles, self.targets, self.isWarped) = (region, handles, targets, isWarped)
        }

        /// Throws what cannot be met.
        public func validate(on grid: PixelSize) throws {
            // Points first: the region of a drag without a mask is made from them.
            try EditError.check(handles, targets, on: grid)
            try EditError.check(region, on: grid, "the mask")
        }

        /// Where things are, the start, the energies.
        public func plan(_ weights: EnergyWeights, _ grids: EditGrids) throws -> any EditPlan {
            try DragPlan(
                region: region, handles: handles, targets: targets, isWarped: isWarped, weights: weights, grids: grids)
        }
    }
}

/// Points that are dragged, in the picture's own pixels: what drags and landmarks share.
struct DraggedPoints {
    let handles: [Point]
    let targets: [Point]

    /// A warp needs more room around the points than energies do.
    static let warpReach = 2.0

    /// How far from the targets a warp without a region reaches, at least, in pixels.
    static func reach(on canvas: PixelSize) -> Double { Mask.leastReach(on: canvas) * warpReach }

    /// Everything is left to the network.
    func left(to region: Mask, _ canvas: EditCanvas) -> Composition {
        let reach = canvas.reach(of: region)
        return Composition(base: canvas.colours, isPrepared: false, replaced: reach, made: reach)
    }

    /// The part after a warp; the network makes what that stretches.
    ///
    /// - Parameter held: the object that is warped, of the picture's size; nil is all of the region.
    func warped(by warp: DragWarp, within region: Mask, holding held: Mask? = nil, _ canvas: EditCanvas) throws -> Composition {
        let field = WarpField(warp, region: region, box: canvas.box)
        try Cancellation.check()
        if let held { return try HeldObject(held.cropped(to: canvas.box), canvas).composition(after: field, canvas) }
        return Composition(
            base: field.mended(field.applied(to: canvas.colours)), isPrepared: true, replaced: field.moved.coverage.planes[0],
            made: field.stretched)
    }
}
