import DragonEdit
import DragonImage
import DragonModel
import DragonTensor
import TestSupport
import Testing

@testable import DragonPhoto

@Suite("An object leaves the frames of an animation without a flicker")
struct FrameTests {
    private let width = 200
    private let height = 140
    private let count = 12
    private let context = ComputeContext(threads: 2)

    /// A scene with edges, a slope and texture.
    private func scene(_ p: Int, _ x: Int, _ y: Int) -> Float {
        let texture = 0.12 * Float((x * 7 + y * 3) % 29) / 29
        let squares: Float = (x / 16 + y / 12) % 2 == 0 ? 0.1 : 0
        return 0.3 + 0.05 * Float(p) + texture + squares + 0.001 * Float(x)
    }

    /// A frame's true ground, with its own grain of two 255ths, by a camera that is so far to the right.
    private func ground(_ frame: Int, camera: Int = 0, light: Float = 0) -> Raster {
        let noise = GaussianNoise(seed: UInt64(frame + 1), stream: 2).floats(3 * width * height)
        return Raster(
            width: width, height: height,
            planes: (0..<3).map { p in
                (0..<width * height).map { at in
                    scene(p, at % width + camera, at / width) + light + 2.0 / 255 * noise[p * width * height + at]
                }
            })
    }

    private func disc(_ x: Int, _ y: Int, radius: Int) -> Mask {
        Mask(
            height: height, width: width,
            cells: (0..<width * height).map { at in
                let (dx, dy) = (at % width - x, at / width - y)
                return dx * dx + dy * dy <= radius * radius
            })
    }

    /// A frame with a red disc on its ground.
    private func frame(_ ground: Raster, _ object: Mask) -> Frame {
        let shown = ground.map { p, at in object.cells[at] ? [0.9, 0.1, 0.1][p] : ground.planes[p][at] }
        return Frame(photo: PictureSource(width: width, height: height) { shown.repeated(to: $0) }, object: object)
    }

    /// Frames without their object.
    private func cleared(_ frames: [Frame], seed: UInt64 = 0) throws -> (frames: [Raster], gaps: Int) {
        let removal = try FrameRemoval(frames, in: context)
        let files = try ModelFiles(path: fixture("model"))
        let model = try DiffusionModel(files: files, in: context)
        var overrides = EditOverrides()
        overrides.seed = seed
        let settings = try EditSettings(.remove, overrides, defaults: files.defaults, side: 64)
        let fills = try removal.gaps.map { try $0.edit(settings).run(model, prompts: model.prompts(""), in: context) }
        return (zip(removal.layers(fills), frames).map { $0.laid(over: $1.photo).colours }, removal.gaps.count)
    }

    /// The mean difference of two pictures at places, in 255ths.
    private func difference(_ a: Raster, _ b: Raster, at places: [Int]) -> Float {
        var sum: Float = 0
        for p in 0..<3 {
            for at in places { sum += abs(a.planes[p][at] - b.planes[p][at]) }
        }
        return 255 * sum / Float(3 * places.count)
    }

    /// Checks that neighbouring frames differ in the hole by no more than the true ground's, and half a 255th.
    private func expectNoFlicker(_ found: [Raster], _ grounds: [Raster], _ objects: [Mask]) {
        var worst = -Float.infinity
        for index in 1..<found.count {
            let hole = (objects[index - 1] | objects[index]).indices
            let (own, real) = (
                difference(found[index - 1], found[index], at: hole), difference(grounds[index - 1], grounds[index], at: hole)
            )
            #expect(own <= real + 0.5, "frame \(index): \(own), the ground's \(real)")
            worst = max(worst, own - real)
        }
        print("differences of neighbouring frames exceed the ground's by at most \(worst) of 255")
    }

    @Test("what other frames show is taken from them, also where the light changes", arguments: [0, 0.02])
    func moving(_ flicker: Float) throws {
        let lights = (0..<count).map { flicker * Float($0 % 3 - 1) }
        let grounds = (0..<count).map { ground($0, light: lights[$0]) }
        let objects = (0..<count).map { disc(50 + 8 * $0, 70, radius: 18) }
        let (found, gaps) = try cleared(zip(grounds, objects).map { frame($0, $1) })
        #expect(gaps == 0)
        expectNoFlicker(found, grounds, objects)
        for (index, frame) in found.enumerated() {
            // Two grains of σ = 2 differ by 2 · 2 / √π on average.
            let error = difference(frame, grounds[index], at: objects[index].indices)
            #expect(error < 2.5, "frame \(index): \(error)")
            let far = (!disc(50 + 8 * index, 70, radius: 23)).indices
            #expect(difference(frame, grounds[index], at: far) == 0)
        }
    }

    @Test("what no frame shows is filled once, and the same in all", arguments: [UInt64(0), 5])
    func hidden(_ seed: UInt64) throws {
        let grounds = (0..<count).map { ground($0) }
        let objects = (0..<count).map { disc(90 + 2 * $0, 70, radius: 24) }
        let (found, gaps) = try cleared(zip(grounds, objects).map { frame($0, $1) }, seed: seed)
        #expect(gaps == 1)
        expectNoFlicker(found, grounds, objects)
        for frame in found { #expect(difference(frame, grounds[0], at: objects[0].indices) < 40) }
        let middle = [70 * width + 101]
        for frame in found { #expect(difference(frame, found[0], at: middle) < 0.5) }
    }

    @Test("where the camera moves, nothing is taken from the frames before")
    func cut() throws {
        let grounds = (0..<8).map { ground($0, camera: $0 < 4 ? 0 : 5) }
        let objects = (0..<8).map { disc(60 + 10 * $0, 70, radius: 14) }
        let (found, gaps) = try cleared(zip(grounds, objects).map { frame($0, $1) })
        #expect(gaps <= 2)
        for (index, frame) in found.enumerated() {
            // Taken from the other side of the cut, the ground would be off by some 15.
            let known = objects.enumerated().filter { $0.offset / 4 == index / 4 }.map(\.element)
            let shown = (0..<width * height).filter { at in objects[index].cells[at] && known.contains { !$0.cells[at] } }
            #expect(difference(frame, grounds[index], at: shown) < 4, "frame \(index)")
        }
    }

    @Test("frames and masks that do not fit together are refused")
    func wrong() throws {
        let ground = ground(0)
        let none = Mask(height: height, width: width)
        let other = Frame(photo: PictureSource(width: 8, height: 8) { ground.repeated(to: $0) }, object: Mask(height: 8, width: 8))
        for frames in [
            [], [frame(ground, none)], [frame(ground, disc(50, 50, radius: 5)), other],
            [Frame(photo: frame(ground, none).photo, object: Mask(height: 8, width: 8))],
        ] {
            #expect(throws: EditError.self) { try FrameRemoval(frames, in: context) }
        }
        // One frame without the object is as good as any.
        let (found, gaps) = try cleared([frame(ground, disc(50, 50, radius: 9)), frame(ground, none)])
        #expect(gaps == 0 && difference(found[0], ground, at: disc(50, 50, radius: 9).indices) < 1e-3)
    }
}
