import DragonEdit
import DragonImage
import DragonModel

@testable import DragonPhoto

extension PhotoEdit {
    /// An edit with published numbers, on a window of 64 pixels.
    init(_ photo: PictureSource, _ mode: any EditMode) throws {
        self.init(photo: photo, mode: mode, settings: try EditSettings(mode.name, defaults: ModelDefaults(), side: 64))
    }

    /// A photo after an edit of its own pixels alone, what is vacated filled with texture.
    static func withoutNetwork(_ photo: PictureSource, _ mode: any EditMode) throws -> Raster {
        let settings = try EditSettings(mode.name, EditOverrides(), defaults: ModelDefaults(), side: 256)
        let canvas = try PhotoEdit(photo: photo, mode: mode, settings: settings).canvas(filling: .texture(seed: 0))
        return Assembler(grid: canvas.grid, composition: try mode.compose(canvas)).layer(nil, photo: photo).laid(over: photo).colours
    }
}

extension PictureSource {
    /// A square picture by what each pixel shows in each plane; pixels may lie beyond it.
    init(side: Int, colour: @escaping @Sendable (_ x: Int, _ y: Int, _ plane: Int) -> Float) {
        self.init(width: side, height: side) { box in
            Raster(
                width: box.width, height: box.height,
                planes: (0..<3).map { p in
                    (0..<box.width * box.height).map { colour(box.x + $0 % box.width, box.y + $0 / box.width, p) }
                })
        }
    }
}

/// Whether no value is infinite or not a number.
func areFinite(_ values: [Float]) -> Bool { !values.contains { !$0.isFinite } }
