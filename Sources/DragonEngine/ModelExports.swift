public import CDragon
import DragonEdit
import DragonModel
import DragonStore
import DragonTensor

let models = HandleTable<Model>()

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
    open(path, try Opening(options), model)
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
        let status = opened.messages.call { try opened.load(path: try usable(path), additions: opening.additions, job: opening.job) }
        if status != 0 { throw Failure(status: Status(rawValue: status) ?? .badModel, description: opened.messages.last) }
    }
}

/// The model that a path names, or the first that can be opened.
func usable(_ path: String?) throws -> String { try path ?? ModelStore().firstUsable().path }

/// `dragon_model_close` of the header.
@_cdecl("dragon_model_close")
public func dragonModelClose(_ model: OpaquePointer?) { models.remove(model)?.close() }

/// `dragon_model_message` of the header.
@_cdecl("dragon_model_message")
public func dragonModelMessage(_ model: OpaquePointer?, _ buffer: UnsafeMutablePointer<CChar>?, _ size: Int) -> Int {
    copy(models[model]?.messages.last ?? "", to: buffer, size)
}

// MARK: - What a model is

/// `dragon_model_describe` of the header.
@_cdecl("dragon_model_describe")
public func dragonModelDescribe(_ model: OpaquePointer?, _ info: UnsafeMutablePointer<dragon_model_info>?) -> dragon_status {
    on(model) { model in
        try dragon_model_info.checkSize(info)
        let loaded = try model.loaded()
        try dragon_model_info(loaded.files, loaded.info).write(to: info)
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
    try dragon_parameters(try EditSettings(try choice(mode, "mode"), defaults: defaults, side: side)).write(to: parameters)
}

/// Calls `body` on a handle's model.
func on(_ model: OpaquePointer?, _ body: (Model) throws -> Void) -> dragon_status {
    guard let model = models[model] else { return Status.invalidHandle.rawValue }
    return model.messages.call { try body(model) }
}
