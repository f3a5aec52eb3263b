/// Where a step stands on the published schedule of 50 (ALGORITHM section 4), 0 being the noisiest.
struct StepClock {
    static let publishedSteps = 50
    private let steps: Int
    private let isProportional: Bool

    init(_ parameters: EditParameters) {
        steps = parameters.steps
        isProportional = parameters.scalesSchedule
    }

    /// The published step that a step stands for: itself, unless the schedule is scaled to the run's length.
    func published(_ step: Int) -> Int { isProportional ? step * Self.publishedSteps / max(steps, 1) : step }

    /// Whether a step is one of every other.
    func isEven(_ step: Int) -> Bool { step % 2 == 0 }
}

/// What happens at which step.
struct StepRule {
    private let clock: StepClock
    private let isDiffEditor: Bool
    /// Whether there is any energy to follow.
    private let isGuided: Bool

    init(_ parameters: EditParameters) {
        clock = StepClock(parameters)
        isDiffEditor = parameters.algorithm == .diffeditor
        isGuided = parameters.energyScale != 0
    }

    /// Guidance: steps below 30; DiffEditor only the first 10 and the even ones.
    func guides(_ step: Int) -> Bool {
        let published = clock.published(step)
        return isGuided && published < 30 && (!isDiffEditor || published < 10 || clock.isEven(step))
    }

    /// Regional SDE: steps 11 to 19 of DiffEditor.
    func addsNoise(_ step: Int) -> Bool { isDiffEditor && (11..<20).contains(clock.published(step)) }

    /// Time travel: even steps from 22 to 28 of DiffEditor are done three times.
    func repetitions(_ step: Int) -> Int {
        isDiffEditor && isGuided && (21..<30).contains(clock.published(step)) && clock.isEven(step) ? 3 : 1
    }
}
