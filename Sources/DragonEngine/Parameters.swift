import CDragon
import DragonEdit
import DragonModel

/// What an edit does, as the header numbers it.
enum Mode: dragon_mode {
    case move = 0
    case resize, drag, landmark, appearance, paste

    init(checking value: dragon_mode) throws {
        guard let mode = Mode(rawValue: value) else { throw Failure.badInput("the mode is \(value): choose one of dragon_mode") }
        self = mode
    }

    /// The mode whose machinery does it.
    func working(usesPlate: Bool) -> EditMode {
        switch self {
        case .move, .resize: usesPlate ? .paste : .move
        case .drag: .drag
        case .landmark: .landmark
        case .appearance: .appearance
        case .paste: .paste
        }
    }
}

/// The numbers that tune an edit, checked as far as the engine below does not.
struct Tuning {
    var parameters: EditParameters
    /// Side of the window; nil takes the model's.
    var side: Int?
    var margins = BlendMargins()
    var usesPlate = true
    var memoryLimit: Int?

    /// A model's own.
    init(_ mode: Mode, defaults: ModelDefaults) {
        parameters = EditParameters(mode: mode.working(usesPlate: true), resizes: mode == .resize, defaults: defaults)
    }

    /// The caller's; what the header does not name is the model's.
    init(_ given: dragon_parameters, _ mode: Mode, defaults: ModelDefaults) throws {
        self.init(mode, defaults: defaults)
        usesPlate = given.use_plate != 0
        switch given.algorithm {
        case 0: parameters.algorithm = .dragon
        case 1: parameters.algorithm = .diffeditor
        default: throw Failure.badInput("the algorithm is \(given.algorithm): choose one of dragon_algorithm")
        }
        try setSteps(Int(given.steps))
        parameters.guidanceScale = given.guidance_scale
        parameters.energyScale = given.energy_scale
        parameters.weights = EnergyWeights(
            edit: given.edit_weight, content: given.content_weight, contrast: given.contrast_weight, inpaint: given.inpaint_weight)
        parameters.sdeStrength = given.sde_strength
        parameters.seed = given.seed
        try setSide(Int(given.side))
        margins = BlendMargins(grow: try margin(given.grow, "grow"), feather: try margin(given.feather, "feather"))
        memoryLimit = given.memory_limit == 0 ? nil : Int(clamping: given.memory_limit)
    }

    /// Another number of steps than the model's own stretches the schedule to it.
    private mutating func setSteps(_ steps: Int) throws {
        guard (1...1000).contains(steps) else { throw Failure.badInput("steps is \(steps): choose 1 to 1000") }
        guard steps != parameters.steps else { return }
        parameters.setSteps(steps)
        parameters.scalesSchedule = true
    }

    private mutating func setSide(_ side: Int) throws {
        guard (0...4096).contains(side), side % 64 == 0 else {
            throw Failure.badInput("side is \(side): choose a multiple of 64 up to 4096, or 0 for the model's")
        }
        self.side = side == 0 ? nil : side
    }

    private func margin(_ value: Float, _ name: String) throws -> Double {
        guard (0...1000).contains(value) else { throw Failure.badInput("\(name) is \(value): choose 0 to 1000 pixels") }
        return Double(value)
    }

    /// As the header has them.
    var exported: dragon_parameters {
        var result = dragon_parameters()
        result.algorithm = parameters.algorithm == .dragon ? 0 : 1
        result.steps = Int32(clamping: parameters.steps)
        (result.guidance_scale, result.energy_scale) = (parameters.guidanceScale, parameters.energyScale)
        (result.edit_weight, result.content_weight) = (parameters.weights.edit, parameters.weights.content)
        (result.contrast_weight, result.inpaint_weight) = (parameters.weights.contrast, parameters.weights.inpaint)
        (result.sde_strength, result.seed) = (parameters.sdeStrength, parameters.seed)
        result.side = Int32(clamping: side ?? 0)
        (result.grow, result.feather) = (Float(margins.grow), Float(margins.feather))
        result.use_plate = usesPlate ? 1 : 0
        result.memory_limit = UInt64(memoryLimit ?? 0)
        return result
    }
}
