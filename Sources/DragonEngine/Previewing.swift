import CDragon
import DragonEdit
import DragonModel
import DragonPhoto

extension EditResult {
    /// What a request's edit intends, without a network: the whole picture as it would look, and where it changed.
    convenience init(previewing pointer: UnsafePointer<dragon_request>?) throws {
        // No model is asked: its numbers play no part in a preview.
        let request = try Request(pointer, defaults: ModelDefaults(), side: Limits.sideMultiple, isPreview: true)
        let photo = request.edit.photo
        guard photo.width * photo.height <= Limits.mostPreviewPixels else {
            let most = Limits.mostPreviewPixels / 1_000_000
            throw Failure.badInput("a preview of \(photo.size) is too large: give at most \(most) megapixels")
        }
        self.init(try request.edit.preview().laid(over: photo))
    }
}
