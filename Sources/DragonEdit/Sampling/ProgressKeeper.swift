/// Turns finished steps into shares of the whole, by what each kind of step costs.
struct ProgressKeeper {
    private let totals: [EditProgress.Phase: Int]
    private let costs: [EditProgress.Phase: [Double]]
    private let whole: Double
    private let call: (EditProgress) -> Void
    private var done = 0.0

    /// Costs count predictions of the noise for one picture.
    init(_ request: EditRequest, steps: Int, call: @escaping (EditProgress) -> Void) {
        let pictures: Double = request.action.reference == nil ? 1 : 2
        let rule = StepRule(request.parameters)
        let prediction: Double = request.parameters.guidanceScale == 1 ? 1 : 2
        // Features of each reference, features of the latent, and twice that back.
        let guidance = 0.8 * pictures + 0.8 + 2
        let sample = (request.parameters.firstStep..<steps).map { step in
            let once = prediction + (rule.guides(step) ? guidance : 0)
            return once * Double(rule.repetitions(step)) + Double(rule.repetitions(step) - 1)
        }
        var isGenerated = false
        if case .generated = request.source { isGenerated = true }
        let inverted = isGenerated ? pictures - 1 : pictures
        costs = [
            .generate: Array(repeating: 2, count: isGenerated ? steps : 0), .encode: [inverted],
            .invert: Array(repeating: inverted, count: steps - request.parameters.firstStep), .sample: sample, .decode: [2],
        ]
        totals = costs.mapValues(\.count)
        whole = costs.values.reduce(0) { $0 + $1.reduce(0, +) }
        self.call = call
    }

    /// Reports that a phase has done `step` steps.
    mutating func finish(_ phase: EditProgress.Phase, step: Int, preview: Raster? = nil) {
        done += costs[phase]?[step - 1] ?? 0
        call(EditProgress(phase: phase, step: step, total: totals[phase] ?? 1, fraction: min(1, done / whole), preview: preview))
    }
}
