import DragonEdit
import DragonImage
import DragonModel
import DragonTensor
import Synchronization

/// A photo whose own pixels are as the network is to see them: moved, filled and warped; and, once it ran, the guidance branch.
/// An edit of the same photo with another seed, strength, weight or prompt of what is made goes on from here.
///
/// One run at a time.
public final class PreparedPhoto: @unchecked Sendable {
    // Unchecked: whoever holds it runs one edit at a time.
    let key: PreparationKey?
    private let grid: WorkGrid
    private let composition: Composition
    /// What the network sees and does; nil where nothing is left to it.
    private let task: Task?
    private var inverted: (edit: InvertedEdit, prompts: [[Int]], plate: Repainted.Key?, format: ProductFormat, reconstruction: Tensor?)?
    /// What the last prompts are to the network.
    private var conditioned: (prompts: EditPrompts, format: ProductFormat, conditioning: EditConditioning)?
    /// Holes that the network repainted last.
    private var repainted: Repainted?

    /// What the network is for: an edit of both papers, or places to paint in.
    private enum Task {
        case inversion(WorkingPicture, any WorkingEdit)
        case inpainting(WorkingPicture)
    }

    init(
        _ canvas: EditCanvas, _ composition: Composition, _ mode: any EditMode, _ settings: EditSettings? = nil,
        key: PreparationKey? = nil
    ) {
        let method = settings?.parameters.method ?? .inversion
        let composition = method == .inpainting && settings?.fill != .texture ? composition.inpainting : composition
        (self.key, grid, self.composition) = (key, canvas.grid, composition)
        guard composition.needsNetwork else {
            task = nil
            return
        }
        task =
            switch method {
            case .inversion: .inversion(WorkingPicture(grid.onGrid(composition.networkInput)), mode.working(canvas, composition))
            case .inpainting: .inpainting(WorkingPicture(grid.onGrid(composition.intendedColours)))
            }
    }

    /// The guidance branch, where it ran and is kept.
    var guidanceBranch: InvertedEdit? { inverted?.edit }

    /// Sides of the grid that the network works on.
    public var gridSize: PixelSize { grid.gridSize }

    /// The edit on the working grid; nil where there is none.
    ///
    /// - Parameter plate: what the network sees, where its holes are other than those that were prepared.
    private func request(_ parameters: EditParameters, on plate: Composition? = nil) -> EditRequest? {
        guard case .inversion(let prepared, let edit)? = task else { return nil }
        let picture = plate.map { WorkingPicture(grid.onGrid($0.networkInput)) } ?? prepared
        return EditRequest(source: .picture(picture), edit: edit, parameters: parameters)
    }

    /// What is to be painted in; nil where nothing is.
    private func inpainting(_ parameters: EditParameters, downsampling: Int) -> InpaintingRequest? {
        guard case .inpainting(let picture)? = task else { return nil }
        return InpaintingRequest(picture: picture, cells: invented(downsampling), parameters: parameters)
    }

    /// Whether the network has a part in an edit that this was prepared for.
    public func usesNetwork(for edit: PhotoEdit) -> Bool { edit.settings.usesNetwork && (task != nil || edit.settings.repaintsHoles) }

    /// Throws what the network could not do, before it is asked to.
    ///
    /// - Parameter downsampling: pixels in a cell of the latent.
    public func validate(_ parameters: EditParameters, downsampling: Int) throws {
        try request(parameters)?.validate(downsampling: downsampling)
        try inpainting(parameters, downsampling: downsampling)?.validate()
    }

    /// Runs an edit that this was prepared for, or another one with the same key.
    ///
    /// - Returns: what to lay over the photo.
    public func run(
        _ edit: PhotoEdit, _ model: DiffusionModel, prompts: EditPrompts, options: EditOptions = EditOptions(), in context: ComputeContext
    ) throws -> EditLayer {
        let repainted = try repaint(edit, model, prompts, options, in: context)
        let pictures = try networkPart(edit, on: repainted, model, prompts, options, in: context)
        context.job.begin(.assemble)
        let layer = try context.job.stoppingPhotoWork {
            let composition = try repainted?.composition ?? composition(of: edit)
            return Assembler(grid: grid, composition: composition).layer(pictures, photo: edit.photo)
        }
        context.job.finish(.assemble)
        return layer
    }

    /// The edited picture and the unedited one after the autoencoder, on the grid; nil where nothing is left to the network.
    private func networkPart(
        _ edit: PhotoEdit, on plate: Repainted?, _ model: DiffusionModel, _ prompts: EditPrompts, _ options: EditOptions,
        in context: ComputeContext
    ) throws -> (result: Tensor, reconstruction: Tensor)? {
        let downsampling = model.autoencoder.configuration.downsampling
        guard edit.settings.usesNetwork else {
            context.job.expect([Job.Part(.assemble, cost: 1)])
            return nil
        }
        if let inpainting = inpainting(edit.settings.parameters, downsampling: downsampling) {
            let parts = inpainting.parts(isInpainting: model.unet.configuration.isInpainting)
            context.job.expect(parts + [Job.Part(.assemble, cost: 2)])
            return try model.inpaint(inpainting, model.conditioning(prompts, in: context), options: options, in: context)
        }
        guard var request = request(edit.settings.parameters, on: plate?.composition) else {
            context.job.expect([Job.Part(.assemble, cost: 1)])
            return nil
        }
        request.invented = invented(downsampling)
        try request.validate(downsampling: downsampling)
        let conditioning = try conditioning(prompts, model, in: context)
        let guidanceBranch = try guidanceBranch(request, plate?.key, model, prompts, conditioning, options, in: context)
        let result = try guidanceBranch.sample(request, conditioning, options: options, in: context)
        let reconstruction = try inverted?.reconstruction ?? guidanceBranch.reconstruction(in: context)
        inverted = options.isReused ? (guidanceBranch, prompts.inverted, plate?.key, context.productFormat, reconstruction) : nil
        return (result, reconstruction)
    }

    /// The photo with holes that the network makes; nil where they are all left to texture.
    private func repaint(
        _ edit: PhotoEdit, _ model: DiffusionModel, _ prompts: EditPrompts, _ options: EditOptions, in context: ComputeContext
    ) throws -> Repainted? {
        guard edit.settings.repaintsHoles, composition.hole.contains(where: { $0 > 0 }) else { return nil }
        let key = Repainted.Key(edit.settings, prompts, context.productFormat)
        if let repainted, repainted.key == key { return repainted.isAny ? repainted : nil }
        repainted = nil
        let holes = try context.job.stoppingPhotoWork {
            try HoleRepainting(
                composition(of: edit), edit.settings.fill, on: grid, downsampling: model.autoencoder.configuration.downsampling)
        }
        let isTried = !holes.places.isEmpty
        // What follows is another round of work: the edit proper, or hardly any.
        if isTried { context.job.begin(round: 0, of: task == nil ? 1 : 2) }
        let found = try holes.run(edit.settings, model, prompts, options, key, in: context)
        if isTried { context.job.begin(round: task == nil ? 49 : 1, of: task == nil ? 50 : 2) }
        repainted = found
        return found.isAny ? found : nil
    }

    /// The guidance branch that is there, or a new one; what is ahead is told to the job.
    private func guidanceBranch(
        _ request: EditRequest, _ plate: Repainted.Key?, _ model: DiffusionModel, _ prompts: EditPrompts,
        _ conditioning: EditConditioning, _ options: EditOptions, in context: ComputeContext
    ) throws -> InvertedEdit {
        let assembly = Job.Part(.assemble, cost: 2)
        if let inverted, inverted.prompts == prompts.inverted, inverted.plate == plate, inverted.format == context.productFormat,
            inverted.edit.serves(request.parameters)
        {
            context.job.expect(request.parts(isInverted: true) + [assembly])
            return inverted.edit
        }
        inverted = nil
        context.job.expect(request.parts() + [assembly])
        return try model.invert(request, conditioning, options: options, in: context)
    }

    private func conditioning(_ prompts: EditPrompts, _ model: DiffusionModel, in context: ComputeContext) throws -> EditConditioning {
        if let conditioned, conditioned.prompts == prompts, conditioned.format == context.productFormat { return conditioned.conditioning }
        let conditioning = try model.conditioning(prompts, in: context)
        conditioned = (prompts, context.productFormat, conditioning)
        return conditioning
    }

    /// What the edit's seed makes of the photo's own pixels. The network sees the same picture with any seed: it makes what
    /// surrounds a fill, not the fill.
    private func composition(of edit: PhotoEdit) throws -> Composition {
        let seed = edit.settings.parameters.seed
        guard seed != 0, composition.filled > 0 else { return composition }
        let composition = try edit.mode.compose(try edit.canvas(filling: .texture(seed: seed)))
        return composition
    }

    /// Cells of the latent of which the network makes any pixel.
    private func invented(_ downsampling: Int) -> Mask {
        grid.cells(downsampling) { composition.made[$0] > 0 }
    }
}

/// What decides about everything that comes before the network, and about its guidance branch but for the prompts.
struct PreparationKey: Equatable {
    private let name: EditModeName
    private let inputs: ModeInputs
    private let reference: UInt64
    private let grid: WorkGrid
    private let margins: BlendMargins
    private let usesPlate: Bool
    private let method: EditMethod
    private let fill: HoleFill
    private let colours: [[Float]]

    init(_ edit: PhotoEdit, _ canvas: EditCanvas) {
        (name, inputs) = (edit.mode.name, edit.mode.inputs)
        reference = inputs.reference?.digest ?? 0
        (grid, margins, usesPlate, colours) = (canvas.grid, canvas.margins, canvas.usesPlate, canvas.colours.planes)
        (method, fill) = (edit.settings.parameters.method, edit.settings.fill)
    }

    static func == (a: PreparationKey, b: PreparationKey) -> Bool {
        a.name == b.name && a.grid == b.grid && a.margins == b.margins && a.usesPlate == b.usesPlate && a.method == b.method
            && a.fill == b.fill && a.reference == b.reference
            && a.inputs.isSame(as: b.inputs) && a.colours == b.colours
    }
}

/// What the last edit of a model left for the next one. Any thread may ask; whoever takes it has it alone.
public final class PreparationCache: Sendable {
    private let kept = Mutex<PreparedPhoto?>(nil)

    /// The largest memory bank that is kept between edits, in bytes.
    static let largestBank = 4_000_000_000

    /// Nothing yet.
    public init() {}

    /// What was prepared for a key; anything else is dropped, for two would take the memory of both.
    func take(_ key: PreparationKey) -> PreparedPhoto? {
        kept.withLock { kept in
            defer { kept = nil }
            return kept?.key == key ? kept : nil
        }
    }

    /// The guidance branch of what is kept.
    var guidanceBranch: InvertedEdit? { kept.withLock { $0?.guidanceBranch } }

    func keep(_ prepared: PreparedPhoto) { kept.withLock { $0 = prepared } }

    /// Gives the memory back.
    public func clear() { kept.withLock { $0 = nil } }
}
