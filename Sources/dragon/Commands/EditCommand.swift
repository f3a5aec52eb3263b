import ArgumentParser
import DragonEdit
import DragonModel
import DragonTensor

/// A command that edits a picture: it says what, ``run()`` does the rest.
protocol EditCommand: ParsableCommand {
    var model: ModelOptions { get }
    var compute: ComputeOptions { get }
    var editing: EditingOptions { get }
    var referencePrompt: String? { get }

    /// What the edit does, from the command's options.
    func action(_ inputs: EditInputs) throws -> EditRequest.Action
}

extension EditCommand {
    var referencePrompt: String? { nil }

    func run() throws {
        // Everything that can be wrong is found before the long part starts.
        let format = try PictureFormat(path: editing.output)
        for path in [editing.output, editing.trace].compactMap({ $0 }) { try checkWritable(path) }
        let inputs = try EditInputs(editing)
        let action = try action(inputs)
        var measurements = Measurements()
        let context = compute.context()
        let progress = ProgressReport(isQuiet: compute.quiet)
        defer { progress.end() }
        let files = try model.files()
        var request = EditRequest(source: inputs.source, action: action, prompt: [], emptyPrompt: [])
        request.parameters = editing.parameters(action.mode)
        try request.validate(downsampling: files.autoencoderConfiguration.downsampling)
        progress.begin("loading the model")
        let diffusion = try measurements.measure("load") { try DiffusionModel(files: files, in: context) }
        inputs.fillPrompts(of: &request, prompt: editing.prompt, referencePrompt: referencePrompt, tokenizer: diffusion.tokenizer)
        let isCut = inputs.replay == nil && [editing.prompt, referencePrompt ?? ""].contains { !diffusion.tokenizer.fits($0) }
        if isCut, !compute.quiet { writeError("warning: the prompt is too long; its end is left out") }
        let trace = editing.trace.map { _ in EditTrace() }
        let image = try edit(diffusion, request, inputs, trace, progress, &measurements, in: context)
        progress.end()
        try measurements.measure("write") {
            try inputs.grid.picture(image).write(to: editing.output, as: format)
            if let trace, let path = editing.trace { try trace.write(to: path) }
        }
        report(measurements, request, threads: context.threads)
    }

    private func edit(
        _ diffusion: DiffusionModel, _ request: EditRequest, _ inputs: EditInputs, _ trace: EditTrace?, _ progress: ProgressReport,
        _ measurements: inout Measurements, in context: ComputeContext
    ) throws -> Tensor {
        var options = EditOptions()
        options.trace = trace
        options.noise = inputs.replay?.recordedNoise
        options.memoryLimit = editing.memory.map { $0 * 1_000_000 }
        var timer = PhaseTimer()
        options.progress = { state in
            timer.note(state.phase.rawValue)
            progress.share(state.fraction, phase: state.phase.rawValue, done: state.step, total: state.total)
        }
        progress.begin("editing")
        let image = try diffusion.edit(request, options: options, in: context)
        for (name, seconds) in timer.phases { measurements.add(name, seconds: seconds) }
        return image
    }

    private func report(_ measurements: Measurements, _ request: EditRequest, threads: Int) {
        if model.json {
            var report = JSONObject([
                "command": .string(request.action.mode.rawValue), "output": .string(editing.output),
                "width": .integer(request.source.width), "height": .integer(request.source.height),
                "algorithm": .string(request.parameters.algorithm.rawValue), "steps": .integer(request.parameters.steps),
                "seed": .string(String(editing.seed)), "threads": .integer(threads),
            ])
            for name in measurements.report.names { report[name] = measurements.report[name] }
            print(JSONValue.object(report).text)
        } else if !compute.quiet {
            print("\(editing.output): edited in \(measurements.seconds.rounded(toDigits: 1)) s")
        }
    }
}

/// Seconds between the ends of an edit's steps, summed by phase.
private struct PhaseTimer {
    private let clock = ContinuousClock()
    private var last: ContinuousClock.Instant
    private(set) var phases: [(String, Double)] = []

    init() { last = clock.now }

    /// Counts the time since the last note to a phase.
    mutating func note(_ phase: String) {
        let now = clock.now
        if phases.last?.0 != phase { phases.append((phase, 0)) }
        phases[phases.count - 1].1 += (now - last).seconds
        last = now
    }
}

extension EditTrace {
    /// Writes the tensors under the oracle's names: plain, as the trace has them, and behind `trace.`, as its files do.
    func write(to path: String) throws {
        var writer = SafetensorsWriter()
        for prefix in ["", "trace."] {
            for tensor in tensors { writer.add(prefix + tensor.name, tensor.values, shape: tensor.shape) }
        }
        try writer.write(to: path)
    }
}
