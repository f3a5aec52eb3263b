import ArgumentParser
import DragonEdit
import DragonImage
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

    /// Adds what can be found in the photo where it was not given.
    func search(_ photo: PictureSource, _ given: inout ModeInputs) throws
}

extension EditCommand {
    var referencePrompt: String? { nil }

    func search(_ photo: PictureSource, _ given: inout ModeInputs) throws {}

    static var options: [ModeInput: String] {
        [.mask: "--mask", .reference: "--reference", .referenceMask: "--reference-mask"]
    }

    func run() throws {
        let report = try perform(in: EditSession(model, compute))
        if model.json {
            try printLine(JSONValue.object(report.json(Self._commandName, editing)).text)
        } else if !compute.quiet, !editing.preview {
            let seconds = report.measurements.seconds.rounded(toDigits: 1)
            try printLine("\(editing.output): edited in \(seconds) s\(report.usesNetwork ? "" : ", without the network")")
        }
    }

    /// Edits and writes the picture, with the session's model.
    func perform(in session: EditSession) throws -> EditReport {
        // Everything that can be wrong is found before the long part starts.
        let output = try OutputPicture(editing.output)
        if let trace = editing.trace { try checkReplaceable(trace) }
        let warnings = Warnings(isQuiet: session.compute.quiet)
        guard !editing.preview else { return try writePreview(output, warnings, in: session) }
        var measurements = Measurements()
        let progress = JobReport(isQuiet: session.compute.quiet)
        let context = session.context(progress.job, comparing: editing.trace != nil || editing.replay != nil)
        defer { progress.end() }
        let files = try session.files(for: editing.preset)
        if let note = assumptionNote(files.isPredictionAssumed) { warnings.add(note) }
        let inputs = try EditInputs(editing, warnings)
        let imagePrompt = try EditInputs.imagePrompt(editing.imagePrompt, for: files, warnings)
        try output.checkHolds(width: inputs.size.width, height: inputs.size.height)
        let ready = try measurements.measure("prepare") { try inputs.prepared(try mode(inputs), for: files, in: context) }
        progress.begin("loading the model")
        let diffusion = try measurements.measure("load") { try session.diffusion(files, in: context) }
        let words = [editing.prompt, editing.sourcePrompt, referencePrompt].compactMap { $0 }
        let isCut = inputs.replay == nil && words.contains { !diffusion.tokenizer.fits($0) }
        if isCut { warnings.add("the prompt is too long; its end is left out") }
        progress.begin("editing")
        var options = EditOptions()
        options.trace = editing.trace.map { _ in EditTrace() }
        options.noise = inputs.replay?.recordedNoise
        var prompts = inputs.replay?.prompts ?? diffusion.prompts(editing.prompt, reference: referencePrompt, source: editing.sourcePrompt)
        prompts.image = try imagePrompt.map { try diffusion.imagePromptPicture($0) }
        let picture = try ready.run(diffusion, prompts, options, in: context)
        for (name, seconds) in progress.phases { measurements.add(name, seconds: seconds) }
        progress.end()
        try measurements.measure("write") {
            try output.write(picture)
            if let trace = options.trace, let path = editing.trace { try trace.write(to: path) }
        }
        return EditReport(
            model: files.path, size: inputs.size, grid: ready.gridSize, parameters: ready.parameters, usesNetwork: ready.usesNetwork,
            context: context, isPromptCut: isCut, warnings: warnings, measurements: measurements)
    }

    /// The mode, of what the options give it.
    private func mode(_ inputs: EditInputs) throws -> any EditMode {
        var given = try inputs.given(files)
        complete(&given)
        if case .file(let picture) = inputs.origin, editing.plate == .on { try search(picture.source, &given) }
        do {
            return try Self.mode.type.init(given)
        } catch EditError.missing(let input) {
            throw MissingOption(name: Self.options[input] ?? input.rawValue)
        }
    }

    /// Writes what the edit intends.
    private func writePreview(_ output: OutputPicture, _ warnings: Warnings, in session: EditSession) throws -> EditReport {
        let inputs = try EditInputs(editing, warnings)
        guard case .file(let picture) = inputs.origin else { throw MissingOption(name: "-i, which --preview needs,") }
        try output.checkHolds(width: picture.width, height: picture.height)
        let mode = try mode(inputs)
        // No model is asked: its numbers play no part.
        var overrides = editing.overrides
        overrides.preset = .exact
        let settings = try EditSettings(mode.name, overrides, defaults: ModelDefaults(), side: Limits.sideMultiple)
        var measurements = Measurements()
        let layer = try measurements.measure("preview") {
            try PhotoEdit(photo: picture.source, mode: mode, settings: settings).preview()
        }
        try measurements.measure("write") { try output.write(picture.covered(by: layer)) }
        return EditReport(
            model: nil, size: inputs.size, grid: nil, parameters: settings.parameters, usesNetwork: false,
            context: session.context(), isPromptCut: nil, warnings: warnings, measurements: measurements)
    }
}

/// What a command tells of an edit.
struct EditReport {
    /// The model that ran; nil where none was asked.
    let model: String?
    let size: PixelSize
    /// Sides of the working grid; nil where no model was asked.
    let grid: PixelSize?
    let parameters: EditParameters
    /// Whether the network had a part in the picture.
    let usesNetwork: Bool
    let context: ComputeContext
    /// Nil where no model was asked.
    let isPromptCut: Bool?
    let warnings: Warnings
    let measurements: Measurements

    /// The members of its report for machines.
    func json(_ command: String, _ options: EditingOptions) -> JSONObject {
        var report = JSONObject([
            "command": .string(command), "model": model.map { .string($0) } ?? .null, "output": .string(options.output),
            "width": .integer(size.width), "height": .integer(size.height),
            "grid_width": grid.map { .integer($0.width) } ?? .null, "grid_height": grid.map { .integer($0.height) } ?? .null,
            "algorithm": .string(parameters.algorithm.rawValue), "steps": .integer(parameters.steps),
            "guided_steps": .integer(parameters.guidedSteps), "first_step": .integer(parameters.firstStep),
            "method": .string(parameters.method.rawValue), "network": .bool(usesNetwork), "seed": .string(String(options.seed)),
            "threads": .integer(context.threads), "precision": .string(context.productFormat.name),
            "prompt_cut": isPromptCut.map { .bool($0) } ?? .null, "warnings": warnings.json,
        ])
        for name in measurements.report.names { report[name] = measurements.report[name] }
        return report
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
