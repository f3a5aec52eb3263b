import DragonEdit
import DragonImage
import DragonModel
import DragonTensor

/// Holes of a prepared photo, filled with texture, that the network repaints: each from a level of noise by how sure its fill is
/// (Meng et al., SDEdit, ICLR 2022, arXiv 2108.01073), what is around it laid into every latent (Avrahami et al., Blended Latent
/// Diffusion, 2023), with attention that sees neither the laid object nor much of the hole itself (``HoleAttention``).
///
/// It is the plate that is bettered so: an edit that follows energies begins with it.
///
/// Left to itself it tries only what its fill is not sure of, and takes what it made only where that is about as coherent with its
/// surroundings as the texture, which is made of them: where the texture is much more so, it repeats what truly goes on there.
struct HoleRepainting {
    /// A hole that is seen.
    struct Place {
        /// Its cells of the latent.
        let cells: Mask
        /// How sure its texture is, 0 … 1 (``FillCertainty``).
        let certainty: Double
    }

    /// The holes that the network repaints, apart.
    let places: [Place]
    /// How sure the texture of each hole is, also of those that are left to it.
    let certainties: [Double]
    /// From here on a fill is sure enough to be left as it is. Both numbers are those that served best on scenes whose truth is known.
    private static let sure = 0.9
    /// Share of the network's incoherence that the texture's must reach for the network's hole to be taken.
    private static let leastRatio = 0.8
    private let fill: HoleFill
    private let grid: WorkGrid
    private let composition: Composition
    private let downsampling: Int
    /// How much of each pixel is the network's, where a laid object leaves any to be seen.
    private let share: [Float]

    /// - Parameters:
    ///   - composition: with a texture fill.
    ///   - fill: what is asked for: all holes by the network, or those that it betters.
    init(_ composition: Composition, _ fill: HoleFill, on grid: WorkGrid, downsampling: Int) throws {
        (self.grid, self.composition, self.fill, self.downsampling) = (grid, composition, fill, downsampling)
        let cover = composition.carried?.coverage
        share = composition.hole.indices.map { (cover?[$0] ?? 0) < 1 ? composition.hole[$0] : 0 }
        let (seen, filled) = (share, composition.hole)
        let cells = grid.cells(downsampling) { seen.indices.contains($0) && seen[$0] > 0 }
        let pieces = Pieces(of: cells)
        let all = try pieces.sizes.indices.map { number in
            try Cancellation.check()
            let own = Mask(height: cells.height, width: cells.width, cells: pieces.numbers.map { $0 == number })
            let hole = grid.pixels(of: own) { filled[$0] > 0 }
            return Place(cells: own, certainty: try FillCertainty(composition.base, hole: hole).value())
        }
        certainties = all.map(\.certainty)
        places = all.filter { fill == .network || $0.certainty < Self.sure }
    }

    /// Share of the way to noise that a hole is begun from: little of it where the fill is sure, most where it is not.
    ///
    /// - Parameter certainty: 0 … 1.
    /// - Returns: 0.3 … 0.9, falling.
    static func strength(_ certainty: Double) -> Double { 0.9 - 0.6 * min(max(certainty, 0), 1) }

    /// What the network is to do, in the steps of an edit.
    func request(_ parameters: EditParameters) -> InpaintingRequest {
        var parameters = parameters
        let begin = places.map { min(parameters.steps - 1, Int(((1 - Self.strength($0.certainty)) * Double(parameters.steps)).rounded())) }
        (parameters.method, parameters.firstStep) = (.inpainting, begin.min() ?? 0)
        let cells = places.reduce(grid.cells(downsampling) { _ in false }) { $0 | $1.cells }
        var request = InpaintingRequest(
            picture: WorkingPicture(grid.onGrid(composition.intendedColours)), cells: cells, parameters: parameters)
        request.begins = cells.cells.indices.map { at in places.firstIndex { $0.cells.cells[at] }.map { begin[$0] } ?? 0 }
        let cover = composition.carried?.coverage
        request.unseen = grid.cells(downsampling) { (cover?[$0] ?? 0) > 0.5 }
        return request
    }

    /// Of each place whether the network's hole is to be taken.
    private func isTaken(from network: Composition, _ trace: EditTrace?) throws -> [Bool] {
        guard fill == .auto else { return places.map { _ in true } }
        let found = try places.map { place in
            let hole = grid.pixels(of: place.cells) { share[$0] > 0 }
            return try [composition, network].map { try FillCertainty($0.base, hole: hole).incoherence() }
        }
        trace?.record("incoherence", [places.count, 2], found.joined().map { Float($0) })
        return found.map { $0[0] >= Self.leastRatio * $0[1] }
    }

    /// The composition with some of its holes as the network made them.
    ///
    /// - Parameters:
    ///   - pictures: on the grid, −1 … 1: what the network made, and what it began with after the autoencoder.
    ///   - isTaken: of each place whether it is the network's.
    func repainted(_ pictures: (result: Tensor, reconstruction: Tensor), where isTaken: [Bool]) -> Composition {
        var taken = grid.cells(downsampling) { _ in false }
        for (place, isTaken) in zip(places, isTaken) where isTaken { taken = taken | place.cells }
        let pixels = grid.pixels(of: taken) { share[$0] > 0 }
        var result = composition
        result.base = Assembler(
            grid: grid, composition: composition.making(share.indices.map { pixels.cells[$0] ? share[$0] : 0 })
        ).ground(pictures)
        return result
    }
}

extension WorkGrid {
    /// Cells of a latent in which any pixel of the box is set.
    ///
    /// - Parameter isSet: asked of positions in the box, row by row.
    func cells(_ downsampling: Int, where isSet: (Int) -> Bool) -> Mask {
        var cells = Mask(height: gridHeight / downsampling, width: gridWidth / downsampling)
        for at in 0..<box.width * box.height where isSet(at) {
            let (y, x) = cell(at, cells)
            cells[y, x] = true
        }
        return cells
    }

    /// Pixels of the box in given cells of a latent.
    func pixels(of cells: Mask, where isSet: (Int) -> Bool) -> Mask {
        Mask(
            height: box.height, width: box.width,
            cells: (0..<box.width * box.height).map { at in
                let (y, x) = cell(at, cells)
                return cells[y, x] && isSet(at)
            })
    }

    private func cell(_ at: Int, _ cells: Mask) -> (y: Int, x: Int) {
        ((at / box.width + box.y - frame.y) * cells.height / frame.height, (at % box.width + box.x - frame.x) * cells.width / frame.width)
    }
}

/// A composition whose holes the network repainted, and what that came of.
struct Repainted {
    /// What decides about the holes beside the photo and its preparation.
    struct Key: Equatable {
        private let parameters: EditParameters
        private let fill: HoleFill
        private let prompts: EditPrompts
        private let format: ProductFormat

        init(_ settings: EditSettings, _ prompts: EditPrompts, _ format: ProductFormat) {
            (parameters, fill, self.prompts, self.format) = (settings.parameters, settings.fill, prompts, format)
        }
    }

    let key: Key
    let composition: Composition
    /// Whether any hole is the network's.
    let isAny: Bool
}

extension HoleRepainting {
    /// Lets the network repaint the holes, telling the context's job of what is ahead and of every step.
    func run(
        _ settings: EditSettings, _ model: DiffusionModel, _ prompts: EditPrompts, _ options: EditOptions, _ key: Repainted.Key,
        in context: ComputeContext
    ) throws -> Repainted {
        options.trace?.record("certainty", [certainties.count], certainties.map { Float($0) })
        guard !places.isEmpty else { return Repainted(key: key, composition: composition, isAny: false) }
        let request = request(settings.parameters)
        let parts = request.parts(isInpainting: false)
        context.job.expect(parts + [Job.Part(.assemble, cost: 0.03 * parts.reduce(0) { $0 + $1.cost })])
        var ownOptions = EditOptions()
        ownOptions.wantsPreviews = options.wantsPreviews
        let pictures = try model.inpaint(request, model.conditioning(prompts, in: context), options: ownOptions, in: context)
        return try context.job.stoppingPhotoWork {
            let all = repainted(pictures, where: places.map { _ in true })
            let isTaken = try isTaken(from: all, options.trace)
            return Repainted(key: key, composition: repainted(pictures, where: isTaken), isAny: isTaken.contains(true))
        }
    }
}
