public import CDragon

let selectors = HandleTable<Selector>()

/// `dragon_selector_create` of the header.
@_cdecl("dragon_selector_create")
public func dragonSelectorCreate(
    _ picture: UnsafePointer<dragon_picture>?, _ selector: UnsafeMutablePointer<OpaquePointer?>?
) -> dragon_status {
    clear(selector)
    return Status.code {
        let picture = UnsafeRawPointer(try present(picture, "the picture")).loadUnaligned(as: dragon_picture.self)
        let made = Selector()
        try give(made, from: selectors, to: selector, "the selector")
        let status = made.messages.call { try made.take(picture) }
        if status != 0 { throw Failure(status: Status(rawValue: status) ?? .badInput, description: made.messages.last) }
    }
}

/// `dragon_selector_attend` of the header.
@_cdecl("dragon_selector_attend")
public func dragonSelectorAttend(
    _ selector: OpaquePointer?, _ model: OpaquePointer?, _ progress: dragon_progress_callback?, _ userData: UnsafeMutableRawPointer?
) -> dragon_status {
    guard let selector = selectors[selector], let model = models[model] else { return Status.invalidHandle.rawValue }
    return selector.messages.call { try selector.attend(by: model, ProgressReport(progress, userData).job()) }
}

/// `dragon_selector_find` of the header.
@_cdecl("dragon_selector_find")
public func dragonSelectorFind(
    _ selector: OpaquePointer?, _ hint: UnsafePointer<dragon_hint>?, _ pixels: UnsafeMutablePointer<UInt8>?, _ stride: Int64
) -> dragon_status {
    guard let selector = selectors[selector] else { return Status.invalidHandle.rawValue }
    return selector.messages.call { try selector.find(hint, into: pixels, stride: stride) }
}

/// `dragon_selector_find_held` of the header.
@_cdecl("dragon_selector_find_held")
public func dragonSelectorFindHeld(
    _ selector: OpaquePointer?, _ hint: UnsafePointer<dragon_hint>?, _ found: UnsafeMutablePointer<Int32>?,
    _ pixels: UnsafeMutablePointer<UInt8>?, _ stride: Int64
) -> dragon_status {
    guard let selector = selectors[selector] else { return Status.invalidHandle.rawValue }
    return selector.messages.call { try selector.findHeld(hint, found, into: pixels, stride: stride) }
}

/// `dragon_selector_find_shadow` of the header.
@_cdecl("dragon_selector_find_shadow")
public func dragonSelectorFindShadow(
    _ selector: OpaquePointer?, _ object: UnsafePointer<dragon_mask>?, _ found: UnsafeMutablePointer<Int32>?,
    _ pixels: UnsafeMutablePointer<UInt8>?, _ stride: Int64
) -> dragon_status {
    guard let selector = selectors[selector] else { return Status.invalidHandle.rawValue }
    return selector.messages.call { try selector.findShadow(of: object, found, into: pixels, stride: stride) }
}

/// `dragon_selector_message` of the header.
@_cdecl("dragon_selector_message")
public func dragonSelectorMessage(_ selector: OpaquePointer?, _ buffer: UnsafeMutablePointer<CChar>?, _ size: Int) -> Int {
    copy(selectors[selector]?.messages.last ?? "", to: buffer, size)
}

/// `dragon_selector_free` of the header.
@_cdecl("dragon_selector_free")
public func dragonSelectorFree(_ selector: OpaquePointer?) { _ = selectors.remove(selector) }
