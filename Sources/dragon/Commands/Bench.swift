import ArgumentParser
import DragonModel
import DragonTensor

/// `dragon bench`: how long a part of the model takes.
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Measure a part of the model.")

    /// What is measured.
    enum Phase: String, CaseIterable, ExpressibleByArgument {
        /// One prediction of the noise, for one latent and for two side by side.
        case unet, unet2
        /// Picture to latent and back.
        case encode, decode
    }

    @OptionGroup var model: ModelOptions
    @OptionGroup var compute: ComputeOptions

    @Option(name: .long, help: "Side of the picture, a multiple of 64.")
    var side = 512

    @Option(name: .long, help: "What to measure.")
    var phase = Phase.unet

    @Option(name: .customLong("repeat"), help: "How often, after a first time that does not count.")
    var repetitions = 3

    func validate() throws {
        guard (64...4096).contains(side), side % 64 == 0 else { throw ValidationError("--side should be a multiple of 64 from 64 to 4096") }
        guard (1...1000).contains(repetitions) else { throw ValidationError("--repeat should be a number from 1 to 1000") }
    }

    func run() throws {
        let context = compute.context()
        let progress = ProgressReport(isQuiet: compute.quiet)
        defer { progress.end() }
        progress.begin("loading the model")
        let body = try work(try DiffusionModel(files: try model.files(), in: context), in: context)
        progress.begin(phase.rawValue)
        try body()
        let before = context.countedOperations
        var times: [Double] = []
        for repetition in 0..<repetitions {
            times.append(try ContinuousClock().measure { try body() }.seconds)
            progress.step(repetition + 1, of: repetitions)
        }
        progress.end()
        report(times.sorted(), operations: Double(context.countedOperations - before) / Double(repetitions), context)
    }

    /// What one repetition does. Numbers do not matter to the time, as long as they are ordinary.
    private func work(_ diffusion: DiffusionModel, in context: ComputeContext) throws -> () throws -> Void {
        let configuration = diffusion.autoencoder.configuration
        let cells = side / configuration.downsampling
        func tensor(_ shape: [Int]) throws -> Tensor {
            try Tensor(GaussianNoise(seed: 1).floats(shape.reduce(1, *)), shape: shape, in: context)
        }
        switch phase {
        case .unet, .unet2:
            let batch = phase == .unet ? 1 : 2
            let latent = try tensor([batch, configuration.latentChannels, cells, cells])
            let text = try Tensor.stacked((0..<batch).map { _ in try diffusion.embed("", in: context) }, in: context)
            return { _ = try diffusion.unet(latent, timestep: 481, text: text, in: context) }
        case .encode:
            let picture = try tensor([1, configuration.inChannels, side, side])
            return { _ = try diffusion.autoencoder.encode(picture, in: context) }
        case .decode:
            let latent = try tensor([1, configuration.latentChannels, cells, cells])
            return { _ = try diffusion.autoencoder.decode(latent, in: context) }
        }
    }

    private func report(_ times: [Double], operations: Double, _ context: ComputeContext) {
        let (least, median) = (times[0], times[times.count / 2])
        let speed = (operations / least / 1e9).rounded(toDigits: 1)
        guard model.json else {
            print(
                "\(phase.rawValue) \(side): \(least.rounded(toDigits: 3)) s at best, \(median.rounded(toDigits: 3)) s usually, \(speed) GFLOPS"
            )
            return
        }
        let report = JSONObject([
            "command": .string("bench"), "phase": .string(phase.rawValue), "side": .integer(side), "repeat": .integer(repetitions),
            "seconds": .object(JSONObject(["min": .number(least), "median": .number(median)])), "gflops": .number(speed),
            "gflop": .number((operations / 1e9).rounded(toDigits: 1)), "peak_bytes": .integer(peakMemory),
            "threads": .integer(context.threads),
            "instruction_set": .string("\(context.instructionSet)"), "openblas_core": OpenBLAS.coreName.map { .string($0) } ?? .null,
        ])
        print(JSONValue.object(report).text)
    }
}
