public import CDragon
import DragonEdit
import DragonModel
import DragonStore

let models = HandleTable<Model>()
let modelLists = HandleTable<ModelList>()

/// The models that were found, as they were then.
final class ModelList: Sendable {
    let models: [FoundModel]

    init(_ models: [FoundModel]) { self.models = models }
}

// MARK: - Lists

@_cdecl("dragon_model_list_create")
public func dragonModelListCreate(_ list: UnsafeMutablePointer<OpaquePointer?>?) -> dragon_status {
    Status.code {
        _ = try present(list, "the list")
        try give(ModelList(ModelStore().models()), from: modelLists, to: list, "the list")
    }
}

@_cdecl("dragon_model_list_count")
public func dragonModelListCount(_ list: OpaquePointer?) -> Int { modelLists[list]?.models.count ?? 0 }

@_cdecl("dragon_model_list_path")
public func dragonModelListPath(_ list: OpaquePointer?, _ index: Int, _ buffer: UnsafeMutablePointer<CChar>?, _ size: Int) -> Int {
    copy(listed(list, index)?.path ?? "", to: buffer, size)
}

@_cdecl("dragon_model_list_name")
public func dragonModelListName(_ list: OpaquePointer?, _ index: Int, _ buffer: UnsafeMutablePointer<CChar>?, _ size: Int) -> Int {
    copy(listed(list, index)?.name ?? "", to: buffer, size)
}

@_cdecl("dragon_model_list_problem")
public func dragonModelListProblem(_ list: OpaquePointer?, _ index: Int, _ buffer: UnsafeMutablePointer<CChar>?, _ size: Int) -> Int {
    copy(listed(list, index)?.problem ?? "", to: buffer, size)
}

@_cdecl("dragon_model_list_free")
public func dragonModelListFree(_ list: OpaquePointer?) { _ = modelLists.remove(list) }

private func listed(_ list: OpaquePointer?, _ index: Int) -> FoundModel? {
    guard let models = modelLists[list]?.models, models.indices.contains(index) else { return nil }
    return models[index]
}

// MARK: - Opening and closing

@_cdecl("dragon_model_open")
public func dragonModelOpen(
    _ path: UnsafePointer<CChar>?, _ threads: Int32, _ model: UnsafeMutablePointer<OpaquePointer?>?
) -> dragon_status {
    clear(model)
    return Status.code {
        guard (0...1024).contains(threads) else { throw Failure.badInput("threads is \(threads): choose 1 to 1024, or 0") }
        let (path, opened) = (try text(path, "the path"), Model(threads: threads == 0 ? nil : Int(threads)))
        try give(opened, from: models, to: model, "the model")
        let status = opened.call { try opened.load(path: try path ?? ModelStore().firstUsable().path) }
        if status != 0 { throw Failure(status: Status(rawValue: status) ?? .badModel, description: opened.message) }
    }
}

@_cdecl("dragon_model_close")
public func dragonModelClose(_ model: OpaquePointer?) { models.remove(model)?.close() }

@_cdecl("dragon_model_message")
public func dragonModelMessage(_ model: OpaquePointer?, _ buffer: UnsafeMutablePointer<CChar>?, _ size: Int) -> Int {
    copy(models[model]?.message ?? "", to: buffer, size)
}

// MARK: - What a model is

@_cdecl("dragon_model_describe")
public func dragonModelDescribe(_ model: OpaquePointer?, _ info: UnsafeMutablePointer<dragon_model_info>?) -> dragon_status {
    on(model) { model in
        try dragon_model_info.checkSize(info)
        try dragon_model_info(model.loaded()).write(to: info)
    }
}

@_cdecl("dragon_parameters_default")
public func dragonParametersDefault(
    _ model: OpaquePointer?, _ mode: dragon_mode, _ parameters: UnsafeMutablePointer<dragon_parameters>?
) -> dragon_status {
    let fill = { (defaults: ModelDefaults) in
        try dragon_parameters.checkSize(parameters)
        try Tuning(Mode(checking: mode), defaults: defaults).exported.write(to: parameters)
    }
    guard model != nil else { return Status.code { try fill(ModelDefaults()) } }
    return on(model) { try fill($0.loaded().files.defaults) }
}

extension dragon_model_info {
    init(_ loaded: Model.Loaded) {
        self.init()
        let files = loaded.files
        side = Int32(clamping: files.workingSide)
        latent_channels = Int32(clamping: files.autoencoderConfiguration.latentChannels)
        downsampling = Int32(clamping: files.autoencoderConfiguration.downsampling)
        steps = Int32(clamping: EditParameters(mode: .move, defaults: files.defaults).steps)
        (parameter_count, weight_bytes) = (UInt64(loaded.info.parameters), UInt64(loaded.info.bytes))
    }
}

/// Calls `body` on a handle's model.
func on(_ model: OpaquePointer?, _ body: (Model) throws -> Void) -> dragon_status {
    guard let model = models[model] else { return Status.invalidHandle.rawValue }
    return model.call { try body(model) }
}
