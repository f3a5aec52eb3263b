/// What happens at which step of an edit: every step number of both papers, as published for runs of 50 steps
/// (DragonDiffusion, section 4.1; DiffEditor, section 4; ALGORITHM section 4), stretched to a run's own length.
///
/// Where work is left out, energies are followed as seldom as DiffEditor does, with the features that the inversion met on its way, and
/// classifier-free guidance ends after a third.
///
/// A model may be tuned for another number of steps. Then the numbers are taken as counted in those, and stretched from there.
public struct PublishedSchedule: Sendable, Equatable {
    /// Steps of a published run.
    public static let steps = 50
    /// Steps that follow the energies.
    static let guided = 0..<30
    /// Of those, the ones in which DiffEditor leaves none out: later it follows them at every other step.
    static let densely = 0..<10
    /// DiffEditor's regional noise.
    static let noisy = 11..<20
    /// DiffEditor's time travel, at every other step.
    static let travelled = 21..<30
    /// How often a step of time travel is done.
    static let travels = 3
    /// DiffEditor's image prompt: the steps that see it, and how much of it.
    static let imagePrompted = 10..<20
    static let imageScale: Float = 0.1
    /// The bank takes the place of keys and values, or stands beside them: moving, dragging, landmarks.
    static let bankOfOne = 5..<steps
    /// The bank of two pictures composes keys and values: appearance, pasting.
    static let bankOfTwo = 0..<36
    /// Where work is left out, classifier-free guidance: later the picture hardly follows it.
    static let thriftyText = 0..<17

    /// Steps of the run.
    private let run: Int
    /// Steps that the numbers are counted in.
    private let own: Int
    private let isDiffEditor: Bool
    private let isThrifty: Bool
    /// The classifier-free guidance scale, and whether it goes on to the last step where work is left out.
    private let guidanceScale: Float
    private let guidesTextThroughout: Bool
    /// Whether there is any energy to follow.
    private let isGuided: Bool

    init(_ parameters: EditParameters) {
        (run, own) = (parameters.steps, parameters.scheduleSteps)
        isDiffEditor = parameters.algorithm == .diffeditor
        isThrifty = parameters.isThrifty
        (guidanceScale, guidesTextThroughout) = (parameters.guidanceScale, parameters.guidesTextThroughout)
        isGuided = parameters.energyScale != 0
    }

    /// The published step that a step stands for, 0 being the noisiest.
    func published(_ step: Int) -> Int { run == own ? step : step * own / max(run, 1) }

    private func isEven(_ step: Int) -> Bool { step % 2 == 0 }

    /// Whether a step follows the energies.
    func guides(_ step: Int) -> Bool { isGuided && mayGuide(step) }

    /// Whether a step would follow energies, were there any.
    private func mayGuide(_ step: Int) -> Bool {
        let published = published(step)
        return Self.guided.contains(published) && (!(isDiffEditor || isThrifty) || Self.densely.contains(published) || isEven(step))
    }

    /// Whether energies compare with features that the inversion met at a step, for whatever strength of theirs.
    func keepsFeatures(_ step: Int) -> Bool { isThrifty && mayGuide(step) }

    /// The classifier-free guidance scale of a step.
    func guidanceScale(at step: Int) -> Float {
        isThrifty && !guidesTextThroughout && !Self.thriftyText.contains(published(step)) ? 1 : guidanceScale
    }

    /// Whether a step adds DiffEditor's regional noise.
    func addsNoise(_ step: Int) -> Bool { isDiffEditor && Self.noisy.contains(published(step)) }

    /// Whether a step sees an image prompt.
    func showsImage(_ step: Int, in steps: Range<Int>) -> Bool { steps.contains(published(step)) }

    /// How often a step is done.
    func repetitions(_ step: Int) -> Int {
        isDiffEditor && isGuided && Self.travelled.contains(published(step)) && isEven(step) ? Self.travels : 1
    }

    /// Whether a step mixes the memory bank in.
    func mixes(_ mixing: BankMixing, at step: Int) -> Bool {
        switch mixing {
        // A model of more steps than published goes on as the last ones do.
        case .replace, .append: published(step) >= Self.bankOfOne.lowerBound
        case .compose: Self.bankOfTwo.contains(published(step))
        }
    }
}

extension EditParameters {
    /// Steps of a picture's edit that follow the energies.
    public var guidedSteps: Int {
        guard method == .inversion else { return 0 }
        let schedule = PublishedSchedule(self)
        return (firstStep..<max(firstStep, steps)).count { schedule.guides($0) }
    }
}
