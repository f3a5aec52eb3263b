import DragonModel

/// What an edit does.
public enum EditMode: String, Sendable, CaseIterable {
    /// Moves an object, or resizes it, and fills its old place.
    case move
    /// Drags the content under handles to targets, within a region.
    case drag
    /// Aligns points without a region.
    case landmark
    /// Gives an object the appearance of another picture's.
    case appearance
    /// Lays another picture's object into this one.
    case paste
}

/// Which paper's sampler runs.
public enum EditAlgorithm: String, Sendable, CaseIterable {
    /// DragonDiffusion (Mou et al., ICLR 2024, arXiv 2307.02421).
    case dragon
    /// DiffEditor (Mou et al., CVPR 2024, arXiv 2402.02583): guidance on fewer steps, regional SDE, time travel.
    case diffeditor
}

/// Weights of an edit's energies (DragonDiffusion, equations 4 to 7).
public struct EnergyWeights: Sendable, Equatable {
    /// Of what is edited.
    public var edit: Float
    /// Of what stays.
    public var content: Float
    /// Of the vacated place differing from what it was.
    public var contrast: Float
    /// Of the vacated place resembling its surroundings.
    public var inpaint: Float

    /// Weights of 0 or more.
    public init(edit: Float, content: Float, contrast: Float = 0, inpaint: Float = 0) {
        (self.edit, self.content, self.contrast, self.inpaint) = (edit, content, contrast, inpaint)
    }
}

/// The numbers that tune an edit.
public struct EditParameters: Sendable, Equatable {
    /// Weights of the energies.
    public var weights: EnergyWeights
    /// Factor of every energy's gradient.
    public var energyScale: Float
    /// Classifier-free guidance scale.
    public var guidanceScale: Float
    /// η of the regional SDE, DiffEditor only.
    public var sdeStrength: Float
    /// DDIM steps, of the inversion and of the sampling.
    public var steps = 50
    /// The step that sampling starts from, 0 being pure noise; the inversion of given pictures goes that far.
    public var firstStep = 0
    /// Which paper's sampler runs.
    public var algorithm = EditAlgorithm.dragon
    /// Whether the schedule of guidance, noise and bank is stretched to the number of steps, or stays that of 50.
    public var scalesSchedule = false
    /// Seed of the regional SDE's noise.
    public var seed: UInt64 = 0

    /// The published values of a mode (ALGORITHM section 5).
    public init(mode: EditMode) {
        switch mode {
        case .move:
            (weights, energyScale, guidanceScale, sdeStrength) = (
                EnergyWeights(edit: 4, content: 6, contrast: 0.2, inpaint: 0.8), 500, 4, 0.4
            )
        case .drag: (weights, energyScale, guidanceScale, sdeStrength) = (EnergyWeights(edit: 4, content: 6, inpaint: 0.2), 2000, 4, 0.4)
        case .appearance: (weights, energyScale, guidanceScale, sdeStrength) = (EnergyWeights(edit: 3.5, content: 5), 2000, 5, 0.4)
        case .paste: (weights, energyScale, guidanceScale, sdeStrength) = (EnergyWeights(edit: 4, content: 6), 1500, 4, 0.4)
        case .landmark: (weights, energyScale, guidanceScale, sdeStrength) = (EnergyWeights(edit: 12, content: 0), 3000, 4, 0.2)
        }
    }
}

extension EditParameters {
    /// A model's own values of a mode; what it leaves out is as published.
    ///
    /// - Parameter resizes: whether a move only resizes.
    public init(mode: EditMode, resizes: Bool = false, defaults: ModelDefaults) {
        self.init(mode: mode)
        steps = defaults.steps ?? steps
        firstStep = defaults.firstStep ?? firstStep
        guard let own = defaults.modes[resizes ? "resize" : mode.rawValue] ?? defaults.modes[mode.rawValue] else { return }
        energyScale = own.energyScale ?? energyScale
        guidanceScale = own.guidanceScale ?? guidanceScale
        sdeStrength = own.sdeStrength ?? sdeStrength
        weights = EnergyWeights(
            edit: own.edit ?? weights.edit, content: own.content ?? weights.content, contrast: own.contrast ?? weights.contrast,
            inpaint: own.inpaint ?? weights.inpaint)
    }

    /// Sets the number of steps; the first one stays where it is on the schedule.
    public mutating func setSteps(_ count: Int) {
        firstStep = steps == 0 ? 0 : min(firstStep * count / steps, count - 1)
        steps = count
    }
}
