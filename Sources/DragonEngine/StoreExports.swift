public import CDragon
import DragonStore

@_cdecl("dragon_model_add")
public func dragonModelAdd(
    _ source: UnsafePointer<CChar>?, _ progress: dragon_progress_callback?, _ userData: UnsafeMutableRawPointer?,
    _ path: UnsafeMutablePointer<CChar>?, _ pathSize: Int, _ message: UnsafeMutablePointer<CChar>?, _ messageSize: Int
) -> dragon_status {
    let (status, words) = Status.of {
        guard let source = try text(source, "the source") else { throw Failure.badInput("the source is NULL") }
        throw StoreError.lacking("adding \(source) is not built yet")
    }
    if status != .ok { copy("", to: path, pathSize) }
    copy(words, to: message, messageSize)
    return status.rawValue
}
