import CDragon
import DragonEdit
import DragonModel
import DragonTensor

/// What the header numbers so: in the order of the cases.
///
/// - Parameter what: its type's name in the header, behind `dragon_`.
func choice<Choice: CaseIterable>(_ value: Int32, _ what: String) throws -> Choice where Choice.AllCases == [Choice] {
    guard Choice.allCases.indices.contains(Int(value)) else {
        throw Failure.badInput("the \(what) is \(value): choose one of dragon_\(what)")
    }
    return Choice.allCases[Int(value)]
}

/// The header's number of a choice.
private func number<Choice: CaseIterable & Equatable>(_ choice: Choice) -> Int32 where Choice.AllCases == [Choice] {
    Int32(Choice.allCases.firstIndex(of: choice) ?? 0)
}

extension EditStart {
    /// What the header numbers so; nil is the model's.
    fileprivate static func checking(_ value: dragon_start) throws -> EditStart? {
        guard (0...allCases.count).contains(Int(value)) else {
            throw Failure.badInput("the start is \(value): choose one of dragon_start")
        }
        return value == DRAGON_START_OF_MODEL ? nil : allCases[Int(value) - 1]
    }

    fileprivate var numberInHeader: dragon_start { 1 + number(self) }
}

extension EditOverrides {
    /// What a caller's struct says: every number but those that it leaves to the model.
    init(_ given: dragon_parameters) throws {
        self.init()
        algorithm = try choice(given.algorithm, "algorithm")
        steps = Int(given.steps)
        firstStep = given.first_step < 0 ? nil : Int(given.first_step)
        (guidanceScale, energyScale) = (given.guidance_scale, given.energy_scale)
        (editWeight, contentWeight) = (given.edit_weight, given.content_weight)
        (contrastWeight, inpaintWeight) = (given.contrast_weight, given.inpaint_weight)
        (sdeStrength, seed) = (given.sde_strength, given.seed)
        side = given.side == 0 ? nil : Int(given.side)
        (grow, feather, soften) = (Double(given.grow), Double(given.feather), Double(given.soften))
        (usesPlate, network) = (given.use_plate != 0, try choice(given.use_network, "network"))
        memoryLimit = given.memory_limit == 0 ? nil : Int(clamping: given.memory_limit)
        preset = try choice(given.preset, "preset")
        start = try EditStart.checking(given.start)
        precision = try choice(given.precision, "precision")
        fill = try choice(given.fill, "fill")
        imageScale = given.image_prompt_scale < 0 ? nil : given.image_prompt_scale
        let (first, end) = (Int(given.image_prompt_first), Int(given.image_prompt_end))
        guard (first, end) == (0, 0) || 0 <= first && first < end else {
            throw Failure.badInput("the image prompt's steps are \(first) to before \(end): choose a window, or 0 and 0")
        }
        imageSteps = end == 0 ? nil : first..<end
        if preset == .fast { steps = steps.map { EditPreset.fast.steps(own: $0) } }
        guard preset == .instant else { return }
        // Its numbers are the model's.
        (steps, firstStep, guidanceScale, energyScale) = (nil, nil, nil, nil)
        (editWeight, contentWeight, contrastWeight, inpaintWeight, sdeStrength) = (nil, nil, nil, nil, nil)
        (imageScale, imageSteps) = (nil, nil)
    }
}

extension dragon_parameters {
    /// Numbers that run, as the header has them. The first step is left to the model: it has its place on the schedule, which
    /// another number of steps would move; so are the fill and the network's part, which are no numbers.
    init(_ settings: EditSettings) {
        self.init()
        let parameters = settings.parameters
        algorithm = number(parameters.algorithm)
        steps = Int32(clamping: parameters.steps)
        first_step = -1
        (guidance_scale, energy_scale) = (parameters.guidanceScale, parameters.energyScale)
        (edit_weight, content_weight) = (parameters.weights.edit, parameters.weights.content)
        (contrast_weight, inpaint_weight) = (parameters.weights.contrast, parameters.weights.inpaint)
        (sde_strength, seed) = (parameters.sdeStrength, parameters.seed)
        side = Int32(clamping: settings.side)
        (grow, feather) = (Float(settings.margins.grow), Float(settings.margins.feather))
        soften = Float(settings.margins.soften)
        (use_plate, use_network) = (settings.usesPlate ? 1 : 0, dragon_network(DRAGON_NETWORK_AUTO))
        memory_limit = UInt64(settings.memoryLimit ?? 0)
        start = parameters.start.numberInHeader
        precision = number(settings.precision)
        image_prompt_scale = parameters.imageScale
        image_prompt_first = Int32(clamping: parameters.imageSteps.lowerBound)
        image_prompt_end = Int32(clamping: parameters.imageSteps.upperBound)
    }
}
