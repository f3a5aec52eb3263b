/// What happens at which step; step 0 is the noisiest (ALGORITHM section 4).
struct StepRule {
    let algorithm: EditAlgorithm
    /// Whether there is any energy to follow.
    let isGuided: Bool

    private var isDiffEditor: Bool { algorithm == .diffeditor }

    /// Guidance: steps below 30; DiffEditor only the first 10 and the even ones.
    func guides(_ step: Int) -> Bool {
        isGuided && step < 30 && (!isDiffEditor || step < 10 || step % 2 == 0)
    }

    /// Regional SDE: steps 11 to 19 of DiffEditor.
    func addsNoise(_ step: Int) -> Bool { isDiffEditor && step > 10 && step < 20 }

    /// Time travel: even steps from 22 to 28 of DiffEditor are done three times.
    func repetitions(_ step: Int) -> Int {
        isDiffEditor && isGuided && step > 20 && step < 30 && step % 2 == 0 ? 3 : 1
    }
}
