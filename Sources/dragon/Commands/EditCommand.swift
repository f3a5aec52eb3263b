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
    func action(_ inputs: EditInputs) throws -> PhotoAction
}

extension EditCommand {
    var referencePrompt: String? { nil }

    func run() throws {
        // Everything that can be wrong is found before the long part starts.
        let format = try PictureFormat(path: editing.output)
        for path in [editing.output, editing.trace].compactMap({ $0 }) { try checkWritable(path) }
        guard !editing.preview else { return try writePreview(as: format) }
        var measurements = Measurements()
        let context = compute.context()
        let progress = ProgressReport(isQuiet: compute.quiet)
        defer { progress.end() }
        let files = try model.files()
        let inputs = try EditInputs(editing, defaults: files.defaults)
        let ready = try measurements.measure("prepare") { try prepared(inputs, for: files, in: context) }
        progress.begin("loading the model")
        let diffusion = try measurements.measure("load") { try DiffusionModel(files: files, in: context) }
        let isCut = inputs.replay == nil && [editing.prompt, referencePrompt ?? ""].contains { !diffusion.tokenizer.fits($0) }
        if isCut, !compute.quiet { writeError("warning: the prompt is too long; its end is left out") }
        progress.begin("editing")
        var timer = PhaseTimer()
        var options = EditOptions()
        options.trace = editing.trace.map { _ in EditTrace() }
        options.noise = inputs.replay?.recordedNoise
        options.memoryLimit = editing.memoryLimit
        options.progress = { state in
            timer.note(state.phase.rawValue)
            progress.share(state.fraction, phase: state.phase.rawValue, done: state.step, total: state.total)
        }
        let picture = try edited(ready, by: diffusion, options, in: context)
        timer.note("assemble")
        for (name, seconds) in timer.phases { measurements.add(name, seconds: seconds) }
        progress.end()
        try measurements.measure("write") {
            try picture.write(to: editing.output, as: format)
            if let trace = options.trace, let path = editing.trace { try trace.write(to: path) }
        }
        report(measurements, ready.request, picture, threads: context.threads)
    }

    private func prepared(_ inputs: EditInputs, for files: ModelFiles, in context: ComputeContext) throws -> ReadyEdit {
        let action = try action(inputs)
        let parameters = editing.parameters(inputs.mode(action), resizes: action.resizes, defaults: files.defaults)
        return try inputs.prepared(
            action, parameters, window: editing.side ?? files.workingSide, for: files, memoryLimit: editing.memoryLimit, in: context)
    }

    /// Writes what the edit intends.
    private func writePreview(as format: PictureFormat) throws {
        let inputs = try EditInputs(editing, defaults: ModelDefaults())
        guard case .file(let picture) = inputs.origin else { throw MissingOption(name: "-i, which --preview needs,") }
        let action = try action(inputs)
        var measurements = Measurements()
        let layer = try measurements.measure("preview") {
            try inputs.photoEdit(picture, action, EditParameters(mode: action.mode), window: 64).preview()
        }
        try picture.covered(by: layer).write(to: editing.output, as: format)
        if model.json { print(JSONValue.object(measurements.report).text) }
    }

    /// The edited picture: a photo under its layer, or the whole working grid of a case or a generated picture.
    private func edited(
        _ ready: ReadyEdit, by diffusion: DiffusionModel, _ options: EditOptions, in context: ComputeContext
    ) throws -> Picture {
        switch ready {
        case .photo(let edit, let picture):
            let layer = try edit.run(diffusion, prompt: editing.prompt, referencePrompt: referencePrompt, options: options, in: context)
            return picture.covered(by: layer)
        case .grid(var request):
            if case .generated = request.source {
                request.prompt = diffusion.tokenizer.encode(editing.prompt)
                request.emptyPrompt = diffusion.tokenizer.encode("")
                request.referencePrompt = referencePrompt.map { diffusion.tokenizer.encode($0) }
            }
            return Picture(try diffusion.edit(request, options: options, in: context))
        }
    }

    private func report(_ measurements: Measurements, _ request: EditRequest, _ picture: Picture, threads: Int) {
        if model.json {
            var report = JSONObject([
                "command": .string(Self._commandName), "output": .string(editing.output),
                "width": .integer(picture.width), "height": .integer(picture.height), "grid_width": .integer(request.source.width),
                "grid_height": .integer(request.source.height), "algorithm": .string(request.parameters.algorithm.rawValue),
                "steps": .integer(request.parameters.steps), "seed": .string(String(editing.seed)), "threads": .integer(threads),
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
