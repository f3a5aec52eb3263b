public import CDragon
import DragonEdit
import DragonModel
import DragonStore
import DragonTensor

/// `dragon_model_inspect` of the header.
@_cdecl("dragon_model_inspect")
public func dragonModelInspect(
    _ path: UnsafePointer<CChar>?, _ options: UnsafePointer<dragon_model_options>?, _ info: UnsafeMutablePointer<dragon_model_info>?,
    _ message: UnsafeMutablePointer<CChar>?, _ messageSize: Int
) -> dragon_status {
    let (status, words) = Status.of {
        try dragon_model_info.checkSize(info)
        let opening = try Opening(options)
        let files = try ModelFiles(path: try usable(try text(path, "the path")), additions: opening.additions)
        try files.checkForEditing()
        try dragon_model_info(files, Model.Info(files)).write(to: info)
    }
    copy(words, to: message, messageSize)
    return status.rawValue
}

/// How a model is opened.
struct Opening {
    let threads: Int32
    let job: Job
    private(set) var additions: ModelAdditions

    init(threads: Int32, job: Job) {
        (self.threads, self.job) = (threads, job)
        additions = ModelStore().additions
    }

    /// What a caller's struct says; NULL adds nothing.
    init(_ options: UnsafePointer<dragon_model_options>?) throws {
        guard options != nil else {
            self.init(threads: 0, job: Job())
            return
        }
        let options = try dragon_model_options(from: options)
        self.init(threads: options.threads, job: ProgressReport(options.progress, options.user_data).job())
        additions.autoencoder = try text(options.autoencoder, "the autoencoder's path")
        let encoder = try text(options.image_encoder, "the encoder's path")
        additions.imageAdapter = try text(options.image_adapter, "the adapter's path").map {
            ImageAdapterSource(path: $0, encoder: encoder)
        }
        let count = options.lora_count
        // A count beyond Int's arrives negative.
        guard (0...Int(DRAGON_MOST_LORAS)).contains(count) else {
            throw Failure.badInput("\(UInt(bitPattern: count)) LoRAs are too many: give at most \(DRAGON_MOST_LORAS)")
        }
        guard count > 0 else { return }
        let loras = UnsafeRawPointer(try present(options.loras, "the LoRAs"))
        for index in 0..<count {
            let lora = (loras + index * MemoryLayout<dragon_lora>.stride).loadUnaligned(as: dragon_lora.self)
            guard let path = try text(lora.path, "a LoRA's path") else { throw Failure.badInput("a LoRA's path is NULL") }
            additions.loras.append(LoRASource(path: path, scale: Float(lora.scale)))
        }
    }
}

extension dragon_model_info {
    init(_ files: ModelFiles, _ counts: Model.Info) {
        self.init()
        side = Int32(clamping: files.workingSide)
        latent_channels = Int32(clamping: files.autoencoderConfiguration.latentChannels)
        downsampling = Int32(clamping: files.autoencoderConfiguration.downsampling)
        steps = Int32(clamping: EditModeName.move.parameters(defaults: files.defaults).steps)
        (parameter_count, weight_bytes) = (UInt64(counts.parameters), UInt64(counts.bytes))
        instant_steps = Int32(clamping: Self.parameters(.instant, files)?.steps ?? 0)
        is_inpainting = files.defaults.isInpainting ? 1 : 0
        func seconds(_ preset: EditPreset) -> Double {
            Self.parameters(preset, files).flatMap { EditTime.seconds($0, side: files.workingSide, on: files) } ?? 0
        }
        (exact_seconds, fast_seconds, instant_seconds) = (seconds(.exact), seconds(.fast), seconds(.instant))
    }

    /// What a move runs with; nil where the model cannot.
    private static func parameters(_ preset: EditPreset, _ files: ModelFiles) -> EditParameters? {
        var overrides = EditOverrides()
        overrides.preset = preset
        return try? EditSettings(.move, overrides, defaults: files.defaults, side: files.workingSide).parameters
    }
}
