import DragonEdit
import DragonImage
import DragonModel
import DragonTensor
import TestSupport
import Testing

@testable import DragonPhoto

/// A ground, and on it an object that fills its own box, on one colour throughout: whatever is done to it, nothing may show.
private struct Flat {
    let side = 160
    let colour: [Float]
    /// Of the ground in the object's place and out of it; nil where the picture has no alpha.
    var alpha: Float?

    var photo: PictureSource {
        let (colour, alpha) = (colour, alpha)
        return PictureSource(width: side, height: side, hasAlpha: alpha != nil) { box in
            let count = box.width * box.height
            let planes = (colour + [alpha].compactMap { $0 }).map { [Float](repeating: $0, count: count) }
            return Raster(width: box.width, height: box.height, planes: planes)
        }
    }

    func rectangle(_ x: Int, _ y: Int, _ width: Int, _ height: Int) -> Mask {
        Mask(
            height: side, width: side,
            cells: (0..<side * side).map { (x..<x + width).contains($0 % side) && (y..<y + height).contains($0 / side) })
    }

    /// The largest difference of any sample from the colour.
    func worst(_ layer: EditLayer) -> Float {
        let found = layer.laid(over: photo).colours
        let wanted = colour + [alpha].compactMap { $0 }
        return zip(found.planes, wanted).reduce(0) { worst, pair in pair.0.reduce(worst) { max($0, abs($1 - pair.1)) } }
    }
}

@Suite("A flat object on the same flat ground leaves no rim, wherever it goes", .serialized)
struct RimTests {
    private static let colours: [[Float]] = [[0.94, 0.94, 0.94], [0.1, 0.5, 0.8], [2.5, 1.2, -0.2]]
    private static let places = [(48, 48), (0, 48), (120, 120), (0, 0)]

    private func modes(_ flat: Flat, _ x: Int, _ y: Int) -> [any EditMode] {
        let object = flat.rectangle(x, y, 40, 40)
        let inwards = Point(x: x < 60 ? 50 : -50, y: y < 60 ? 31 : -31)
        return [
            Move(object: object, by: inwards), Move(object: object, by: Point(x: inwards.x + 0.5, y: inwards.y)),
            Move(object: object, by: inwards, resize: 1.3), Move(object: object, by: .zero, resize: 0.6),
            Move(object: object, by: Point(x: x == 0 ? -25 : 25, y: 12)), Paste(object: object, reference: flat.photo, offset: inwards),
            Paste(object: object, reference: flat.photo, offset: inwards, resize: 0.7),
            Move(object: object, by: inwards, turn: Turn(degrees: 30)),
            Move(object: object, by: .zero, resize: 1.2, turn: Turn(degrees: 90)),
            Paste(object: object, reference: flat.photo, offset: inwards, resize: 0.8, turn: Turn(degrees: -70, isMirrored: true)),
        ]
    }

    @Test(
        "before any network: in the middle, at borders, in every colour, with alpha", arguments: Array(places.enumerated()).map(\.offset),
        [nil, Float(0.5)])
    func preview(_ index: Int, _ alpha: Float?) throws {
        let (place, flat) = (Self.places[index], Flat(colour: Self.colours[index % 3], alpha: alpha))
        for (number, mode) in modes(flat, place.0, place.1).enumerated() {
            var edit = try PhotoEdit(flat.photo, mode)
            edit.settings.margins.soften = number % 2 == 0 ? 0 : 4
            let worst = flat.worst(try edit.preview())
            // Where half transparent pixels are laid over others, more of them is opaque.
            #expect(worst <= (alpha == nil ? 1.0 / 255 : 0.5), "\(mode.name) at \(place): \(worst)")
        }
    }

    @Test("through the network", arguments: [(48, 48), (0, 0)])
    func edited(_ place: (Int, Int)) throws {
        let files = try ModelFiles(path: inRepository("Install/model/embedded"))
        let context = ComputeContext(threads: 2)
        let (model, flat) = (try DiffusionModel(files: files, in: context), Flat(colour: [0.94, 0.94, 0.94]))
        for mode in modes(flat, place.0, place.1).enumerated().filter({ [0, 2, 5].contains($0.offset) }).map(\.element) {
            let settings = try EditSettings(mode.name, defaults: files.defaults, side: files.workingSide)
            let layer = try PhotoEdit(photo: flat.photo, mode: mode, settings: settings)
                .run(model, prompts: model.prompts(""), in: context)
            #expect(flat.worst(layer) <= 1.0 / 255, "\(mode.name) at \(place)")
        }
    }

    @Test("a softened edge fades inwards over its width, and stays within the object")
    func softened() throws {
        let side = 120
        let black = PictureSource(width: side, height: side) { box in
            Raster(
                width: box.width, height: box.height,
                planes: (0..<3).map { _ in
                    (0..<box.width * box.height).map { i in
                        let (x, y) = (i % box.width + box.x, i / box.width + box.y)
                        return (10..<50).contains(x) && (10..<50).contains(y) ? 1 : 0
                    }
                })
        }
        let object = Mask(
            height: side, width: side, cells: (0..<side * side).map { (10..<50).contains($0 % side) && (10..<50).contains($0 / side) })
        var edit = try PhotoEdit(black, Move(object: object, by: Point(x: 60, y: 60)))
        edit.settings.margins.soften = 8
        let row = try edit.preview().laid(over: black).colours.planes[0][90 * side..<91 * side]
        let edge = Array(row)[66..<82]
        #expect(zip(edge, edge.dropFirst()).allSatisfy { $0 <= $1 } && edge.first == 0 && (edge.last ?? 0) > 0.99)
        #expect((0.3...0.7).contains(Array(row)[73]))
    }
}
