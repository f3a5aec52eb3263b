import ArgumentParser
import DragonEdit
import DragonImage
import DragonModel
import DragonTensor

/// `dragon bench`: how long a part of the model takes.
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Measure a part of the model.")

    /// What is measured.
    enum Phase: String, CaseIterable, ExpressibleByArgument {
        /// One prediction of the noise, for one latent and for two side by side.
        case unet, unet2
        /// One guidance: features of a reference and of the current latent, and two gradients back.
        case guidance
        /// Picture to latent and back.
        case encode, decode
        /// A whole move.
        case edit
    }

    @OptionGroup var model: ModelOptions
    @OptionGroup var compute: ComputeOptions

    @Option(name: .long, help: "Side of the picture, a multiple of 64.")
    var side = 512

    @Option(name: .long, help: "What to measure.")
    var phase = Phase.unet

    @Option(name: .long, help: "Of a whole edit: exact or fast.")
    var preset = EditPreset.exact

    @Option(name: .customLong("repeat"), help: "How often, after a first time that does not count; a whole edit has none.")
    var repetitions = 3

    func validate() throws {
        guard Limits.isSide(side) else {
            let (multiple, range) = (Limits.sideMultiple, Limits.side)
            throw ValidationError("--side should be a multiple of \(multiple) from \(range.lowerBound) to \(range.upperBound)")
        }
        guard (1...1000).contains(repetitions) else { throw ValidationError("--repeat should be a number from 1 to 1000") }
    }

    func run() throws {
        let context = compute.context()
        let progress = ProgressReport(isQuiet: compute.quiet)
        defer { progress.end() }
        progress.begin("loading the model")
        let files = try model.files()
        let body = try work(files, in: context)
        progress.begin(phase.rawValue)
        // A whole edit is long enough not to notice a cold start.
        if phase != .edit { try body() }
        let before = context.countedOperations
        var times: [Double] = []
        for repetition in 0..<repetitions {
            times.append(try ContinuousClock().measure { try body() }.seconds)
            progress.step(repetition + 1, of: repetitions)
        }
        let operations = Double(context.countedOperations - before) / Double(repetitions)
        let memory = peakMemory
        let error = try roundingError(files, in: context)
        progress.end()
        try report(times.sorted(), operations: operations, memory: memory, error: error, context)
    }

    /// What one repetition does; only the part that is measured is loaded. Numbers do not matter to the time, as long as
    /// they are ordinary.
    private func work(_ files: ModelFiles, in context: ComputeContext) throws -> () throws -> Void {
        switch phase {
        case .unet: try prediction(files, batch: 1, in: context)
        case .unet2: try prediction(files, batch: 2, in: context)
        case .guidance: try guidance(files, in: context)
        case .encode, .decode: try coding(files, in: context)
        case .edit: try edit(files, in: context)
        }
    }

    private func noise(_ shape: [Int], in context: ComputeContext) throws -> Tensor {
        try Tensor(GaussianNoise(seed: 1).floats(shape.reduce(1, *)), shape: shape, in: context)
    }

    private func unet(
        _ files: ModelFiles, batch: Int, in context: ComputeContext
    ) throws -> (network: UNet, latent: Tensor, text: Tensor) {
        let scope = try files.unetWeights()
        let network = try UNet(scope, configuration: files.unetConfiguration)
        try scope.finish()
        let cells = side / files.autoencoderConfiguration.downsampling
        let latent = try noise([batch, files.unetConfiguration.inChannels, cells, cells], in: context)
        return (network, latent, try noise([batch, files.unetConfiguration.crossAttentionDim, 77], in: context))
    }

    private func prediction(_ files: ModelFiles, batch: Int, in context: ComputeContext) throws -> () throws -> Void {
        let (network, latent, text) = try unet(files, batch: batch, in: context)
        return { _ = try network(latent, timestep: 481, text: text, in: context) }
    }

    /// How far a prediction with rounded products is from one without at most, of the largest number in it; nil where nothing is
    /// rounded or no prediction is measured.
    private func roundingError(_ files: ModelFiles, in context: ComputeContext) throws -> Double? {
        guard context.productFormat != .float32, phase == .unet else { return nil }
        let (network, latent, text) = try unet(files, batch: 1, in: context)
        let rounded = try network(latent, timestep: 481, text: text, in: context).values
        let exact = try network(latent, timestep: 481, text: text, in: ComputeContext(context, precision: .fp32)).values
        let largest = exact.reduce(0) { max($0, abs($1)) }
        return Double(zip(rounded, exact).reduce(0) { max($0, abs($1.0 - $1.1)) } / max(largest, .leastNormalMagnitude))
    }

    /// Reference features, current features, and the gradients of two functions of them.
    private func guidance(_ files: ModelFiles, in context: ComputeContext) throws -> () throws -> Void {
        let (network, latent, text) = try unet(files, batch: 1, in: context)
        return {
            _ = try network.features(of: latent, timestep: 481, text: text, in: context)
            let pass = try network.differentiableFeatures(of: latent, timestep: 481, text: text, in: context)
            let cotangents = try pass.features.map { try Tensor.stacked([$0, $0], in: context) }
            _ = try network.latentGradient(cotangents, through: pass, in: context)
        }
    }

    private func coding(_ files: ModelFiles, in context: ComputeContext) throws -> () throws -> Void {
        let scope = try files.autoencoderWeights()
        let configuration = files.autoencoderConfiguration
        let autoencoder = try Autoencoder(scope, configuration: configuration)
        try scope.finish()
        if phase == .encode {
            let picture = try noise([1, configuration.inChannels, side, side], in: context)
            return { _ = try autoencoder.encode(picture, in: context) }
        }
        let cells = side / configuration.downsampling
        let latent = try noise([1, configuration.latentChannels, cells, cells], in: context)
        return { _ = try autoencoder.decode(latent, in: context) }
    }

    /// A whole move with the published numbers, of a picture that is taken to be prepared.
    private func edit(_ files: ModelFiles, in context: ComputeContext) throws -> () throws -> Void {
        var overrides = EditOverrides()
        overrides.preset = preset
        let settings = try EditSettings(.move, overrides, defaults: ModelDefaults(), side: side)
        let model = try DiffusionModel(files: files, in: context)
        let pixels = GaussianNoise(seed: 2).floats(3 * side * side).map { min(max($0 / 3, -1), 1) }
        let quarter = side / 4..<side / 2
        let object = Mask(
            height: side, width: side,
            cells: (0..<side * side).map { quarter.contains($0 / side) && quarter.contains($0 % side) })
        let request = EditRequest(
            source: .picture(WorkingPicture(height: side, width: side, values: pixels)),
            edit: DragonEdit.Move.Working(object: object, by: Point(x: Double(side / 4), y: 0)), parameters: settings.parameters)
        let conditioning = try model.conditioning(model.prompts("a photo"), in: context)
        return { _ = try model.edit(request, conditioning, in: context) }
    }

    private func report(_ times: [Double], operations: Double, memory: Int, error: Double?, _ context: ComputeContext) throws {
        let (least, median) = (times[0], times[times.count / 2])
        let speed = (operations / least / 1e9).rounded(toDigits: 1)
        guard model.json else {
            try printLine(
                "\(phase.rawValue) \(side): \(least.rounded(toDigits: 3)) s at best, \(median.rounded(toDigits: 3)) s usually, \(speed) GFLOPS"
            )
            return
        }
        let report = JSONObject([
            "command": .string("bench"), "phase": .string(phase.rawValue), "preset": .string(preset.rawValue), "side": .integer(side),
            "repeat": .integer(repetitions),
            "seconds": .object(JSONObject(["min": .number(least), "median": .number(median)])), "gflops": .number(speed),
            "gflop": .number((operations / 1e9).rounded(toDigits: 1)), "peak_bytes": .integer(memory),
            "threads": .integer(context.threads), "precision": .string(context.productFormat.name),
            "error": error.map { .number($0.rounded(toDigits: 5)) } ?? .null,
            "instruction_set": .string("\(context.instructionSet)"), "openblas_core": OpenBLAS.coreName.map { .string($0) } ?? .null,
        ])
        try printLine(JSONValue.object(report).text)
    }
}
