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

    /// An edit in the photo's own pixels.
    public init(photo: PictureSource, mode: any EditMode, settings: EditSettings) {
        (self.photo, self.mode, self.settings) = (photo, mode, settings)
    }

    /// What the edit touches.
    ///
    /// - Throws: ``EditError`` for what of the photo and the mode does not fit together.
    func footprint() throws -> Footprint { try mode.footprint(on: photo.size, usesPlate: settings.usesPlate) }

    /// The part of the photo that the network works on, and its grid.
    func grid(_ footprint: Footprint) -> WorkGrid {
        WorkGrid(
            affected: footprint.affected, canvas: photo.size, margin: Self.margin(around: footprint.affected), window: settings.side,
            multiple: Limits.sideMultiple)
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
        let (grid, photo) = try checked()
        _ = try EditMemory(grid.gridSize, steps: settings.parameters.steps, on: files)
            .keepsBank(limit: settings.memoryLimit, held: photo.held, peak: photo.peak)
    }

    /// The working grid and what the photo's own pixels will take, once the numbers are found in range.
    private func checked() throws -> (grid: WorkGrid, photo: PhotoMemory) {
        try settings.parameters.validate()
        let footprint = try footprint()
        let grid = grid(footprint)
        return (grid, PhotoMemory(footprint, grid))
    }

    /// The part of the photo that is worked on.
    func canvas(filling: HoleFilling) throws -> EditCanvas {
        let footprint = try footprint()
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
            return PreparedPhoto(canvas, composition, mode, key: key)
        }
    }

    /// Runs the edit.
    ///
    /// - Returns: what to lay over the photo.
    public func run(
        _ model: DiffusionModel, prompts: EditPrompts, options: EditOptions = EditOptions(), reusing cache: PreparationCache? = nil,
        in context: ComputeContext
    ) throws -> EditLayer {
        let (grid, photo) = try context.job.stoppingPhotoWork { try checked() }
        var options = options
        let limit = options.memoryLimit ?? settings.memoryLimit ?? Machine().freeMemory
        let memory = EditMemory(
            grid.gridSize, steps: settings.parameters.steps, model.unet.configuration, model.autoencoder.configuration,
            keepsFullPrecision: options.keepsFullPrecision)
        let keepsBank = try memory.keepsBank(limit: limit, held: photo.held, peak: photo.peak)
        options.memoryLimit = limit - photo.held
        options.isReused = cache != nil && keepsBank && memory.bank <= PreparationCache.largestBank
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
