import DragonEdit
import DragonImage
import DragonModel
import DragonTensor

/// An edit of a photo of any size.
public struct PhotoEdit: Sendable {
    /// The photo.
    public var photo: PictureSource
    /// What to do to it.
    public var mode: any EditMode
    /// The numbers that it runs with.
    public var settings: EditSettings
    /// What the photo shows without its object, where that is known; else its place is filled.
    var ground: Raster?

    /// An edit in the photo's own pixels.
    public init(photo: PictureSource, mode: any EditMode, settings: EditSettings) {
        (self.photo, self.mode, self.settings) = (photo, mode, settings)
    }

    /// What the edit touches.
    ///
    /// - Throws: ``EditError`` for what of the photo and the mode does not fit together.
    func footprint() throws -> Footprint { try mode.footprint(on: photo.size, usesPlate: settings.usesPlate) }

    /// The part of the photo that the network works on, and its grid.
    ///
    /// - Parameter side: its longer side at most; nil takes that of the settings.
    func grid(_ footprint: Footprint, side: Int? = nil) -> WorkGrid {
        WorkGrid(
            affected: footprint.affected, canvas: photo.size, margin: margin(around: footprint.affected),
            window: side ?? settings.side, multiple: Limits.sideMultiple)
    }

    /// Pixels around what is touched: as many as its ramps reach, at least.
    func margin(around box: PixelBox) -> Int {
        max(Self.margin(around: box), Int((settings.margins.grow + settings.margins.feather).rounded(.up)) + 1)
    }

    /// Pixels around what is touched: for the network to see, and for the result to fade into.
    static func margin(around box: PixelBox) -> Int {
        let (width, height) = (Double(box.width), Double(box.height))
        return Int(max(32, 0.16 * (width * width + height * height).squareRoot()))
    }

    /// Throws for numbers out of range, and where the edit needs more memory than it may take, before anything is done to the
    /// photo.
    ///
    /// - Throws: ``EditError``, also for what of the photo and the mode does not fit together.
    public func check(on files: ModelFiles) throws {
        let steps = settings.parameters.bankedSteps
        _ = try need(limit: settings.memoryLimit) { EditMemory($0, steps: steps, on: files) }
    }

    /// What the edit will take, once its numbers are found in range.
    private struct Need {
        let network: EditMemory
        let photo: PhotoMemory
        /// Whether there is room for the bank beside everything else.
        let keepsBank: Bool
    }

    /// - Parameter network: what a working grid takes.
    /// - Throws: ``EditError/memory(needed:allowed:remedy:)`` where that is more than the limit, or than what is free.
    private func need(limit: Int?, network: (PixelSize) -> EditMemory) throws -> Need {
        try settings.parameters.validate()
        let footprint = try footprint()
        let grid = grid(footprint)
        let (memory, photo) = (network(grid.gridSize), PhotoMemory(footprint, grid))
        do {
            let keepsBank = try memory.keepsBank(limit: limit, held: photo.held, peak: photo.peak)
            return Need(network: memory, photo: photo, keepsBank: keepsBank)
        } catch EditError.memory(let needed, let allowed, _) {
            let smaller = stride(from: settings.side - Limits.sideMultiple, through: Limits.side.lowerBound, by: -Limits.sideMultiple)
            let fitting = smaller.first { side in
                let grid = self.grid(footprint, side: side)
                let photo = PhotoMemory(footprint, grid)
                return max(network(grid.gridSize).work + photo.held, photo.peak) <= allowed
            }
            throw EditError.memory(needed: needed, allowed: allowed, remedy: fitting.map { .side($0) } ?? .smallerPicture)
        }
    }

    /// The part of the photo that is worked on.
    func canvas(filling: HoleFilling) throws -> EditCanvas {
        let footprint = try footprint()
        var filling = filling
        if let ground, case .texture = filling { filling = .known(ground) }
        return EditCanvas(
            photo, footprint, grid: grid(footprint), margins: settings.margins, usesPlate: settings.usesPlate, filling: filling)
    }

    /// Does all that comes before the network, telling the context's job.
    ///
    /// - Parameter cache: what an earlier edit left, where anything is to be reused.
    /// - Throws: ``EditError`` for what cannot be met; ``CancellationError``.
    public func prepared(reusing cache: PreparationCache? = nil, in context: ComputeContext) throws -> PreparedPhoto {
        let job = context.job
        job.expect([])
        job.begin(.fill)
        return try job.stoppingPhotoWork {
            // Nothing here depends on the seed: whatever that decides comes later.
            let canvas = try canvas(filling: .texture(seed: 0))
            try job.check()
            // Reading a reference for its key takes a while: only where something may be reused.
            let key = cache.map { _ in PreparationKey(self, canvas) }
            if let key, let kept = cache?.take(key) { return kept }
            let composition = try mode.compose(canvas)
            try job.check()
            return PreparedPhoto(canvas, composition, mode, settings, key: key)
        }
    }

    /// Runs the edit.
    ///
    /// - Returns: what to lay over the photo.
    public func run(
        _ model: DiffusionModel, prompts: EditPrompts, options: EditOptions = EditOptions(), reusing cache: PreparationCache? = nil,
        in context: ComputeContext
    ) throws -> EditLayer {
        let limit = options.memoryLimit ?? settings.memoryLimit ?? Machine().freeMemory
        let (steps, unet, autoencoder) = (settings.parameters.bankedSteps, model.unet.configuration, model.autoencoder.configuration)
        let need = try context.job.stoppingPhotoWork { () throws -> Need in
            try self.need(limit: limit) { EditMemory($0, steps: steps, unet, autoencoder, keepsFullPrecision: options.keepsFullPrecision) }
        }
        var options = options
        options.memoryLimit = limit - need.photo.held
        options.isReused = cache != nil && need.keepsBank && need.network.bank <= PreparationCache.largestBank
        let prepared = try prepared(reusing: cache, in: context)
        let layer = try prepared.run(self, model, prompts: prompts, options: options, in: context)
        if options.isReused { cache?.keep(prepared) }
        return layer
    }
}

extension Job {
    /// Does work on a photo's own pixels, which ends early once the job is cancelled.
    ///
    /// - Throws: ``CancellationError`` then, beside what the work throws.
    func stoppingPhotoWork<Result>(_ work: () throws -> Result) throws -> Result {
        let result = try Cancellation.asking({ self.isCancelled }, during: work)
        try check()
        return result
    }
}
