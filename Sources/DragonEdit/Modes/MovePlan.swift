import DragonImage

/// Moving and resizing an object (DragonDiffusion, section 3.3.1).
struct MovePlan: EditPlan {
    let gradientScale: Float = 0.08
    let hasContentEnergy = true
    let mixing = BankMixing.replace
    let editRegion: Mask
    let noiseRegion: Mask
    let inventedRegion: Mask
    let vacated: VacatedCells?

    private let weights: EnergyWeights
    private let grids: EditGrids
    private let object: Mask
    private let displacement: Point
    private let resize: Double
    /// Sides of the feature grid after resizing.
    private let scaled: (height: Int, width: Int)
    /// Cells of the object at its new place and the cells of the resized grid that they come from, in step.
    private let pairs: [(target: Int, source: Int)]
    private let others: ContentEnergies

    init(object: Mask, by displacement: Point, resize: Double, likeness: Mask?, weights: EnergyWeights, grids: EditGrids) throws {
        (self.object, self.displacement, self.resize, self.weights, self.grids) = (object, displacement, resize, weights, grids)
        let original = grids.onFeatures(object)
        scaled = (Int(Double(grids.featureHeight) * resize), Int(Double(grids.featureWidth) * resize))
        guard scaled.height > 0, scaled.width > 0 else {
            throw EditError.number(name: "the resize factor", value: "\(resize)", range: "a larger one")
        }
        pairs = Self.moved(object.resized(height: scaled.height, width: scaled.width), by: displacement, resize: resize, grids: grids)
        var target = Mask(height: grids.featureHeight, width: grids.featureWidth)
        for pair in pairs { target.cells[pair.target] = true }
        guard original.count > 0, object.resized(height: scaled.height, width: scaled.width).count > 0 else {
            throw EditError.tooSmall(what: resize < 1 ? "the mask, shrunken," : "the mask")
        }
        guard !pairs.isEmpty else { throw EditError.leavesPicture }
        let other = !(target | original)
        others = ContentEnergies(
            stays: other, left: original & !target, wanted: likeness.map(grids.onFeatures) ?? other, weights: weights)
        editRegion = grids.onLatent(target)
        noiseRegion = grids.onLatent(target | original)
        let touched = object.coarsened(height: grids.latentHeight, width: grids.latentWidth)
        vacated = VacatedCells(object: touched, left: touched & !grids.onLatent(target))
        inventedRegion = (noiseRegion & !editRegion) | grids.contact(of: editRegion)
    }

    /// Where the cells of the resized object land; those that leave the picture are dropped.
    private static func moved(_ resized: Mask, by displacement: Point, resize: Double, grids: EditGrids) -> [(target: Int, source: Int)] {
        let shift = { (d: Double) in Int((d / grids.cell).rounded(.down) * resize) }
        let (dx, dy) = (shift(displacement.x), shift(displacement.y))
        let offset = centreOffset(from: (resized.height, resized.width), to: (grids.featureHeight, grids.featureWidth))
        return resized.indices.compactMap { source in
            let (y, x) = (source / resized.width + dy + offset.y, source % resized.width + dx + offset.x)
            guard y >= 0, y < grids.featureHeight, x >= 0, x < grids.featureWidth else { return nil }
            return (y * grids.featureWidth + x, source)
        }
    }

    /// The object's part of the inverted latent, resized and shifted, over the whole.
    func start(_ inverted: [LatentGrid]) -> LatentGrid {
        let z = inverted[0]
        let (height, width) = (Int(Double(z.height) * resize), Int(Double(z.width) * resize))
        guard height > 0, width > 0 else { return z }
        let shift = { (d: Double) in Int(d / grids.latentCell * resize) }
        let (dx, dy) = (shift(displacement.x), shift(displacement.y))
        let offset = centreOffset(from: (height, width), to: (z.height, z.width))
        let mask = object.resized(height: height, width: width)
        var result = z
        for index in mask.indices {
            let (y, x) = (index / width, index % width)
            let (toY, toX) = (y + dy + offset.y, x + dx + offset.x)
            guard toY >= 0, toY < z.height, toX >= 0, toX < z.width else { continue }
            let (fromY, fromX) = (nearestSource(y, from: z.height, to: height), nearestSource(x, from: z.width, to: width))
            for c in 0..<z.channels { result[c, toY, toX] = z[c, fromY, fromX] }
        }
        return result
    }

    func terms(_ feature: FeatureGrid, level: Int) -> LevelTerms {
        let grid = (grids.featureHeight, grids.featureWidth)
        let moved = CellPairs(
            pairs.map { pair in
                (
                    feature.cell(pair.target / grid.1, pair.target % grid.1, of: grid),
                    feature.cell(pair.source / scaled.width, pair.source % scaled.width, of: scaled)
                )
            })
        var terms = LevelTerms(content: others.terms(feature))
        terms.edit = [EnergyTerm(function: .inverse(weight: weights.edit), selection: .pairs(moved), isUnit: false, factor: 0.5)]
        return terms
    }
}
