import ArgumentParser
import DragonEdit
import DragonImage
import DragonModel
import DragonPhoto
import DragonTensor

/// `dragon frames`: an object out of all frames of an animation, or to another place in all of them.
struct Frames: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take an object out of the frames of an animation, or move it in all of them.",
        discussion: """
            Where the camera stands still, what the object hides is taken from other frames that show it, and what none shows is \
            filled once, the same in all, so that nothing flickers. Where it moves, frames are filled each for itself.
            The frames' results get their names, in the folder -o.
            """)

    @OptionGroup var model: ModelOptions
    @OptionGroup var compute: ComputeOptions

    @Option(
        name: [.customShort("i"), .customLong("input")], parsing: .upToNextOption,
        help: ArgumentHelp("The frames, in order: PNG, JPEG or WebP.", valueName: "files"))
    var input: [String]

    @Option(
        name: .long, parsing: .upToNextOption,
        help: ArgumentHelp("Pictures whose bright pixels are the object: one a frame, or one with --shift.", valueName: "files"))
    var mask: [String]

    @Option(
        name: .long, parsing: .unconditional, help: "How far the object goes from frame to frame, where there is one mask, the first's.")
    var shift: PointArgument?

    @Option(
        name: .long, parsing: .unconditional,
        help: ArgumentHelp("Move the object so far in every frame, instead of taking it out.", valueName: "DX,DY"))
    var by: PointArgument?

    @Option(
        name: [.customShort("o"), .customLong("output")], parsing: .unconditional,
        help: ArgumentHelp("Folder to write the frames to.", valueName: "folder"))
    var output: String

    @Option(name: .long, parsing: .unconditional, help: "What the frames show.")
    var prompt = ""

    @Option(name: .long, help: "exact, fast or instant, where a model for inpainting fills what no frame shows.")
    var preset = EditPreset.exact

    @Option(name: .long, parsing: .unconditional, help: "Same seed, same picture; another one fills anew what no frame shows.")
    var seed: UInt64 = 0

    @Option(name: .long, help: ArgumentHelp("How far beyond its mask the object is taken out.", valueName: "pixels"))
    var grow = BlendMargins().grow

    func validate() throws {
        guard !input.isEmpty else { throw ValidationError("give the frames by -i") }
        guard mask.count == input.count || mask.count == 1 && shift != nil else {
            throw ValidationError("\(input.count) frames need as many masks, or one with --shift, found \(mask.count)")
        }
        guard shift == nil || mask.count == 1 else { throw ValidationError("--shift goes with one mask") }
        guard shift.map({ Limits.displacement.contains($0.point.x) && Limits.displacement.contains($0.point.y) }) ?? true else {
            throw ValidationError("--shift goes beyond any picture")
        }
        guard by.map({ Limits.displacement.contains($0.point.x) && Limits.displacement.contains($0.point.y) }) ?? true else {
            throw ValidationError("--by goes beyond any picture")
        }
        guard (0...256).contains(grow) else { throw ValidationError("--grow should be a number from 0 to 256") }
        let names = input.map(Self.name)
        guard Set(names).count == names.count else { throw ValidationError("two frames have the same name, which their results would get") }
    }

    private static func name(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? "" }

    func run() throws {
        var measurements = Measurements()
        let paths = input.map { "\(output)/\(Self.name($0))" }
        let outputs = try paths.map { try OutputPicture($0) }
        let warnings = Warnings(isQuiet: compute.quiet)
        let session = EditSession(model, compute)
        let progress = JobReport(isQuiet: compute.quiet)
        defer { progress.end() }
        let context = session.context(progress.job)
        let pictures = try input.map { path in
            let picture = try Picture(file: path)
            for warning in picture.details.warnings { warnings.add("\(path): \(warning)") }
            return picture
        }
        let masks = try objects()
        let (layers, filled) = try layers(zip(pictures, masks).map { ($0, $1) }, session, progress, &measurements, in: context)
        progress.end()
        try measurements.measure("write") {
            for (index, layer) in layers.enumerated() {
                try context.checkCancellation()
                try outputs[index].write(pictures[index].covered(by: layer))
            }
        }
        try report(measurements, warnings, filled: filled)
    }

    /// What to lay over each frame, and how many pixels were filled that no frame shows.
    private func layers(
        _ frames: [(picture: Picture, object: Mask)], _ session: EditSession, _ progress: JobReport, _ measurements: inout Measurements,
        in context: ComputeContext
    ) throws -> (layers: [EditLayer], filled: [Int]?) {
        if let by {
            let edits = try self.edits(frames, by: by.point, session)
            let layers = try measurements.measure("frames") {
                let diffusion = try self.diffusion(session, progress, in: context)
                return try AnimationEdit(edits).run(diffusion, prompts: diffusion.prompts(prompt), in: context)
            }
            return (layers, nil)
        }
        let removal = try measurements.measure("frames") {
            try FrameRemoval(
                frames.map { Frame(photo: $0.picture.source, object: $0.object) }, margins: BlendMargins(grow: grow), in: context)
        }
        let gaps = removal.gaps
        let fills = try gaps.map { gap in try measurements.measure("fill") { try fill(gap, session, progress, in: context) } }
        return (removal.layers(fills), gaps.map(\.mask.count))
    }

    /// The move of each frame's object.
    private func edits(_ frames: [(picture: Picture, object: Mask)], by way: Point, _ session: EditSession) throws -> [PhotoEdit] {
        let settings = try settings(.move, session)
        return frames.map { frame in
            PhotoEdit(photo: frame.picture.source, mode: DragonEdit.Move(object: frame.object, by: way), settings: settings)
        }
    }

    private func settings(_ mode: EditModeName, _ session: EditSession) throws -> EditSettings {
        let files = try session.files(for: preset)
        var overrides = EditOverrides()
        (overrides.preset, overrides.seed, overrides.grow) = (preset, seed, grow)
        return try EditSettings(mode, overrides, defaults: files.defaults, side: files.workingSide)
    }

    private func diffusion(_ session: EditSession, _ progress: JobReport, in context: ComputeContext) throws -> DiffusionModel {
        progress.begin("loading the model")
        let diffusion = try session.diffusion(try session.files(for: preset), in: context)
        progress.begin("editing")
        return diffusion
    }

    /// The object on each frame.
    private func objects() throws -> [Mask] {
        let masks = try mask.map { try Picture(file: $0).mask(file: $0) }
        guard let shift, let first = masks.first else { return masks }
        return input.indices.map { index in
            let (x, y) = (shift.point.x * Double(index), shift.point.y * Double(index))
            return first.touched.shifted(dx: Int(x.rounded()), dy: Int(y.rounded()))
        }
    }

    /// Fills what no frame shows, in one of them.
    private func fill(_ gap: FrameGap, _ session: EditSession, _ progress: JobReport, in context: ComputeContext) throws -> EditLayer {
        let edit = gap.edit(try settings(.remove, session))
        try edit.check(on: try session.files(for: preset))
        let diffusion = try diffusion(session, progress, in: context)
        return try edit.run(diffusion, prompts: diffusion.prompts(prompt), in: context)
    }

    private func report(_ measurements: Measurements, _ warnings: Warnings, filled: [Int]?) throws {
        guard model.json else {
            guard !compute.quiet else { return }
            return try printLine("\(output): \(input.count) frames in \(measurements.seconds.rounded(toDigits: 1)) s")
        }
        var report = JSONObject([
            "command": .string(Self._commandName), "output": .string(output), "frames": .integer(input.count),
            "filled_pixels": filled.map { .array($0.map { .integer($0) }) } ?? .null, "seed": .string(String(seed)),
            "warnings": warnings.json,
        ])
        for name in measurements.report.names { report[name] = measurements.report[name] }
        try printLine(JSONValue.object(report).text)
    }
}
