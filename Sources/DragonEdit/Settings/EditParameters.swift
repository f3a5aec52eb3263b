import DragonModel

/// Which paper's sampler runs.
public enum EditAlgorithm: String, Sendable, CaseIterable {
    /// DragonDiffusion (Mou et al., ICLR 2024, arXiv 2307.02421).
    case dragon
    /// DiffEditor (Mou et al., CVPR 2024, arXiv 2402.02583): guidance on fewer steps, regional SDE, time travel.
    case diffeditor
}

/// How a picture comes to be as it is intended.
public enum EditMethod: String, Sendable, Equatable {
    /// Both papers': the picture is inverted to noise, and sampled from there under energies and a memory bank.
    case inversion
    /// What is made is painted in from noise, in few steps, and nothing else is touched.
    case inpainting
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

/// The numbers that a sampler runs with.
public struct EditParameters: Sendable, Equatable {
    /// Weights of the energies.
    public var weights: EnergyWeights
    /// Factor of every energy's gradient.
    public var energyScale: Float
    /// Classifier-free guidance scale.
    public var guidanceScale: Float
    /// η of the regional SDE, DiffEditor only.
    public var sdeStrength: Float
    /// Steps, of the inversion and of the sampling.
    public var steps = PublishedSchedule.steps
    /// The step that sampling starts from, 0 being pure noise; the inversion of given pictures goes that far.
    public var firstStep = 0
    /// What sampling begins with where the picture is not prepared.
    public var start = EditStart.inverted
    /// Factor of what is seen in an image prompt.
    public var imageScale = PublishedSchedule.imageScale
    /// Steps that see an image prompt, counted in ``scheduleSteps``.
    public var imageSteps = PublishedSchedule.imagePrompted
    /// The number of steps that the schedule of guidance, noise and bank is meant for: the model's own.
    public var scheduleSteps = PublishedSchedule.steps
    /// Which paper's sampler runs.
    public var algorithm = EditAlgorithm.dragon
    /// Whether there is an inversion at all.
    public var method = EditMethod.inversion
    /// Whether work is left out that changes the picture least: ``PublishedSchedule`` says at which steps.
    public var isThrifty = false
    /// Whether classifier-free guidance goes on to the last step where work is left out.
    public var guidesTextThroughout = false
    /// Whether a tiny autoencoder stands for the model's, where there is one: what it loses of detail comes from the photo.
    public var usesTinyAutoencoder = false
    /// Where chance begins, in what is made anew; 0 is the edit as published, to which ``EditAlgorithm/dragon`` adds none.
    public var seed: UInt64 = 0

    /// Numbers of a run of the published length.
    public init(weights: EnergyWeights, energyScale: Float, guidanceScale: Float, sdeStrength: Float) {
        (self.weights, self.energyScale) = (weights, energyScale)
        (self.guidanceScale, self.sdeStrength) = (guidanceScale, sdeStrength)
    }

    /// Steps of a given picture whose keys and values a memory bank keeps.
    package var bankedSteps: Int { method == .inpainting ? 0 : steps - firstStep }

    /// Less work, for a preset: what is prepared has its place already, and need not go all the way to noise.
    mutating func hurry(isPrepared: Bool) {
        isThrifty = true
        if isPrepared { firstStep = max(firstStep, Int(Self.preparedShare * Double(steps))) }
    }

    /// Share of the schedule that a prepared picture leaves out.
    private static let preparedShare = 0.4

    /// Sets the number of steps; the first one stays where it is on the schedule.
    mutating func setSteps(_ count: Int) {
        firstStep = steps == 0 ? 0 : min(firstStep * count / steps, count - 1)
        steps = count
    }
}
