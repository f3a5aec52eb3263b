import CDragon
import DragonEdit
import DragonModel

extension EditResult {
    /// What a request's edit intends, without a network.
    convenience init(previewing pointer: UnsafePointer<dragon_request>?) throws {
        _ = try Request(pointer, defaults: ModelDefaults(), side: 512)
        throw Failure.badInput("previews are not built yet")
    }
}
