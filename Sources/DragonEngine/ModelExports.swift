public import CDragon
import DragonEdit
import DragonModel
import DragonStore
import DragonTensor

let models = HandleTable<Model>()
let modelLists = HandleTable<ModelList>()

/// The models that were found, as they were then.
final class ModelList: Sendable {
    let models: [FoundModel]

    init(_ models: [FoundModel]) { self.models = models }
}

// MARK: - Lists

/// `dragon_model_list_create` of the header.
@_cdecl("dragon_model_list_create")
public func dragonModelListCreate(_ list: UnsafeMutablePointer<OpaquePointer?>?) -> dragon_status {
    Status.code {
        _ = try present(list, "the list")
        try give(ModelList(ModelStore().models()), from: modelLists, to: list, "the list")
    }
}

/// `dragon_model_list_count` of the header.
@_cdecl("dragon_model_list_count")
public func dragonModelListCount(_ list: OpaquePointer?) -> Int { modelLists[list]?.models.count ?? 0 }

/// `dragon_model_list_path` of the header.
@_cdecl("dragon_model_list_path")
public func dragonModelListPath(_ list: OpaquePointer?, _ index: Int, _ buffer: UnsafeMutablePointer<CChar>?, _ size: Int) -> Int {
    copy(listed(list, index)?.path ?? "", to: buffer, size)
}

/// `dragon_model_list_name` of the header.
@_cdecl("dragon_model_list_name")
public func dragonModelListName(_ list: OpaquePointer?, _ index: Int, _ buffer: UnsafeMutablePointer<CChar>?, _ size: Int) -> Int {
    copy(listed(list, index)?.name ?? "", to: buffer, size)
}

/// `dragon_model_list_problem` of the header.
@_cdecl("dragon_model_list_problem")
public func dragonModelListProblem(_ list: OpaquePointer?, _ index: Int, _ buffer: UnsafeMutablePointer<CChar>?, _ size: Int) -> Int {
    copy(listed(list, index)?.problem ?? "", to: buffer, size)
}

/// `dragon_model_list_free` of the header.
@_cdecl("dragon_model_list_free")
public func dragonModelListFree(_ list: OpaquePointer?) { _ = modelLists.remove(list) }

private func listed(_ list: OpaquePointer?, _ index: Int) -> FoundModel? {
    guard let models = modelLists[list]?.models, models.indices.contains(index) else { return nil }
    return models[index]
}

// MARK: - Opening and closing

/// `dragon_model_open` of the header.
@_cdecl("dragon_model_open")
public func dragonModelOpen(
    _ path: UnsafePointer<CChar>?, _ threads: Int32, _ model: UnsafeMutablePointer<OpaquePointer?>?
) -> dragon_status {
    open(path, Opening(threads: threads, job: Job()), model)
}

/// `dragon_model_open_watched` of the header.
@_cdecl("dragon_model_open_watched")
public func dragonModelOpenWatched(
    _ path: UnsafePointer<CChar>?, _ threads: Int32, _ progress: dragon_progress_callback?, _ userData: UnsafeMutableRawPointer?,
    _ model: UnsafeMutablePointer<OpaquePointer?>?
) -> dragon_status {
    open(path, Opening(threads: threads, job: ProgressReport(progress, userData).job()), model)
}

/// `dragon_model_open_with` of the header.
@_cdecl("dragon_model_open_with")
public func dragonModelOpenWith(
    _ path: UnsafePointer<CChar>?, _ options: UnsafePointer<dragon_model_options>?, _ model: UnsafeMutablePointer<OpaquePointer?>?
) -> dragon_status {
    open(path, try options.map { try Opening(dragon_model_options(from: $0)) } ?? Opening(threads: 0, job: Job()), model)
}

/// How a model is opened.
private struct Opening {
    let threads: Int32
    let job: Job
    var additions = ModelAdditions()

    init(threads: Int32, job: Job) { (self.threads, self.job) = (threads, job) }

    /// What a caller's struct says.
    init(_ options: dragon_model_options) throws {
        (threads, job) = (options.threads, ProgressReport(options.progress, options.user_data).job())
        additions.autoencoder = try text(options.autoencoder, "the autoencoder's path")
        let count = options.lora_count
        guard count <= Int(DRAGON_MOST_LORAS) else {
            throw Failure.badInput("\(count) LoRAs are too many: give at most \(DRAGON_MOST_LORAS)")
        }
        guard count > 0 else { return }
        let loras = UnsafeRawPointer(try present(options.loras, "the LoRAs"))
        for index in 0..<Int(count) {
            let lora = (loras + index * MemoryLayout<dragon_lora>.stride).loadUnaligned(as: dragon_lora.self)
            guard let path = try text(lora.path, "a LoRA's path") else { throw Failure.badInput("a LoRA's path is NULL") }
            additions.loras.append(LoRASource(path: path, scale: Float(lora.scale)))
        }
    }
}

private func open(
    _ path: UnsafePointer<CChar>?, _ given: @autoclosure () throws -> Opening, _ model: UnsafeMutablePointer<OpaquePointer?>?
) -> dragon_status {
    clear(model)
    return Status.code {
        let opening = try given()
        let threads = opening.threads
        guard threads == 0 || Limits.threads.contains(Int(threads)) else {
            throw Failure.badInput("threads is \(threads): choose 1 to \(Limits.threads.upperBound), or 0")
        }
        let (path, opened) = (try text(path, "the path"), Model(threads: threads == 0 ? nil : Int(threads)))
        try give(opened, from: models, to: model, "the model")
        let status = opened.call { try opened.load(path: try usable(path), additions: opening.additions, job: opening.job) }
        if status != 0 { throw Failure(status: Status(rawValue: status) ?? .badModel, description: opened.message) }
    }
}

/// The model that a path names, or the first that can be opened.
private func usable(_ path: String?) throws -> String { try path ?? ModelStore().firstUsable().path }

/// `dragon_model_close` of the header.
@_cdecl("dragon_model_close")
public func dragonModelClose(_ model: OpaquePointer?) { models.remove(model)?.close() }

/// `dragon_model_message` of the header.
@_cdecl("dragon_model_message")
public func dragonModelMessage(_ model: OpaquePointer?, _ buffer: UnsafeMutablePointer<CChar>?, _ size: Int) -> Int {
    copy(models[model]?.message ?? "", to: buffer, size)
}

// MARK: - What a model is

/// `dragon_model_describe` of the header.
@_cdecl("dragon_model_describe")
public func dragonModelDescribe(_ model: OpaquePointer?, _ info: UnsafeMutablePointer<dragon_model_info>?) -> dragon_status {
    on(model) { model in
        try dragon_model_info.checkSize(info)
        try dragon_model_info(model.loaded()).write(to: info)
    }
}

/// `dragon_parameters_default` of the header.
@_cdecl("dragon_parameters_default")
public func dragonParametersDefault(
    _ model: OpaquePointer?, _ mode: dragon_mode, _ parameters: UnsafeMutablePointer<dragon_parameters>?
) -> dragon_status {
    guard model != nil else {
        return Status.code { try giveDefaults(mode, ModelDefaults(), side: 0, to: parameters) }
    }
    return on(model) { model in
        let files = try model.loaded().files
        try giveDefaults(mode, files.defaults, side: files.workingSide, to: parameters)
    }
}

/// `dragon_parameters_of` of the header.
@_cdecl("dragon_parameters_of")
public func dragonParametersOf(
    _ path: UnsafePointer<CChar>?, _ mode: dragon_mode, _ parameters: UnsafeMutablePointer<dragon_parameters>?
) -> dragon_status {
    Status.code {
        let files = try ModelFiles(path: try usable(try text(path, "the path")))
        try giveDefaults(mode, files.defaults, side: files.workingSide, to: parameters)
    }
}

/// - Parameter side: of the model's window; 0 where there is no model.
private func giveDefaults(
    _ mode: dragon_mode, _ defaults: ModelDefaults, side: Int, to parameters: UnsafeMutablePointer<dragon_parameters>?
) throws {
    try dragon_parameters.checkSize(parameters)
    try dragon_parameters(try EditSettings(try EditModeName(checking: mode), defaults: defaults, side: side)).write(to: parameters)
}

/// Steps of the preset instant; nil where the model cannot.
private func instantSteps(_ defaults: ModelDefaults) -> Int? {
    var overrides = EditOverrides()
    overrides.preset = .instant
    return try? EditSettings(.move, overrides, defaults: defaults, side: Limits.sideMultiple).parameters.steps
}

extension dragon_model_info {
    init(_ loaded: Model.Loaded) {
        self.init()
        let files = loaded.files
        side = Int32(clamping: files.workingSide)
        latent_channels = Int32(clamping: files.autoencoderConfiguration.latentChannels)
        downsampling = Int32(clamping: files.autoencoderConfiguration.downsampling)
        steps = Int32(clamping: EditModeName.move.parameters(defaults: files.defaults).steps)
        (parameter_count, weight_bytes) = (UInt64(loaded.info.parameters), UInt64(loaded.info.bytes))
        instant_steps = Int32(clamping: instantSteps(files.defaults) ?? 0)
        is_inpainting = files.defaults.isInpainting ? 1 : 0
    }
}

/// Calls `body` on a handle's model.
func on(_ model: OpaquePointer?, _ body: (Model) throws -> Void) -> dragon_status {
    guard let model = models[model] else { return Status.invalidHandle.rawValue }
    return model.call { try body(model) }
}
