/// Replacing an object's appearance (DragonDiffusion, section 3.3.2).
struct AppearancePlan: EditPlan {
    let gradientScale: Float = 0.04
    let hasContentEnergy = true
    let mixing: BankMixing
    let editRegion: Mask
    var noiseRegion: Mask { editRegion }

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
        var terms = heldOutside(object, feature, weights)
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

/// Pasting an object from another picture (DragonDiffusion, section 3.3.3).
struct PastePlan: EditPlan {
    let gradientScale: Float = 0.04
    let hasContentEnergy = true
    let mixing: BankMixing
    let editRegion: Mask
    var noiseRegion: Mask { editRegion }

    private let weights: EnergyWeights
    private let grids: EditGrids
    private let offset: Point
    /// Whether the picture has the object already.
    private let isLaid: Bool
    /// The object at its new place.
    private let placed: Mask

    init(object: Mask, offset: Point, isLaid: Bool = false, weights: EnergyWeights, grids: EditGrids) throws {
        (self.weights, self.grids, self.offset, self.isLaid) = (weights, grids, offset, isLaid)
        guard grids.onFeatures(object).count > 0 else { throw EditError.tooSmall(what: "the mask") }
        let background = object.shifted(dx: Int(offset.x), dy: Int(offset.y))
        placed = grids.onFeatures(background)
        guard placed.count > 0 else { throw EditError.leavesPicture }
        editRegion = grids.onLatent(placed)
        mixing = .compose(foreground: object, background: background)
    }

    /// The reference's inverted latent, shifted, over the base's, inside the pasted region; where the object is laid already
    /// its edges are better than a latent's cells can make them (as in PixelMan, arXiv 2412.14283).
    func start(_ inverted: [LatentGrid]) -> LatentGrid {
        guard !isLaid else { return inverted[0] }
        let (dx, dy) = (Int(offset.x / grids.latentCell), Int(offset.y / grids.latentCell))
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
        var terms = heldOutside(placed, feature, weights)
        let (dx, dy) = (Int(offset.x / grids.cell), Int(offset.y / grids.cell))
        let grid = (grids.featureHeight, grids.featureWidth)
        let pairs = placed.indices.compactMap { index -> (Int, Int)? in
            let (y, x) = (index / grid.1, index % grid.1)
            guard placed.contains(y - dy, x - dx) else { return nil }
            return (feature.cell(y, x, of: grid), feature.cell(y - dy, x - dx, of: grid))
        }
        if !pairs.isEmpty {
            terms.edit = [
                EnergyTerm(
                    function: .inverse(weight: weights.edit), selection: .pairs(CellPairs(pairs)), isUnit: true, reference: 1)
            ]
        }
        return terms
    }
}

/// Everything outside a region keeps its features.
private func heldOutside(_ region: Mask, _ feature: FeatureGrid, _ weights: EnergyWeights) -> LevelTerms {
    let held = feature.cells(under: !region)
    guard !held.isEmpty else { return LevelTerms() }
    return LevelTerms(content: [
        EnergyTerm(function: .inverse(weight: weights.content), selection: .pairs(CellPairs(held.map { ($0, $0) })), isUnit: true)
    ])
}
