import DragonImage

/// Dragging points, within a region or, for landmarks, everywhere (DragonDiffusion, section 3.3.4).
struct DragPlan: EditPlan {
    let gradientScale: Float = 0.04
    let hasContentEnergy: Bool
    let mixing = BankMixing.append
    let editRegion: Mask
    let inventedRegion: Mask
    var noiseRegion: Mask { editRegion }

    private let weights: EnergyWeights
    private let grids: EditGrids
    /// On the feature grid.
    private let region: Mask?
    private let points: (handles: [Point], targets: [Point])
    private let handles: [PointPatch]
    private let targets: [PointPatch]
    /// Whether the picture is warped already.
    private let isWarped: Bool
    /// Feature maps that the energies are averaged over.
    private static let levels: Float = 2

    /// - Parameter region: nil for landmarks: everything may change, and nothing is held.
    init(
        region: Mask?, handles: [Point], targets: [Point], isWarped: Bool = false, weights: EnergyWeights, grids: EditGrids
    ) throws {
        (self.weights, self.grids, self.isWarped) = (weights, grids, isWarped)
        self.region = region.map(grids.onFeatures)
        hasContentEnergy = region != nil
        editRegion = region.map(grids.onLatent) ?? Mask(height: grids.latentHeight, width: grids.latentWidth, isWhole: true)
        guard editRegion.count > 0 else { throw EditError.tooSmall(what: "the mask") }
        points = (handles, targets)
        self.handles = handles.map { PointPatch($0, grids) }
        self.targets = targets.map { PointPatch($0, grids) }
        inventedRegion = editRegion & Self.patches(self.handles, but: self.targets, grids)
    }

    /// Cells of the latent under some patches, but for those under others: what the dragged content has left.
    private static func patches(_ left: [PointPatch], but taken: [PointPatch], _ grids: EditGrids) -> Mask {
        let cover = { (patches: [PointPatch]) in
            var mask = Mask(height: grids.latentHeight, width: grids.latentWidth)
            for patch in patches { mask[patch.y / EditGrids.featureUpscale, patch.x / EditGrids.featureUpscale] = true }
            return mask
        }
        return cover(left).grownByCell & !cover(taken)
    }

    /// The 3×3 patch at each handle copied onto its target, in order; landmarks, and what is warped already, start from the
    /// inverted latent.
    func start(_ inverted: [LatentGrid]) -> LatentGrid {
        var z = inverted[0]
        guard hasContentEnergy, !isWarped else { return z }
        let last = (y: z.height - 2, x: z.width - 2)
        let centre = { (p: PointPatch) in
            (y: min(max(p.y / EditGrids.featureUpscale, 1), last.y), x: min(max(p.x / EditGrids.featureUpscale, 1), last.x))
        }
        for (handle, target) in zip(handles, targets) {
            let (from, to, before) = (centre(handle), centre(target), z)
            for c in 0..<z.channels {
                for dy in -1...1 {
                    for dx in -1...1 { z[c, to.y + dy, to.x + dx] = before[c, from.y + dy, from.x + dx] }
                }
            }
        }
        return z
    }

    /// All that the region holds is warped, as the picture's own pixels would be: cells are carried whole, so that their noise stays
    /// noise (one step of warping in the latent: FastDrag, arXiv 2405.15769).
    func arranged(_ inverted: [LatentGrid]) -> LatentGrid {
        let z = inverted[0]
        guard hasContentEnergy, !isWarped else { return start(inverted) }
        let onGrid = { (point: Point) in Point(x: point.x / grids.latentCell - 0.5, y: point.y / grids.latentCell - 0.5) }
        let warp = DragWarp(handles: points.handles.map(onGrid), targets: points.targets.map(onGrid), area: editRegion.count)
        let field = WarpField(warp, region: editRegion, box: PixelBox(x: 0, y: 0, width: z.width, height: z.height))
        var result = z
        result.lay(where: editRegion) { c, y, x in
            let at = y * z.width + x
            let from = (y: Float(y) + field.dy[at], x: Float(x) + field.dx[at])
            return z[
                c, Int(from.y.rounded().clamped(to: 0...Float(z.height - 1))), Int(from.x.rounded().clamped(to: 0...Float(z.width - 1)))]
        }
        return result
    }

    func terms(_ feature: FeatureGrid, level: Int) -> LevelTerms {
        var terms = LevelTerms()
        let share = 1 / (Self.levels * Float(targets.count))
        for (handle, target) in zip(handles, targets) {
            // What was warped is at its place: it keeps the looks that it has there.
            let to = target.cells(feature, grids)
            let from = isWarped ? to : handle.cells(feature, grids)
            terms.edit.append(
                EnergyTerm(
                    function: .inverse(weight: weights.edit),
                    selection: .pairs(CellPairs(zip(to, from).map { ($0.0, $0.1) })), isUnit: true, factor: share))
            // A warp has left nothing behind.
            let left = hasContentEnergy && !isWarped ? handle.cells(feature, grids, except: target) : []
            if !left.isEmpty {
                terms.edit.append(
                    EnergyTerm(
                        function: .linear(weight: weights.inpaint), selection: .pairs(CellPairs(left.map { ($0, $0) })), isUnit: true,
                        factor: share))
            }
        }
        if let region { terms.content = heldOutside(region, feature, weights.content, factor: 1 / Self.levels).content }
        return terms
    }
}

/// 3×3 cells of the feature grid around a point, kept inside it.
struct PointPatch {
    let y: Int
    let x: Int

    init(_ point: Point, _ grids: EditGrids) {
        x = Int(min(max((point.x / grids.cell).rounded(.down), 1), Double(grids.featureWidth - 2)))
        y = Int(min(max((point.y / grids.cell).rounded(.down), 1), Double(grids.featureHeight - 2)))
    }

    /// The feature map's cells under the patch, row by row, but for those that another patch covers.
    func cells(_ feature: FeatureGrid, _ grids: EditGrids, except other: PointPatch? = nil) -> [Int] {
        (y - 1...y + 1).flatMap { row in
            (x - 1...x + 1).compactMap { column in
                if let other, abs(row - other.y) <= 1, abs(column - other.x) <= 1 { return nil }
                return feature.cell(row, column, of: (grids.featureHeight, grids.featureWidth))
            }
        }
    }
}
