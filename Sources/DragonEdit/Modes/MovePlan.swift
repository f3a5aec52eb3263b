import DragonImage

/// Moving, resizing and turning an object (DragonDiffusion, section 3.3.1).
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
    private let edit: Move.Working
    /// Sides of the feature grid after resizing.
    private let scaled: (height: Int, width: Int)
    /// Cells of the object at its new place and the cells of the resized grid that they come from, in step.
    private let pairs: [(target: Int, source: Int)]
    private let others: ContentEnergies

    init(_ edit: Move.Working, _ weights: EnergyWeights, _ grids: EditGrids) throws {
        (self.edit, self.weights, self.grids) = (edit, weights, grids)
        let (object, resize) = (edit.object, edit.resize)
        let original = grids.onFeatures(object)
        let shift = { (d: Double) in Int((d / grids.cell).rounded(.down) * resize) }
        let way = CellWay(
            edit, of: (grids.featureHeight, grids.featureWidth), cell: grids.cell,
            shift: (shift(edit.displacement.x), shift(edit.displacement.y)))
        scaled = way.scaled
        guard scaled.height > 0, scaled.width > 0 else {
            throw EditError.number(name: "the resize factor", value: "\(resize)", range: "a larger one")
        }
        let resized = object.resized(height: scaled.height, width: scaled.width)
        pairs = way.pairs(of: resized)
        var target = Mask(height: grids.featureHeight, width: grids.featureWidth)
        for pair in pairs { target.cells[pair.target] = true }
        guard original.count > 0, resized.count > 0 else {
            throw EditError.tooSmall(what: resize < 1 ? "the mask, shrunken," : "the mask")
        }
        guard !pairs.isEmpty else { throw EditError.leavesPicture }
        let other = !(target | original)
        others = ContentEnergies(
            stays: other, left: original & !target, wanted: edit.likeness.map(grids.onFeatures) ?? other, weights: weights)
        editRegion = grids.onLatent(target)
        noiseRegion = grids.onLatent(target | original)
        let touched = object.coarsened(height: grids.latentHeight, width: grids.latentWidth)
        vacated = VacatedCells(object: touched, left: touched & !grids.onLatent(target))
        inventedRegion = (noiseRegion & !editRegion) | grids.contact(of: editRegion)
    }

    /// The object's part of the inverted latent, resized, turned and shifted, over the whole.
    func start(_ inverted: [LatentGrid]) -> LatentGrid {
        let z = inverted[0]
        let shift = { (d: Double) in Int(d / grids.latentCell * edit.resize) }
        let way = CellWay(
            edit, of: (z.height, z.width), cell: grids.latentCell, shift: (shift(edit.displacement.x), shift(edit.displacement.y)))
        let (height, width) = way.scaled
        guard height > 0, width > 0 else { return z }
        var result = z
        for pair in way.pairs(of: edit.object.resized(height: height, width: width)) {
            let fromY = nearestSource(pair.source / width, from: z.height, to: height)
            let fromX = nearestSource(pair.source % width, from: z.width, to: width)
            for c in 0..<z.channels { result[c, pair.target / z.width, pair.target % z.width] = z[c, fromY, fromX] }
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

/// Where the cells of a resized grid go: turned about the object's middle, then shifted.
private struct CellWay {
    let grid: (height: Int, width: Int)
    /// Sides of the grid after resizing.
    let scaled: (height: Int, width: Int)
    private let turn: Turn
    /// Of the resized grid: the corner of cells that is nearest to the object's middle.
    private let middle: Point
    private let shift: (x: Int, y: Int)

    /// - Parameters:
    ///   - cell: pixels in a cell of the grid.
    ///   - shift: in cells.
    init(_ edit: Move.Working, of grid: (height: Int, width: Int), cell: Double, shift: (x: Int, y: Int)) {
        (self.grid, turn) = (grid, edit.turn)
        scaled = (Int(Double(grid.height) * edit.resize), Int(Double(grid.width) * edit.resize))
        let offset = centreOffset(from: scaled, to: grid)
        self.shift = (shift.x + offset.x, shift.y + offset.y)
        let box = edit.object.bounds ?? PixelBox(x: 0, y: 0, width: 0, height: 0)
        let corner = { (start: Int, length: Int) in ((Double(start) + Double(length) / 2) / cell * edit.resize + 0.5).rounded(.down) }
        middle = Point(x: corner(box.x, box.width), y: corner(box.y, box.height))
    }

    /// The cells where a mask of the resized grid lands, and those that they come from, in step. What leaves the grid is dropped.
    func pairs(of mask: Mask) -> [(target: Int, source: Int)] {
        (0..<grid.height * grid.width).compactMap { target in
            guard let source = source(ofRow: target / grid.width, column: target % grid.width), mask.cells[source] else { return nil }
            return (target, source)
        }
    }

    private func source(ofRow row: Int, column: Int) -> Int? {
        let way = turn.unturned(
            Point(x: Double(column - shift.x) + 0.5 - middle.x, y: Double(row - shift.y) + 0.5 - middle.y))
        let (x, y) = (Int((middle.x + way.x).rounded(.down)), Int((middle.y + way.y).rounded(.down)))
        return (0..<scaled.width).contains(x) && (0..<scaled.height).contains(y) ? y * scaled.width + x : nil
    }
}
