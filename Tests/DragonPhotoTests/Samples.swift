import DragonEdit
import DragonImage
import DragonModel

@testable import DragonPhoto

extension PhotoEdit {
    /// An edit with published numbers, on a window of 64 pixels.
    init(_ photo: PictureSource, _ mode: any EditMode) throws {
        self.init(photo: photo, mode: mode, settings: try EditSettings(mode.name, defaults: ModelDefaults(), side: 64))
    }
}

/// Whether no value is infinite or not a number.
func areFinite(_ values: [Float]) -> Bool { !values.contains { !$0.isFinite } }
