import DragonImage
import DragonModel
import DragonPhoto
import DragonSelect
import DragonTensor
import TestSupport
import Testing

@Suite("A network looks at a picture in which objects are found")
struct PhotoAttentionTests {
    /// A red square in a noisy picture.
    private func picture(_ width: Int, _ height: Int) -> PictureSource {
        var random = Numbers(seed: 4)
        let isObject = { (at: Int) in abs(at % width * 2 - width) < height && abs(at / width * 4 - height * 2) < height }
        let planes = (0..<3).map { c in
            (0..<width * height).map { at in (isObject(at) ? [0.8, 0.2, 0.2][c] : 0.5) + 0.03 * random.uniform() }
        }
        let raster = Raster(width: width, height: height, planes: planes)
        return PictureSource(width: width, height: height) { raster.repeated(to: $0) }
    }

    private func model(_ job: Job = Job()) throws -> (DiffusionModel, ComputeContext) {
        let context = ComputeContext(threads: 2)
        return (try DiffusionModel(files: ModelFiles(path: fixture("model")), in: context), ComputeContext(context, job: job))
    }

    @Test("of any shape and size; what it sees overrules no plain colours", arguments: [(300, 220), (700, 90), (40, 130), (3, 2), (1, 1)])
    func shapes(_ width: Int, _ height: Int) throws {
        let (model, context) = try model()
        let finder = ObjectFinder(picture(width, height))
        let hint = ObjectHint(inside: [Point(x: Double(width) / 2, y: Double(height) / 2)])
        let without = try? finder.object(for: hint).mask
        try finder.attend(by: model, side: 128, in: context)
        let with = try? finder.object(for: hint).mask
        #expect((without == nil) == (with == nil))
        guard let without, let with else { return }
        #expect(Double((with & without).count) > 0.97 * Double((with | without).count))
    }

    @Test("once it is cancelled nothing was seen")
    func cancelled() throws {
        let job = Job { $0.phase != .sample }
        let (model, context) = try model(job)
        let finder = ObjectFinder(picture(200, 150))
        let hint = ObjectHint(inside: [Point(x: 100, y: 75)])
        let without = try finder.object(for: hint).mask
        #expect(throws: CancellationError.self) { try finder.attend(by: model, side: 128, in: context) }
        #expect(try finder.object(for: hint).mask == without)
    }
}
