public import CDragon
import DragonEdit

let results = HandleTable<EditResult>()

// MARK: - Edits

@_cdecl("dragon_edit_estimate")
public func dragonEditEstimate(
    _ model: OpaquePointer?, _ request: UnsafePointer<dragon_request>?, _ estimate: UnsafeMutablePointer<dragon_estimate>?
) -> dragon_status {
    on(model) { model in
        try dragon_estimate.checkSize(estimate)
        try model.estimate(request).write(to: estimate)
    }
}

@_cdecl("dragon_edit")
public func dragonEdit(
    _ model: OpaquePointer?, _ request: UnsafePointer<dragon_request>?, _ result: UnsafeMutablePointer<OpaquePointer?>?
) -> dragon_status {
    clear(result)
    return on(model) { model in
        _ = try present(result, "the result")
        try give(try model.run(request), from: results, to: result, "the result")
    }
}

@_cdecl("dragon_model_cancel")
public func dragonModelCancel(_ model: OpaquePointer?) -> dragon_status {
    guard let model = models[model] else { return Status.invalidHandle.rawValue }
    model.cancel()
    return Status.ok.rawValue
}

@_cdecl("dragon_preview")
public func dragonPreview(
    _ request: UnsafePointer<dragon_request>?, _ result: UnsafeMutablePointer<OpaquePointer?>?, _ message: UnsafeMutablePointer<CChar>?,
    _ messageSize: Int
) -> dragon_status {
    clear(result)
    let (status, text) = Status.of {
        _ = try present(result, "the result")
        try give(try EditResult(previewing: request), from: results, to: result, "the result")
    }
    copy(text, to: message, messageSize)
    return status.rawValue
}

// MARK: - Results

@_cdecl("dragon_result_describe")
public func dragonResultDescribe(_ result: OpaquePointer?, _ info: UnsafeMutablePointer<dragon_result_info>?) -> dragon_status {
    on(result) { result in
        try dragon_result_info.checkSize(info)
        try result.info.write(to: info)
    }
}

@_cdecl("dragon_result_pixels")
public func dragonResultPixels(
    _ result: OpaquePointer?, _ format: dragon_pixel_format, _ pixels: UnsafeMutableRawPointer?, _ stride: Int64
) -> dragon_status {
    on(result) { try $0.copyPixels(format, to: pixels, stride: stride) }
}

@_cdecl("dragon_result_mask")
public func dragonResultMask(_ result: OpaquePointer?, _ pixels: UnsafeMutablePointer<UInt8>?, _ stride: Int64) -> dragon_status {
    on(result) { try $0.copyMask(to: pixels, stride: stride) }
}

@_cdecl("dragon_result_mask_float")
public func dragonResultMaskFloat(_ result: OpaquePointer?, _ pixels: UnsafeMutablePointer<Float>?, _ stride: Int64) -> dragon_status {
    on(result) { try $0.copyMask(to: pixels, stride: stride) }
}

@_cdecl("dragon_result_free")
public func dragonResultFree(_ result: OpaquePointer?) { _ = results.remove(result) }

/// Calls `body` on a handle's result.
private func on(_ result: OpaquePointer?, _ body: (EditResult) throws -> Void) -> dragon_status {
    guard let result = results[result] else { return Status.invalidHandle.rawValue }
    return Status.code { try body(result) }
}
