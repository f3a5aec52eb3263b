import ArgumentParser
import DragonEdit
import DragonModel

extension EditAlgorithm: ExpressibleByArgument {}

/// Options of every edit.
struct EditingOptions: ParsableArguments {
    /// How much time a picture may take.
    enum Preset: String, CaseIterable, ExpressibleByArgument {
        /// The published 50 steps.
        case exact
        /// 24 steps, the published schedule squeezed into them: half the time.
        case fast
    }

    @Option(name: [.customShort("i"), .customLong("input")], help: ArgumentHelp("Picture to edit: PNG, JPEG or WebP.", valueName: "file"))
    var input: String?

    @Option(
        name: [.customShort("o"), .customLong("output")], help: ArgumentHelp("Picture to write: .png, .jpg or .webp.", valueName: "file"))
    var output: String

    @Option(name: .long, help: "What the picture shows.")
    var prompt = ""

    @Flag(name: .long, help: "Make the picture from the prompt first, of --width by --height, and edit that.")
    var generate = false

    @Option(name: .long, help: "Width of the generated picture, a multiple of 64.")
    var width = 512

    @Option(name: .long, help: "Height of the generated picture, a multiple of 64.")
    var height = 512

    @Option(name: .long, help: "Which paper's sampler: dragon (ICLR 2024) or diffeditor (CVPR 2024).")
    var algorithm = EditAlgorithm.dragon

    @Option(name: .long, help: "exact: the published 50 steps; fast: 24 steps, half the time.")
    var preset = Preset.exact

    @Option(name: .long, help: "Steps, instead of the preset's.")
    var steps: Int?

    @Option(name: .long, help: "Step that a picture's edit starts from, instead of the model's; 0 is pure noise.")
    var firstStep: Int?

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

    @Option(name: .long, help: "Same seed, same picture.")
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

    @Flag(name: .long, help: "Write at once what the edit intends, without the network.")
    var preview = false

    @Option(name: .long, help: "Side of the part that the network works on, a multiple of 64, instead of the model's own.")
    var side: Int?

    @Option(name: .long, help: ArgumentHelp("How far the change reaches around what is emptied or pasted.", valueName: "pixels"))
    var grow: Double?

    @Option(name: .long, help: ArgumentHelp("Width of the ramp beyond that, where old and new mix.", valueName: "pixels"))
    var feather: Double?

    @Option(name: .long, help: ArgumentHelp("Megabytes the edit may take beyond the model, instead of what is free.", valueName: "MB"))
    var memory: Int?

    @Option(name: .long, help: ArgumentHelp("Record every intermediate as safetensors.", valueName: "file"))
    var trace: String?

    @Option(name: .long, help: ArgumentHelp("Take picture, masks, prompt tokens and noise from a recorded case.", valueName: "file"))
    var replay: String?

    mutating func validate() throws {
        let sources = [input != nil, generate, replay != nil].count { $0 }
        guard sources == 1 else { throw ValidationError("give one picture: -i FILE, --generate with --prompt, or --replay FILE") }
        guard (1...1000).contains(steps ?? 50) else { throw ValidationError("--steps should be a number from 1 to 1000") }
        let side = side ?? 64
        guard (64...4096).contains(side), side % 64 == 0 else { throw ValidationError("--side should be a multiple of 64 from 64 to 4096") }
        for (name, value) in [("--grow", grow), ("--feather", feather)] where !(0...1000).contains(value ?? 0) {
            throw ValidationError("\(name) should be a number of pixels from 0 to 1000")
        }
        guard (1...1_000_000).contains(memory ?? 1) else { throw ValidationError("--memory should be a number of megabytes, 1 or more") }
    }

    /// Bytes that the edit may take beyond the model; nil is what is free.
    var memoryLimit: Int? { memory.map { $0 * 1_000_000 } }

    /// How the result is blended.
    var margins: BlendMargins {
        let usual = BlendMargins()
        return BlendMargins(grow: grow ?? usual.grow, feather: feather ?? usual.feather)
    }

    /// The model's parameters for a mode, with what the options change.
    func parameters(_ mode: EditMode, resizes: Bool, defaults: ModelDefaults) -> EditParameters {
        var parameters = EditParameters(mode: mode, resizes: resizes, defaults: defaults)
        parameters.algorithm = algorithm
        parameters.seed = seed
        if preset == .fast {
            parameters.setSteps(24)
            parameters.scalesSchedule = true
        }
        if let steps { parameters.setSteps(steps) }
        if let firstStep { parameters.firstStep = firstStep }
        parameters.guidanceScale = cfg ?? parameters.guidanceScale
        parameters.energyScale = energyScale ?? parameters.energyScale
        parameters.sdeStrength = sdeStrength ?? parameters.sdeStrength
        parameters.weights.edit = wEdit ?? parameters.weights.edit
        parameters.weights.content = wContent ?? parameters.weights.content
        parameters.weights.contrast = wContrast ?? parameters.weights.contrast
        parameters.weights.inpaint = wInpaint ?? parameters.weights.inpaint
        return parameters
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
