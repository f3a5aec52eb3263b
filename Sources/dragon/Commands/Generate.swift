import ArgumentParser
import DragonEdit
import DragonModel
import DragonTensor

/// `dragon generate`: a prompt to a picture.
struct Generate: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Make a picture from a prompt.")

    @OptionGroup var model: ModelOptions
    @OptionGroup var compute: ComputeOptions

    @Option(name: .long, parsing: .unconditional, help: "What the picture shows.")
    var prompt: String

    @Option(name: .long, parsing: .unconditional, help: "What it should not show.")
    var negativePrompt = ""

    @Option(
        name: .long, parsing: .unconditional,
        help: ArgumentHelp("Picture that it should resemble, beside the prompt; needs --adapter.", valueName: "file"))
    var imagePrompt: String?

    @Option(name: .long, help: ArgumentHelp("How much of it.", valueName: "scale"))
    var imagePromptScale: Float = 1

    @Option(name: .long, help: "Steps from noise to picture.")
    var steps = 50

    @Option(name: .long, help: "How closely to follow the prompt; 1 is not at all, and takes half the time.")
    var cfg: Float = 7.5

    @Option(name: .long, parsing: .unconditional, help: "Same seed, same picture.")
    var seed: UInt64 = 0

    @Option(name: .long, help: "Width in pixels, a multiple of 64.")
    var width = 512

    @Option(name: .long, help: "Height in pixels, a multiple of 64.")
    var height = 512

    @Option(
        name: [.customShort("o"), .customLong("output")], parsing: .unconditional,
        help: ArgumentHelp("Picture to write: .png, .jpg or .webp.", valueName: "file"))
    var output: String

    private var request: GenerationRequest {
        GenerationRequest(
            prompt: prompt, negativePrompt: negativePrompt, steps: steps, guidanceScale: cfg, seed: seed, width: width, height: height)
    }

    func validate() throws {
        guard Limits.steps.contains(steps) else {
            throw ValidationError("--steps should be a number from 1 to \(Limits.steps.upperBound)")
        }
        guard Limits.imageScale.contains(imagePromptScale) else {
            throw ValidationError("--image-prompt-scale should be a number from 0 to \(Int(Limits.imageScale.upperBound))")
        }
    }

    func run() throws {
        // Everything that can be wrong is found before the long part starts.
        let file = try OutputPicture(output)
        try request.validate()
        try file.checkHolds(width: width, height: height)
        let warnings = Warnings(isQuiet: compute.quiet)
        var measurements = Measurements()
        let progress = JobReport(isQuiet: compute.quiet)
        let context = compute.context(progress.job)
        defer { progress.end() }
        let files = try model.files()
        if let note = assumptionNote(files.isPredictionAssumed) { warnings.add(note) }
        let picture = try EditInputs.imagePrompt(imagePrompt, for: files, warnings)
        progress.begin("loading the model")
        let diffusion = try measurements.measure("load") { try DiffusionModel(files: files, in: context) }
        let isCut = !diffusion.tokenizer.fits(prompt)
        if isCut { warnings.add("the prompt is too long; its end is left out") }
        progress.begin("generating")
        let image = try measurements.measure("generate") {
            let influence = try picture.map { picture in
                let prompt = try diffusion.imagePrompt(diffusion.imagePromptPicture(picture), in: context)
                return ImageInfluence(prompt, scale: imagePromptScale)
            }
            return try diffusion.generate(request, image: influence, in: context)
        }
        progress.end()
        try measurements.measure("write") { try file.write(Picture(image)) }
        try report(measurements, warnings, model: files.path, isCut: isCut, context)
    }

    private func report(
        _ measurements: Measurements, _ warnings: Warnings, model path: String, isCut: Bool, _ context: ComputeContext
    ) throws {
        if model.json {
            var report = JSONObject([
                "command": .string("generate"), "model": .string(path), "output": .string(output), "width": .integer(width),
                "height": .integer(height),
                "steps": .integer(steps), "seed": .string(String(seed)), "threads": .integer(context.threads),
                "precision": .string(context.productFormat.name), "prompt_cut": .bool(isCut),
                "warnings": warnings.json,
            ])
            for name in measurements.report.names { report[name] = measurements.report[name] }
            try printLine(JSONValue.object(report).text)
        } else if !compute.quiet {
            try printLine("\(output): \(width) × \(height) in \(measurements.seconds.rounded(toDigits: 1)) s")
        }
    }
}
