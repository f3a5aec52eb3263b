import CDragon
import DragonEdit
import DragonModel

extension EditResult {
    private static let mostPixels = 16_000_000
    /// No model is asked: the window plays no part in a preview.
    private static let side = 512

    /// What a request's edit intends, without a network: the whole picture as it would look, and where it changed.
    convenience init(previewing pointer: UnsafePointer<dragon_request>?) throws {
        let request = try Request(pointer, defaults: ModelDefaults(), side: Self.side)
        let photo = request.edit.photo
        guard photo.width * photo.height <= Self.mostPixels else {
            throw Failure.badInput("a preview of \(photo.width)×\(photo.height) is too large: give at most \(Self.mostPixels / 1_000_000) megapixels")
        }
        self.init(try request.edit.preview().laid(over: photo))
    }
}
