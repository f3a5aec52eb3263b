import DragonImage
import DragonModel
import DragonTensor
import Synchronization
import TestSupport
import Testing

@testable import DragonEdit

@Suite("A latent can be looked at while it is sampled")
struct LatentPreviewTests {
    @Test("a latent that is linear in the colours is shown in those colours")
    func latentPreview() {
        let picture = Samples.picture(64, 64)
        var latent = LatentGrid(channels: 4, height: 64, width: 64, values: [Float](repeating: 0, count: 4 * 4096))
        for i in 0..<4096 {
            let colours = (0..<3).map { picture.values[$0 * 4096 + i] }
            latent.values[i] = colours[0] + 2 * colours[1]
            latent.values[4096 + i] = colours[1] - colours[2] + 0.3
            latent.values[2 * 4096 + i] = 3 * colours[2]
        }
        let shown = LatentPreview(latent: latent, picture: picture).picture(of: latent)
        for c in 0..<3 {
            let wanted = picture.values[c * 4096..<(c + 1) * 4096].map { ($0 + 1) / 2 }
            #expect(difference((0..<4096).map { Float(shown.bytes[4 * $0 + c]) / 255 }, wanted) < 0.01)
        }
    }

    private func model(tiny: String?) throws -> DiffusionModel {
        var additions = ModelAdditions()
        (additions.tinyAutoencoder, additions.solver) = (tiny, .trailing)
        return try DiffusionModel(files: ModelFiles(path: fixture("model"), additions: additions), in: ComputeContext(threads: 2))
    }

    /// Against diffusers' AutoencoderTiny (Tests/Peers/make_variants.py).
    @Test("with a tiny autoencoder it is shown as that one's decoder has it")
    func tinyDecoder() throws {
        let context = ComputeContext(threads: 2)
        let expected = try SafetensorsFile(fixture("variants/tiny/reference.safetensors"))
        let latent = try expected.weight("latent")
        let model = try model(tiny: fixture("variants/tiny"))
        let preview = SamplingPreview(model, in: context) { fatalError("a linear map is not asked for") }
        let first = try Tensor(latent.floats(), shape: latent.shape, in: context).items(0..<1, in: context)
        let shown = try #require(preview.picture(of: first))
        let decoded = try expected.weight("decoded")
        #expect([shown.height, shown.width] == Array(decoded.shape[2...]))
        let (values, area) = (decoded.floats(), shown.height * shown.width)
        for at in 0..<area {
            for c in 0..<3 {
                let wanted = (min(max(values[c * area + at], -1), 1) + 1) / 2 * 255
                #expect(abs(Float(shown.bytes[4 * at + c]) - wanted) < 0.51)
            }
            #expect(shown.bytes[4 * at + 3] == 255)
        }
    }

    @Test("a decoder of the model's own that takes longer than a step is not asked for every step")
    func ownDecoder() throws {
        let model = try DiffusionModel(files: ModelFiles(path: inRepository("Install/model/embedded")), in: ComputeContext(threads: 2))
        #expect(model.quickAutoencoder != nil && model.previewAutoencoder == nil)
    }

    @Test("an edit shows pictures of the window's size with a tiny autoencoder, one pixel a cell without", arguments: [true, false])
    func shownWhileSampling(hasTiny: Bool) throws {
        let sides = Mutex<[Int]>([])
        let job = Job { progress in
            if let preview = progress.preview { sides.withLock { $0.append(preview.width) } }
            return true
        }
        let (model, context) = (try model(tiny: hasTiny ? fixture("variants/tiny") : nil), ComputeContext(job: job, threads: 2))
        var parameters = EditModeName.move.parameters()
        (parameters.method, parameters.guidanceScale, parameters.steps, parameters.firstStep) = (.inpainting, 1, 3, 1)
        let cells = Mask(height: 8, width: 8, cells: (0..<64).map { $0 % 8 > 3 })
        let request = InpaintingRequest(picture: Samples.picture(64, 64), cells: cells, parameters: parameters)
        let conditioning = try model.conditioning(model.prompts(""), in: context)
        var options = EditOptions()
        options.wantsPreviews = true
        _ = try model.inpaint(request, conditioning, options: options, in: context)
        #expect(sides.withLock { $0 } == (hasTiny ? [64, 64] : [8, 8]))
    }
}
