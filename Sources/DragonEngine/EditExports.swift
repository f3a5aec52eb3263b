public import CDragon
import DragonEdit
import DragonModel

let results = HandleTable<EditResult>()

// MARK: - Edits

/// `dragon_edit_estimate` of the header.
@_cdecl("dragon_edit_estimate")
public func dragonEditEstimate(
    _ model: OpaquePointer?, _ request: UnsafePointer<dragon_request>?, _ estimate: UnsafeMutablePointer<dragon_estimate>?
) -> dragon_status {
    on(model) { model in
        try dragon_estimate.checkSize(estimate)
        try model.estimate(request).write(to: estimate)
    }
}

/// `dragon_edit` of the header.
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

/// `dragon_edit_frames` of the header.
@_cdecl("dragon_edit_frames")
public func dragonEditFrames(
    _ model: OpaquePointer?, _ requests: UnsafePointer<UnsafePointer<dragon_request>?>?, _ count: Int,
    _ results: UnsafeMutablePointer<OpaquePointer?>?
) -> dragon_status {
    on(model) { model in
        guard (1...Limits.mostFrames).contains(count) else {
            throw Failure.badInput("\(count) frames were given: give 1 to \(Limits.mostFrames)")
        }
        let results = try present(results, "the results")
        for index in 0..<count { clear(results + index) }
        let given = UnsafeBufferPointer(start: try present(requests, "the requests"), count: count)
        for (index, result) in try model.run(frames: Array(given)).enumerated() {
            try give(result, from: DragonEngine.results, to: results + index, "the results")
        }
    }
}

/// `dragon_model_cancel` of the header.
@_cdecl("dragon_model_cancel")
public func dragonModelCancel(_ model: OpaquePointer?) -> dragon_status {
    guard let model = models[model] else { return Status.invalidHandle.rawValue }
    model.cancel()
    return Status.ok.rawValue
}

/// `dragon_preview` of the header.
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

/// `dragon_result_describe` of the header.
@_cdecl("dragon_result_describe")
public func dragonResultDescribe(_ result: OpaquePointer?, _ info: UnsafeMutablePointer<dragon_result_info>?) -> dragon_status {
    on(result) { result in
        try dragon_result_info.checkSize(info)
        try result.info.write(to: info)
    }
}

/// `dragon_result_pixels` of the header.
@_cdecl("dragon_result_pixels")
public func dragonResultPixels(
    _ result: OpaquePointer?, _ format: dragon_pixel_format, _ pixels: UnsafeMutableRawPointer?, _ stride: Int64
) -> dragon_status {
    on(result) { try $0.copyPixels(format, to: pixels, stride: stride) }
}

/// `dragon_result_mask` of the header.
@_cdecl("dragon_result_mask")
public func dragonResultMask(_ result: OpaquePointer?, _ pixels: UnsafeMutablePointer<UInt8>?, _ stride: Int64) -> dragon_status {
    on(result) { try $0.copyMask(to: pixels, stride: stride) }
}

/// `dragon_result_mask_float` of the header.
@_cdecl("dragon_result_mask_float")
public func dragonResultMaskFloat(_ result: OpaquePointer?, _ pixels: UnsafeMutablePointer<Float>?, _ stride: Int64) -> dragon_status {
    on(result) { try $0.copyMask(to: pixels, stride: stride) }
}

/// `dragon_result_extent` of the header.
@_cdecl("dragon_result_extent")
public func dragonResultExtent(_ result: OpaquePointer?, _ pixels: UnsafeMutablePointer<UInt8>?, _ stride: Int64) -> dragon_status {
    on(result) { try $0.copyExtent(to: pixels, stride: stride) }
}

/// `dragon_result_part` of the header.
@_cdecl("dragon_result_part")
public func dragonResultPart(
    _ result: OpaquePointer?, _ part: dragon_part, _ layer: UnsafeMutablePointer<OpaquePointer?>?
) -> dragon_status {
    clear(layer)
    return on(result) { result in
        _ = try present(layer, "the layer")
        if let found = try result.part(part) { try give(found, from: results, to: layer, "the layer") }
    }
}

/// `dragon_result_free` of the header.
@_cdecl("dragon_result_free")
public func dragonResultFree(_ result: OpaquePointer?) { _ = results.remove(result) }

/// Calls `body` on a handle's result.
private func on(_ result: OpaquePointer?, _ body: (EditResult) throws -> Void) -> dragon_status {
    guard let result = results[result] else { return Status.invalidHandle.rawValue }
    return Status.code { try body(result) }
}
