import ArgumentParser
import DragonEdit
import DragonImage
import DragonModel

extension EditAlgorithm: ExpressibleByArgument {}
extension EditPreset: ExpressibleByArgument {}
extension EditStart: ExpressibleByArgument {}
extension HoleFill: ExpressibleByArgument {}
extension NetworkUse: ExpressibleByArgument {}
extension DragBend: ExpressibleByArgument {}

/// Options of every edit.
struct EditingOptions: ParsableArguments {
    @Option(
        name: [.customShort("i"), .customLong("input")], parsing: .unconditional,
        help: ArgumentHelp("Picture to edit: PNG, JPEG or WebP.", valueName: "file"))
    var input: String?

    @Option(
        name: [.customShort("o"), .customLong("output")], parsing: .unconditional,
        help: ArgumentHelp("Picture to write: .png, .jpg or .webp.", valueName: "file"))
    var output: String

    @Option(name: .long, parsing: .unconditional, help: "What the picture shows, or is to show after the edit.")
    var prompt = ""

    @Option(name: .long, parsing: .unconditional, help: "What it shows before the edit, where that is something else.")
    var sourcePrompt: String?

    @Flag(name: .long, help: "Make the picture from the prompt first, of --width by --height, and edit that.")
    var generate = false

    @Option(name: .long, help: "Width of the generated picture, a multiple of 64.")
    var width = 512

    @Option(name: .long, help: "Height of the generated picture, a multiple of 64.")
    var height = 512

    @Option(name: .long, help: "Which paper's sampler: dragon (ICLR 2024) or diffeditor (CVPR 2024).")
    var algorithm = EditAlgorithm.dragon

    @Option(
        name: .long,
        help:
            "exact: the model's own steps, 50 as published; fast: two fifths of them, a seventh of the time; instant: few steps on what is made alone, with a model for inpainting or for few steps."
    )
    var preset = EditPreset.exact

    @Option(name: .long, help: "Steps, instead of the preset's.")
    var steps: Int?

    @Option(name: .long, help: "Step that a picture's edit starts from, instead of the model's; 0 is pure noise.")
    var firstStep: Int?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "With --plate off: inverted begins as published; arranged begins what an object leaves as noise, and warps a drag as a whole.",
            valueName: "inverted|arranged"))
    var start: EditStart?

    @Option(name: .long, help: "Guidance scale towards the prompt, instead of the mode's.")
    var cfg: Float?

    @Option(name: .long, help: "Strength of the edit, instead of the mode's; 0 follows no energy.")
    var energyScale: Float?

    @Option(name: .long, help: "Weight of what is edited.")
    var wEdit: Float?

    @Option(name: .long, help: "Weight of what stays.")
    var wContent: Float?

    @Option(name: .long, help: "Weight of the vacated place differing from what it was.")
    var wContrast: Float?

    @Option(name: .long, help: "Weight of the vacated place resembling its surroundings.")
    var wInpaint: Float?

    @Option(name: .long, help: "Noise that diffeditor adds in the edited region, 0 to 1.")
    var sdeStrength: Float?

    @Option(
        name: .long, parsing: .unconditional,
        help: ArgumentHelp("Picture that the edited one should resemble, beside the prompt; needs --adapter.", valueName: "file"))
    var imagePrompt: String?

    @Option(
        name: .long,
        help: ArgumentHelp("How much of it, instead of the 0.1 of DiffEditor and the 1 of instant.", valueName: "scale"))
    var imagePromptScale: Float?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Steps that see it, from the first to before the last, of the model's own, instead of DiffEditor's 10,20 and all of instant.",
            valueName: "first,last"))
    var imagePromptSteps: StepsArgument?

    @Option(
        name: .long, parsing: .unconditional,
        help: "Same seed, same picture; another one makes anew what is made: fills, contacts. 0 is as published.")
    var seed: UInt64 = 0

    /// What is done to the photo's own pixels before the network sees them.
    enum Plate: String, CaseIterable, ExpressibleByArgument {
        /// A move's old place is filled from its surroundings, objects are laid down, drags are warped.
        case on
        /// Nothing, as published: the object is copied in the latent, and energies act against the old one.
        case off
    }

    @Option(
        name: .long, help: "Whether the photo's own pixels are moved, filled and warped first (on), or all is left to the network (off).")
    var plate = Plate.on

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Whether the network works on the result, or the photo's own pixels, moved, filled and warped, are all there is (off). auto leaves it to the model; a prompt, or numbers of the sampling, ask for it.",
            valueName: "auto|on|off"))
    var network = NetworkUse.auto

    @Option(
        name: .long,
        help: ArgumentHelp(
            "What makes the content of holes: texture from around them, the network from that on, or for each hole what agrees better with its surroundings.",
            valueName: "auto|texture|network"))
    var fill = HoleFill.auto

    @Flag(name: .long, help: "Write at once what the edit intends, without the network.")
    var preview = false

    @Option(name: .long, help: "Side of the part that the network works on, a multiple of 64, instead of the model's own.")
    var side: Int?

    @Option(name: .long, help: ArgumentHelp("How far the change reaches around what is emptied or pasted.", valueName: "pixels"))
    var grow: Double?

    @Option(name: .long, help: ArgumentHelp("Width of the ramp beyond that, where old and new mix.", valueName: "pixels"))
    var feather: Double?

    @Option(name: .long, help: ArgumentHelp("Width of the ramp along a moved or pasted object's own edge.", valueName: "pixels"))
    var soften: Double?

    @Option(name: .long, help: ArgumentHelp("Megabytes the edit may take beyond the model, instead of what is free.", valueName: "MB"))
    var memory: Int?

    @Option(name: .long, help: ArgumentHelp("Record every intermediate as safetensors.", valueName: "file"))
    var trace: String?

    @Option(name: .long, help: ArgumentHelp("Take picture, masks, prompt tokens and noise from a recorded case.", valueName: "file"))
    var replay: String?

    mutating func validate() throws {
        if output.isEmpty { throw ValidationError("-o is empty: name a file that ends in .png, .jpg or .webp") }
        if trace?.isEmpty == true { throw ValidationError("--trace is empty: name a file") }
        let sources = [input != nil, generate, replay != nil].count { $0 }
        guard sources == 1 else { throw ValidationError("give one picture: -i FILE, --generate with --prompt, or --replay FILE") }
        guard (1...1_000_000).contains(memory ?? 1) else { throw ValidationError("--memory should be a number of megabytes, 1 or more") }
        guard sourcePrompt == nil || input != nil else {
            throw ValidationError("--source-prompt says what a given picture shows: it goes with -i FILE")
        }
        if imagePrompt == nil, imagePromptScale != nil || imagePromptSteps != nil {
            throw ValidationError("--image-prompt-scale and --image-prompt-steps go with --image-prompt FILE")
        }
        do {
            try overrides.validate()
        } catch EditError.number(let name, _, let range) where !name.contains(" ") {
            throw ValidationError("--\(name) should be \(range)")
        } catch EditError.nothingToDo(let reason) {
            throw ValidationError(reason)
        }
    }

    /// What of an edit's numbers the options change.
    var overrides: EditOverrides {
        var overrides = EditOverrides()
        (overrides.algorithm, overrides.preset, overrides.seed) = (algorithm, preset, seed)
        (overrides.steps, overrides.firstStep, overrides.start) = (steps, firstStep, start)
        (overrides.guidanceScale, overrides.energyScale, overrides.sdeStrength) = (cfg, energyScale, sdeStrength)
        (overrides.editWeight, overrides.contentWeight) = (wEdit, wContent)
        (overrides.contrastWeight, overrides.inpaintWeight) = (wContrast, wInpaint)
        (overrides.side, overrides.grow, overrides.feather, overrides.soften) = (side, grow, feather, soften)
        (overrides.usesPlate, overrides.network) = (plate == .on, network)
        overrides.isTold = !prompt.isEmpty || imagePrompt != nil || trace != nil
        (overrides.imageScale, overrides.imageSteps) = (imagePromptScale, imagePromptSteps?.steps)
        overrides.fill = fill
        overrides.memoryLimit = memory.map { $0 * 1_000_000 }
        return overrides
    }
}

/// `A,B`: steps from A to before B.
struct StepsArgument: ExpressibleByArgument {
    let steps: Range<Int>

    init?(argument: String) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let first = parts[0], let last = parts[1], first >= 0, first < last else { return nil }
        steps = first..<last
    }
}

/// `X,Y` in pixels.
struct PointArgument: ExpressibleByArgument {
    let point: Point

    init?(argument: String) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
        guard parts.count == 2, let x = parts[0], let y = parts[1], x.isFinite, y.isFinite else { return nil }
        point = Point(x: x, y: y)
    }
}

/// `X,Y:X,Y`, from a handle to its target.
struct DragArgument: ExpressibleByArgument {
    let handle: Point
    let target: Point

    init?(argument: String) {
        let parts = argument.split(separator: ":", omittingEmptySubsequences: false).map { PointArgument(argument: String($0)) }
        guard parts.count == 2, let handle = parts[0], let target = parts[1] else { return nil }
        (self.handle, self.target) = (handle.point, target.point)
    }
}

/// `X,Y,WIDTH,HEIGHT` in pixels.
struct BoxArgument: ExpressibleByArgument {
    let box: PixelBox

    init?(argument: String) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        let numbers = parts.compactMap { $0 }.filter { abs($0) <= 1 << 30 }
        guard parts.count == 4, numbers.count == 4, numbers[2] > 0, numbers[3] > 0 else { return nil }
        box = PixelBox(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3])
    }
}
