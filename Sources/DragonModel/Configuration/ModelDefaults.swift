/// What an edit of the picture as it is, not prepared in its own pixels, begins with.
public enum EditStart: String, Sendable, CaseIterable {
    /// The inverted latent, rearranged as published: an object's old place begins as the object.
    case inverted
    /// What an object leaves begins as noise about its surroundings, and never attends to the object; a drag begins warped as a whole.
    case arranged
}

/// What makes the content of a hole that an object leaves.
public enum HoleFill: String, Sendable, CaseIterable {
    /// Of the two what agrees better with the hole's surroundings, for each hole; a model may say which it is to be.
    case auto
    /// Texture from around the hole; the network makes the contacts alone.
    case texture
    /// The network, beginning with that texture.
    case network
}

/// Whether the network has a part in the edit of a photo whose own pixels are moved, filled and warped first.
public enum NetworkUse: String, Sendable, CaseIterable {
    /// It has none: those pixels are the result.
    case off
    /// It works on them.
    case on
    /// As the model wants it; it has its part where it is told what to make, or how.
    case auto
}

/// How a model wants to be used: `dragon.json` in its folder. What the file leaves out is as published.
public struct ModelDefaults: Sendable, Equatable {
    /// The numbers of one mode; nil is as published.
    public struct Mode: Sendable, Equatable {
        /// Factor of every energy's gradient.
        public var energyScale: Float?
        /// Weight of what is edited.
        public var edit: Float?
        /// Of what stays.
        public var content: Float?
        /// Of the vacated place differing from what it was.
        public var contrast: Float?
        /// Of the vacated place resembling its surroundings.
        public var inpaint: Float?
        /// Classifier-free guidance scale.
        public var guidanceScale: Float?
        /// η of DiffEditor's noise.
        public var sdeStrength: Float?

        /// As published.
        public init() {}
    }

    /// Side of the pictures that it works best on, a multiple of 64; nil is what its UNet was trained for.
    public var workingSide: Int?
    /// Steps of the whole schedule.
    public var steps: Int?
    /// The step that edits of pictures start from, 0 being pure noise: a small model keeps colours that it would lose there.
    public var firstStep: Int?
    /// What edits of pictures that are not prepared begin with.
    public var start = EditStart.inverted
    /// What holes are filled with where the caller leaves it to the model.
    public var fill = HoleFill.auto
    /// Whether it has a part in edits of pictures that are prepared, where the caller leaves it to the model.
    public var usesNetwork = true
    /// What its UNet predicts, where its own files do not tell or are wrong.
    public var prediction: ScheduleConfiguration.PredictionType?
    /// How pictures are made where no edit asks for more.
    public var solver: ScheduleConfiguration.SolverName?
    /// Low-rank changes that belong to it.
    public var loras: [LoRASource] = []
    /// The autoencoder that is taken instead of its own.
    public var autoencoder: String?
    /// The tiny autoencoder for previews and instant edits.
    public var tinyAutoencoder: String?
    /// Whether its UNet is one for inpainting: told by its shape.
    public var isInpainting = false
    /// Steps in which it makes a picture, where it is made for few.
    public var fewSteps: Int?
    /// By the mode's name, such as "move"; "resize" is a move that only resizes.
    public var modes: [String: Mode] = [:]

    /// Steps of a model that is made for few.
    public static let usualFewSteps = 4

    /// Steps where nothing is said.
    public static let publishedSteps = 50

    /// As published.
    public init() {}

    /// Reads `dragon.json`.
    ///
    /// - Throws: ``ModelError`` for a value out of its range.
    public init(file: String) throws(ModelError) {
        let options = try OptionReader(file)
        let side = try options.integer("working_side", default: 0, in: 0...Limits.side.upperBound)
        guard side == 0 || Limits.isSide(side) else {
            throw options.invalid("working_side", "should be a multiple of \(Limits.sideMultiple)")
        }
        workingSide = side == 0 ? nil : side
        let steps = try options.integer("steps", default: 0, in: 0...Limits.steps.upperBound)
        self.steps = steps == 0 ? nil : steps
        let first = try options.integer("first_step", default: 0, in: 0...Limits.steps.upperBound - 1)
        guard first < (steps == 0 ? Self.publishedSteps : steps) else {
            throw options.invalid("first_step", "should be below the number of steps")
        }
        firstStep = first == 0 ? nil : first
        start = try options.choice("start", default: EditStart.inverted)
        fill = try options.choice("fill", default: HoleFill.auto)
        usesNetwork = try options.choice("network", default: NetworkUse.on) != .off
        if options.value("prediction_type") != nil {
            prediction = try options.choice("prediction_type", default: ScheduleConfiguration.PredictionType.epsilon)
        }
        let few = try options.integer("instant_steps", default: 0, in: 0...Limits.steps.upperBound)
        fewSteps = few == 0 ? nil : few
        if options.value("sampler") != nil { solver = try options.choice("sampler", default: ScheduleConfiguration.SolverName.ddim) }
        let place = folder(of: file)
        let path = { (option: String) in options.value(option)?.string.map { $0.hasPrefix("/") ? $0 : joined(place, $0) } }
        (autoencoder, tinyAutoencoder) = (path("vae"), path("tiny_vae"))
        loras = try (options.value("loras")?.array ?? []).map { item throws(ModelError) in
            let lora = OptionReader(item, file: file)
            guard let path = lora.value("file")?.string else { throw options.invalid("loras", "should be a list of {\"file\", \"scale\"}") }
            return LoRASource(path: path.hasPrefix("/") ? path : joined(place, path), scale: Float(lora.value("scale")?.number ?? 1))
        }
        guard let modes = options.value("modes") else { return }
        guard let members = modes.object else { throw options.invalid("modes", "should be an object") }
        for name in members.names {
            guard let mode = members[name] else { continue }
            self.modes[name] = try Mode(OptionReader(mode, file: file), name)
        }
    }
}

extension ModelDefaults.Mode {
    fileprivate init(_ options: OptionReader, _ mode: String) throws(ModelError) {
        let read = { (option: String, range: ClosedRange<Float>) throws(ModelError) -> Float? in
            guard let value = options.value(option) else { return nil }
            guard let number = value.number.map({ Float($0) }), range.contains(number) else {
                throw options.invalid("modes.\(mode).\(option)", "should be a number from 0 to \(Int(range.upperBound))")
            }
            return number
        }
        energyScale = try read("energy_scale", Limits.energyScale)
        edit = try read("w_edit", Limits.weight)
        content = try read("w_content", Limits.weight)
        contrast = try read("w_contrast", Limits.weight)
        inpaint = try read("w_inpaint", Limits.weight)
        guidanceScale = try read("cfg", Limits.guidanceScale)
        sdeStrength = try read("sde_strength", Limits.sdeStrength)
    }
}
