import ArgumentParser
import DragonEdit
import DragonModel
import DragonPhoto
import DragonTensor

/// A command that edits a picture: it says what, ``run()`` does the rest.
protocol EditCommand: ParsableCommand {
    /// The mode, as the command names it.
    static var mode: EditModeName { get }

    var model: ModelOptions { get }
    var compute: ComputeOptions { get }
    var editing: EditingOptions { get }
    var referencePrompt: String? { get }
    /// What the mode is given from files.
    var files: ModeFiles { get }
    /// What each input that the mode may lack is called on the command line.
    static var options: [ModeInput: String] { get }

    /// Adds what the mode is given in numbers.
    func complete(_ given: inout ModeInputs)
}

extension EditCommand {
    var referencePrompt: String? { nil }

    static var options: [ModeInput: String] {
        [.mask: "--mask", .reference: "--reference", .referenceMask: "--reference-mask"]
    }

    func run() throws {
        // Everything that can be wrong is found before the long part starts.
        let format = try PictureFormat(path: editing.output)
        for path in [editing.output, editing.trace].compactMap({ $0 }) { try checkWritable(path) }
        guard !editing.preview else { return try writePreview(as: format) }
        var measurements = Measurements()
        let progress = JobReport(isQuiet: compute.quiet)
        let context = compute.context(progress.job)
        defer { progress.end() }
        let files = try model.files()
        if !compute.quiet, let note = assumptionNote(files.isPredictionAssumed) { writeError("warning: \(note)") }
        let inputs = try EditInputs(editing)
        let ready = try measurements.measure("prepare") { try inputs.prepared(try mode(inputs), for: files, in: context) }
        progress.begin("loading the model")
        let diffusion = try measurements.measure("load") { try DiffusionModel(files: files, in: context) }
        let isCut = inputs.replay == nil && [editing.prompt, referencePrompt ?? ""].contains { !diffusion.tokenizer.fits($0) }
        if isCut, !compute.quiet { writeError("warning: the prompt is too long; its end is left out") }
        progress.begin("editing")
        var options = EditOptions()
        options.trace = editing.trace.map { _ in EditTrace() }
        options.noise = inputs.replay?.recordedNoise
        let prompts = inputs.replay?.prompts ?? diffusion.prompts(editing.prompt, reference: referencePrompt)
        let picture = try ready.run(diffusion, prompts, options, in: context)
        for (name, seconds) in progress.phases { measurements.add(name, seconds: seconds) }
        progress.end()
        try measurements.measure("write") {
            try picture.write(to: editing.output, as: format)
            if let trace = options.trace, let path = editing.trace { try trace.write(to: path) }
        }
        report(measurements, ready, picture, model: files.path, threads: context.threads)
    }

    /// The mode, of what the options give it.
    private func mode(_ inputs: EditInputs) throws -> any EditMode {
        var given = try inputs.given(files)
        complete(&given)
        do {
            return try Self.mode.type.init(given)
        } catch EditError.missing(let input) {
            throw MissingOption(name: Self.options[input] ?? input.rawValue)
        }
    }

    /// Writes what the edit intends.
    private func writePreview(as format: PictureFormat) throws {
        let inputs = try EditInputs(editing)
        guard case .file(let picture) = inputs.origin else { throw MissingOption(name: "-i, which --preview needs,") }
        let mode = try mode(inputs)
        // No model is asked: its numbers play no part.
        let settings = try EditSettings(mode.name, editing.overrides, defaults: ModelDefaults(), side: Limits.sideMultiple)
        var measurements = Measurements()
        let layer = try measurements.measure("preview") {
            try PhotoEdit(photo: picture.source, mode: mode, settings: settings).preview()
        }
        try picture.covered(by: layer).write(to: editing.output, as: format)
        if model.json { print(JSONValue.object(measurements.report).text) }
    }

    private func report(_ measurements: Measurements, _ ready: ReadyEdit, _ picture: Picture, model path: String, threads: Int) {
        if model.json {
            let (parameters, grid) = (ready.parameters, ready.gridSize)
            var report = JSONObject([
                "command": .string(Self._commandName), "model": .string(path), "output": .string(editing.output),
                "width": .integer(picture.width), "height": .integer(picture.height), "grid_width": .integer(grid.width),
                "grid_height": .integer(grid.height), "algorithm": .string(parameters.algorithm.rawValue),
                "steps": .integer(parameters.steps), "guided_steps": .integer(parameters.guidedSteps),
                "seed": .string(String(editing.seed)), "threads": .integer(threads),
            ])
            for name in measurements.report.names { report[name] = measurements.report[name] }
            print(JSONValue.object(report).text)
        } else if !compute.quiet {
            print("\(editing.output): edited in \(measurements.seconds.rounded(toDigits: 1)) s")
        }
    }
}

/// An option that an edit cannot do without.
struct MissingOption: Error, CustomStringConvertible {
    let name: String
    var description: String { "\(name) is missing" }
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
