import ArgumentParser
import DragonModel
import DragonTensor

/// `dragon info`: what a model is, and whether its files are sound.
struct Info: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Describe a model and check its files.")

    @OptionGroup var model: ModelOptions

    func run() throws {
        let files = try model.files()
        try files.checkNetworks()
        let report = try ModelReport(files)
        try printLine(model.json ? JSONValue.object(report.json).text : report.text)
    }
}

/// A model in words and in JSON.
struct ModelReport {
    private let files: ModelFiles
    private let parts: [(name: String, contents: WeightContents)]
    private let tokens: Result<Int, any Error>
    private let tiny: TinyChoice

    /// Opens every file of the model; weights stay unread, but for a tiny autoencoder's.
    init(_ files: ModelFiles) throws {
        self.files = files
        parts = [
            ("text encoder", try files.textEncoderWeights().contents), ("unet", try files.unetWeights().contents),
            ("autoencoder", try files.autoencoderWeights().contents),
        ]
        // A checkpoint without a tokenizer can still be described.
        tokens = Result { try files.tokenizer().vocabularySize }
        if files.layout == .folder { _ = try tokens.get() }
        tiny = try files.tinyAutoencoder(in: ComputeContext())
    }

    private var unet: UNetConfiguration { files.unetConfiguration }
    private var schedule: ScheduleConfiguration { files.scheduleConfiguration }

    var json: JSONObject {
        var result = JSONObject(["command": .string("info"), "model": .string(files.path), "layout": .string(files.layout.rawValue)])
        for part in parts {
            result[part.name.replacing(" ", with: "_")] = .object(
                JSONObject([
                    "parameters": .integer(part.contents.parameters), "bytes": .integer(part.contents.bytes),
                    "formats": .array(part.contents.formats.sorted().map { .string($0) }),
                    "files": .array(part.contents.files.sorted().map { .string($0) }),
                ]))
        }
        result["latent_channels"] = .integer(files.autoencoderConfiguration.latentChannels)
        result["downsampling"] = .integer(files.autoencoderConfiguration.downsampling)
        result["scaling_factor"] = .number(Double("\(files.autoencoderConfiguration.scalingFactor)") ?? 0)
        result["block_out_channels"] = .array(unet.blockOutChannels.map { .integer($0) })
        result["attention_heads"] = .array(unet.attentionHeads.map { .integer($0) })
        result["cross_attention_dim"] = .integer(unet.crossAttentionDim)
        result["prediction_type"] = .string(schedule.predictionType.rawValue)
        result["prediction_assumed"] = .bool(files.isPredictionAssumed)
        result["purpose"] = .string(files.purpose.rawValue)
        result["sampler"] = .string(schedule.solver.rawValue)
        result["instant_steps"] = files.defaults.fewSteps.map { .integer($0) } ?? .null
        result["loras"] = .array(files.additions.loras.map { .string($0.path) })
        result["adapter"] = files.additions.imageAdapter.map { .string($0.path) } ?? .null
        result["image_encoder"] = files.imageEncoder.map { .string($0) } ?? .null
        result["vae"] = files.additions.autoencoder.map { .string($0) } ?? .null
        result["tiny_vae"] = if case .used(_, let path) = tiny { .string(path) } else { .null }
        result["tiny_vae_problem"] = if case .leftOut(_, let reason) = tiny { .string(reason) } else { .null }
        result["side"] = .integer(side)
        result["tokens"] = (try? tokens.get()).map { .integer($0) } ?? .null
        return result
    }

    private var assumption: String {
        files.isPredictionAssumed ? ", it seems: say --prediction epsilon where its pictures come out as noise" : ""
    }

    /// What edits the model can do.
    private var use: String {
        switch files.purpose {
        case .inpainting: "inpainting: fills, contacts and warps, with every preset; no energies"
        case .fewSteps: "few steps: the preset instant, with the sampler \(schedule.solver.rawValue)"
        case .base: "edits of both papers: the presets exact and fast"
        }
    }

    private var side: Int { unet.sampleSize * files.autoencoderConfiguration.downsampling }

    var text: String {
        var lines = [
            "model          \(files.path)", "layout         \(files.layout == .folder ? "diffusers folder" : "single-file checkpoint")",
        ]
        for part in parts {
            let millions = (Double(part.contents.parameters) / 1e6).rounded(toDigits: 1)
            lines.append("\(padded(part.name))\(millions) million parameters, \(part.contents.formats.sorted().joined(separator: " and "))")
        }
        lines += [
            "\(padded("channels"))\(unet.blockOutChannels.map(String.init).joined(separator: ", ")); heads \(unet.attentionHeads.map(String.init).joined(separator: ", "))",
            "\(padded("text width"))\(unet.crossAttentionDim)",
            "\(padded("latents"))\(files.autoencoderConfiguration.latentChannels) channels, 1/\(files.autoencoderConfiguration.downsampling) of the picture's side",
            "\(padded("predicts"))\(schedule.predictionType == .epsilon ? "noise" : "velocity")\(assumption)",
            "\(padded("trained at"))\(side) × \(side)", "\(padded("good for"))\(use)",
        ]
        lines += autoencoders
        for lora in files.additions.loras { lines.append("\(padded("LoRA"))\(lora.path), \(lora.scale) of it") }
        if let adapter = files.additions.imageAdapter, let encoder = files.imageEncoder {
            lines += ["\(padded("adapter"))\(adapter.path), for --image-prompt", "\(padded("its encoder"))\(encoder)"]
        }
        switch tokens {
        case .success(let count): lines.append("\(padded("tokenizer"))\(count) tokens")
        case .failure(let error): lines.append("\(padded("tokenizer"))none: \(error)")
        }
        return lines.joined(separator: "\n")
    }

    /// Those that are not in the model's own files.
    private var autoencoders: [String] {
        let other = files.additions.autoencoder.map { ["\(padded("autoencoder"))of \($0)"] } ?? []
        return switch tiny {
        case .none: other
        case .used(_, let path): other + ["\(padded("tiny one"))\(path): for instant and previews"]
        case .leftOut(_, let reason): other + ["\(padded("tiny one"))left out: \(reason)"]
        }
    }

    private func padded(_ name: String) -> String { name + String(repeating: " ", count: max(1, 15 - name.count)) }
}
