import DragonEdit
import DragonModel

/// What an edit reads: a picture and its masks from files, or everything from a recorded case.
struct EditInputs {
    let source: EditRequest.Source
    let grid: WorkingGrid
    let replay: Replay?

    init(_ options: EditingOptions) throws {
        if let path = options.replay {
            let replay = try Replay(file: path)
            self.replay = replay
            grid = WorkingGrid(width: replay.picture.width, height: replay.picture.height)
            source = .picture(replay.picture)
        } else if let path = options.input {
            replay = nil
            let picture = try Picture(file: path)
            grid = WorkingGrid(width: picture.width, height: picture.height)
            source = .picture(grid.working(picture))
        } else {
            replay = nil
            grid = WorkingGrid(width: options.width, height: options.height)
            let parameters = options.parameters(.move)
            source = .generated(
                GenerationRequest(
                    prompt: options.prompt, steps: parameters.steps, guidanceScale: options.cfg ?? 7.5, seed: options.seed,
                    width: options.width, height: options.height))
        }
    }

    /// A mask of the picture: from its file, or from the case where no file is named.
    func mask(_ path: String?, what: String, recorded: Mask?) throws -> Mask? {
        guard let path else { return recorded }
        return try grid.mask(Picture(file: path), of: (grid.width, grid.height), what: what)
    }

    /// The same, where it cannot be done without.
    func requiredMask(_ path: String?, option: String, recorded: Mask?) throws -> Mask {
        guard let mask = try mask(path, what: "the picture of \(option)", recorded: recorded) else {
            throw MissingOption(name: option)
        }
        return mask
    }

    /// Handles and targets, all of them in the picture itself: the working grid reaches beyond it.
    func points(_ drags: [DragArgument]) throws -> (handles: [Point], targets: [Point]) {
        for point in drags.flatMap({ [$0.handle, $0.target] }) {
            guard point.x >= 0, point.y >= 0, point.x < Double(grid.width), point.y < Double(grid.height) else {
                throw EditError.points("the point \(point.x),\(point.y) lies outside the picture of \(grid.width)×\(grid.height)")
            }
        }
        return (drags.map(\.handle), drags.map(\.target))
    }

    /// The second picture and its mask.
    func reference(_ path: String?, mask: String?, maskOption: String, resize: Double = 1) throws -> (WorkingPicture, Mask) {
        guard let path else {
            guard let reference = replay?.reference else { throw MissingOption(name: "--reference") }
            guard let mask = replay?.referenceMask ?? replay?.mask else { throw MissingOption(name: maskOption) }
            return (reference, mask)
        }
        guard let mask else { throw MissingOption(name: maskOption) }
        var (picture, shape) = (try Picture(file: path), try Picture(file: mask))
        let cells = try grid.mask(shape, of: (picture.width, picture.height), what: "the picture of \(maskOption)")
        guard resize != 1 else { return (grid.working(picture), cells) }
        guard resize >= 0.05, resize <= 20 else {
            throw EditError.number(name: "the resize factor", value: "\(resize)", range: "a number from 0.05 to 20.0")
        }
        (picture, shape) = (picture.zoomed(by: resize, isMask: false), shape.zoomed(by: resize, isMask: true))
        return (grid.working(picture), try grid.mask(shape, of: (picture.width, picture.height), what: "the picture of \(maskOption)"))
    }

    /// Token ids from the case, or of the prompts.
    func fillPrompts(of request: inout EditRequest, prompt: String, referencePrompt: String?, tokenizer: Tokenizer) {
        request.prompt = replay?.prompt ?? tokenizer.encode(prompt)
        request.emptyPrompt = replay?.emptyPrompt ?? tokenizer.encode("")
        request.referencePrompt = replay?.referencePrompt ?? referencePrompt.map { tokenizer.encode($0) }
    }
}

/// An option that an edit cannot do without.
struct MissingOption: Error, CustomStringConvertible {
    let name: String
    var description: String { "\(name) is missing" }
}
