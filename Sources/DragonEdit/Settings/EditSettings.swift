import DragonModel
public import DragonTensor

/// How far an edit reaches into its surroundings, in photo pixels.
public struct BlendMargins: Sendable, Equatable {
    /// Around what is emptied or made anew: fringes and shadows of an object that its mask misses.
    public var grow: Double
    /// Width of the ramp beyond that, over which the photo's own pixels take over.
    public var feather: Double
    /// Width of the ramp along a carried object's own edge; 0 leaves the mask's.
    public var soften: Double

    /// Margins of 0 or more.
    public init(grow: Double = 2.5, feather: Double = 5, soften: Double = 0) {
        (self.grow, self.feather, self.soften) = (grow, feather, soften)
    }
}

/// How much time a picture may take.
public enum EditPreset: String, Sendable, CaseIterable {
    /// The model's own steps; as published where it says nothing.
    case exact
    /// Two fifths of the model's own steps, the schedule stretched to them; a prepared picture goes part of the way to noise only, and
    /// work is left out that changes the picture least. A seventh of a published run's time.
    case fast
    /// What is made is painted in within few steps, without inversion or guidance: a thirtieth of the time. For models that are made for
    /// inpainting or for few steps.
    case instant

    /// Steps of a run.
    public func steps(own: Int) -> Int { self == .fast ? max(min(own, 8), (2 * own + 2) / 5) : own }
}

/// What a caller wants of an edit's numbers; nil leaves one to the model, and what that leaves out is as published.
public struct EditOverrides: Sendable, Equatable {
    /// Which paper's sampler runs.
    public var algorithm = EditAlgorithm.dragon
    /// How much time the picture may take.
    public var preset = EditPreset.exact
    /// Steps, instead of the preset's.
    public var steps: Int?
    /// The step that an edit of a picture starts from, below the steps.
    public var firstStep: Int?
    /// What sampling begins with where the picture is not prepared.
    public var start: EditStart?
    /// Classifier-free guidance scale.
    public var guidanceScale: Float?
    /// Factor of every energy's gradient.
    public var energyScale: Float?
    /// Weight of what is edited.
    public var editWeight: Float?
    /// Weight of what stays.
    public var contentWeight: Float?
    /// Weight of the vacated place differing from what it was.
    public var contrastWeight: Float?
    /// Weight of the vacated place resembling its surroundings.
    public var inpaintWeight: Float?
    /// η of DiffEditor's noise.
    public var sdeStrength: Float?
    /// Factor of what is seen in an image prompt.
    public var imageScale: Float?
    /// Steps that see an image prompt, counted in the model's own.
    public var imageSteps: Range<Int>?
    /// Where chance begins.
    public var seed: UInt64 = 0
    /// Side in pixels of the window that the network works on.
    public var side: Int?
    /// Pixels that a change reaches around what is emptied.
    public var grow: Double?
    /// Pixels of the ramp beyond.
    public var feather: Double?
    /// Pixels of the ramp along a carried object's own edge.
    public var soften: Double?
    /// Whether the photo's own pixels are moved, filled and warped before the network works on them.
    public var usesPlate = true
    /// Whether the network works on the picture; else the plate stands for itself.
    public var network = NetworkUse.auto
    /// What makes the content of holes.
    public var fill = HoleFill.auto
    /// Whether it is a photo that is edited: a picture that the model makes is never prepared.
    public var editsPhoto = true
    /// Whether words or a picture tell the network what to make, or a record of its work is wanted.
    public var isTold = false
    /// What the network's products round their operands to.
    public var precision = Precision.auto
    /// Bytes that the edit may take beyond the model; nil is what is free.
    public var memoryLimit: Int?

    /// All left to the model.
    public init() {}

    /// Throws for a number out of its limits. No model is asked.
    ///
    /// - Throws: ``EditError/number(name:value:range:)``; ``EditError/nothingToDo(_:)`` where neither plate nor network is left.
    public func validate() throws {
        try check("steps", steps, Limits.steps)
        try check("first-step", firstStep, 0...Limits.steps.upperBound - 1)
        try check("the guidance scale", guidanceScale, Limits.guidanceScale)
        try check("the energy scale", energyScale, Limits.energyScale)
        for (name, weight) in [
            ("w-edit", editWeight), ("w-content", contentWeight), ("w-contrast", contrastWeight), ("w-inpaint", inpaintWeight),
        ] { try check(name, weight, Limits.weight) }
        try check("the SDE strength", sdeStrength, Limits.sdeStrength)
        try check("image-prompt-scale", imageScale, Limits.imageScale)
        if let imageSteps { try check("image-prompt-steps", imageSteps.upperBound, 1...Limits.steps.upperBound) }
        guard Limits.isSide(side ?? Limits.sideMultiple) else {
            throw EditError.number(
                name: "side", value: "\(side ?? 0)",
                range: "a multiple of \(Limits.sideMultiple) from \(Limits.side.lowerBound) to \(Limits.side.upperBound)")
        }
        guard usesPlate || network != .off else {
            throw EditError.nothingToDo("neither the photo's own pixels nor the network may be used: nothing would change")
        }
        for (name, margin) in [("grow", grow), ("feather", feather), ("soften", soften)] { try check(name, margin, Limits.margin) }
    }

    /// Whether the network has a part in the edit.
    ///
    /// - Parameter parameters: what it would run with.
    fileprivate func usesNetwork(_ mode: EditModeName, as parameters: EditParameters, defaults: ModelDefaults) throws -> Bool {
        guard network == .auto, !defaults.usesNetwork, isPrepared(mode), !isTold, fill != .network else { return network != .off }
        // Whoever changes its numbers wants to see what it makes of them.
        var plain = EditOverrides()
        (plain.preset, plain.seed, plain.editsPhoto, plain.network) = (preset, seed, editsPhoto, .on)
        return try parameters != EditSettings(mode, plain, defaults: defaults, side: Limits.sideMultiple).parameters
    }

    /// Whether the picture's own pixels show the edit before the network works on them.
    private func isPrepared(_ mode: EditModeName) -> Bool { usesPlate && editsPhoto && mode != .appearance }

    private func check<Number: Comparable>(_ name: String, _ value: Number?, _ range: ClosedRange<Number>) throws {
        if let value { try EditError.check(name, value, range) }
    }
}

/// The numbers that an edit runs with: a mode's published ones, under the model's own, under the caller's.
public struct EditSettings: Sendable, Equatable {
    /// What the sampler runs with.
    public var parameters: EditParameters
    /// Side in pixels of the window that the network works on.
    public var side: Int
    /// How the result is blended.
    public var margins: BlendMargins
    /// Whether the photo's own pixels are moved, filled and warped before the network works on them.
    public var usesPlate: Bool
    /// Whether the network works on the picture; else the plate stands for itself.
    public var usesNetwork: Bool
    /// What the network's products round their operands to; whoever makes the context heeds it.
    public var precision: Precision
    /// What makes the content of holes.
    public var fill: HoleFill
    /// Bytes that the edit may take beyond the model; nil is what is free.
    public var memoryLimit: Int?

    /// - Parameters:
    ///   - defaults: the model's own numbers.
    ///   - side: side of the window that the model works best on.
    /// - Throws: ``EditError/number(name:value:range:)`` for a number out of its limits.
    public init(_ mode: EditModeName, _ overrides: EditOverrides = EditOverrides(), defaults: ModelDefaults, side: Int) throws {
        try overrides.validate()
        parameters = mode.parameters(defaults: defaults)
        parameters.algorithm = overrides.algorithm
        parameters.seed = overrides.seed
        parameters.setSteps(overrides.steps ?? overrides.preset.steps(own: parameters.steps))
        if overrides.preset == .fast { parameters.hurry(isPrepared: overrides.usesPlate && overrides.editsPhoto) }
        if defaults.isInpainting || overrides.preset == .instant { try parameters.inpaint(mode, overrides, defaults) }
        if let firstStep = overrides.firstStep {
            try EditError.check("first-step", firstStep, 0...parameters.steps - 1)
            parameters.firstStep = firstStep
        }
        parameters.start = overrides.start ?? parameters.start
        if let scale = overrides.guidanceScale { parameters.ask(guidanceScale: scale) }
        parameters.energyScale = overrides.energyScale ?? parameters.energyScale
        parameters.sdeStrength = overrides.sdeStrength ?? parameters.sdeStrength
        parameters.imageScale = overrides.imageScale ?? parameters.imageScale
        parameters.imageSteps = overrides.imageSteps ?? parameters.imageSteps
        let weights = parameters.weights
        parameters.weights = EnergyWeights(
            edit: overrides.editWeight ?? weights.edit, content: overrides.contentWeight ?? weights.content,
            contrast: overrides.contrastWeight ?? weights.contrast, inpaint: overrides.inpaintWeight ?? weights.inpaint)
        self.side = overrides.side ?? side
        let usual = BlendMargins()
        margins = BlendMargins(
            grow: overrides.grow ?? usual.grow, feather: overrides.feather ?? usual.feather, soften: overrides.soften ?? usual.soften)
        (usesPlate, memoryLimit) = (overrides.usesPlate, overrides.memoryLimit)
        usesNetwork = try overrides.usesNetwork(mode, as: parameters, defaults: defaults)
        precision = overrides.precision
        fill = overrides.fill == .auto ? defaults.fill : overrides.fill
    }

    /// Whether a network that is no part of a filled hole is to try it, too: one that paints in makes its holes anyway.
    package var repaintsHoles: Bool { usesNetwork && fill != .texture && parameters.method == .inversion }

    /// Has no network try holes that are no part of it: of one thing in several frames it would make something else in each.
    package mutating func leaveHolesToTexture() {
        if repaintsHoles { fill = .texture }
    }
}

extension EditParameters {
    /// Sets a guidance scale. One that is not the model's own is wanted at every step.
    fileprivate mutating func ask(guidanceScale scale: Float) {
        if scale != guidanceScale { guidesTextThroughout = true }
        guidanceScale = scale
    }

    /// What an edit without inversion runs with.
    ///
    /// - Throws: ``EditError/needsInpainting`` where the model is made for neither inpainting nor few steps.
    fileprivate mutating func inpaint(_ mode: EditModeName, _ overrides: EditOverrides, _ defaults: ModelDefaults) throws {
        guard defaults.isInpainting || defaults.fewSteps != nil else { throw EditError.needsInpainting }
        method = .inpainting
        // DiffEditor's window belongs to an inversion. Without one, as adapters are meant.
        (imageScale, imageSteps) = (1, 0..<scheduleSteps)
        if overrides.preset == .instant {
            steps = overrides.steps ?? defaults.fewSteps ?? Self.inpaintingSteps
            guidanceScale = 1
            usesTinyAutoencoder = true
        }
        // A model that does not see what stays goes on from what is there; new looks have to be those that were laid.
        let share = mode.type.name == .appearance ? 0.5 : defaults.isInpainting ? 0 : 0.25
        firstStep = Int(share * Double(steps))
    }

    /// Steps of `instant` with a model that was not made for few.
    static let inpaintingSteps = 8
}

extension EditModeName {
    /// The mode whose numbers a model's own are taken from where it says nothing of this one.
    private var kin: EditModeName { self == .resize || self == .remove ? .move : self }

    /// A model's own numbers of the mode; what it leaves out is as published.
    public func parameters(defaults: ModelDefaults = ModelDefaults()) -> EditParameters {
        var parameters = type.published
        parameters.steps = defaults.steps ?? parameters.steps
        parameters.scheduleSteps = parameters.steps
        parameters.firstStep = defaults.firstStep ?? parameters.firstStep
        parameters.start = defaults.start
        guard let own = defaults.modes[rawValue] ?? defaults.modes[kin.rawValue] else { return parameters }
        parameters.energyScale = own.energyScale ?? parameters.energyScale
        parameters.guidanceScale = own.guidanceScale ?? parameters.guidanceScale
        parameters.sdeStrength = own.sdeStrength ?? parameters.sdeStrength
        let weights = parameters.weights
        parameters.weights = EnergyWeights(
            edit: own.edit ?? weights.edit, content: own.content ?? weights.content, contrast: own.contrast ?? weights.contrast,
            inpaint: own.inpaint ?? weights.inpaint)
        return parameters
    }
}
