public import CDragon
import DragonModel

// Exports of the header's first section: the library itself.

/// `dragon_abi_version` of the header.
@_cdecl("dragon_abi_version")
public func dragonABIVersion() -> UInt32 { UInt32(DRAGON_ABI_VERSION) }

/// `dragon_version` of the header.
@_cdecl("dragon_version")
public func dragonVersion() -> UnsafePointer<CChar>? { pointer(to: engineVersion) }

/// `dragon_status_text` of the header.
@_cdecl("dragon_status_text")
public func dragonStatusText(_ status: dragon_status) -> UnsafePointer<CChar>? {
    pointer(to: Status(rawValue: status)?.text ?? "an unknown status")
}

/// A literal's bytes, which end with a zero and live as long as the program.
private func pointer(to text: StaticString) -> UnsafePointer<CChar>? {
    text.hasPointerRepresentation ? UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self) : nil
}
