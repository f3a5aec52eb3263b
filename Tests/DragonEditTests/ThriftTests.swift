import DragonImage
import DragonModel
import DragonTensor
import Testing

@testable import DragonEdit

@Suite("Nothing is computed twice, and fast leaves out what changes the picture least")
struct ThriftTests {
    private let context = ComputeContext(threads: 2)

    private func noise(_ shape: [Int], seed: UInt64) throws -> Tensor {
        try Tensor(GaussianNoise(seed: seed).floats(shape.reduce(1, *)), shape: shape, in: context)
    }

    private func latent() throws -> Tensor { try noise([1, Samples.model().unet.configuration.inChannels, 8, 8], seed: 1) }

    private func text(_ prompt: String) throws -> Tensor { try Samples.model().embed(prompt, in: context) }

    @Test("a prediction from a guidance pass's encoder part is the prediction", arguments: [Float(1), 4])
    func encoded(_ scale: Float) throws {
        let (model, latent, cat) = (try Samples.model(), try latent(), try text("a cat"))
        let both = scale == 1 ? cat : try Tensor.stacked([text(""), cat], in: context)
        let pass = try model.unet.differentiableFeatures(of: latent, timestep: 481, text: cat, in: context)
        func predict(_ encoded: EncodedLatent?) throws -> [Float] {
            try model.predict(latent, timestep: 481, text: both, guidanceScale: scale, encoded: encoded, in: context).values
        }
        #expect(try difference(predict(pass.encoded), predict(nil)) < 1e-5)
        let other = try model.unet.encoded(noise(latent.shape, seed: 2), timestep: 481, text: cat, in: context)
        #expect(try difference(predict(other), predict(nil)) > 1e-2, "it is what the prediction is made from")
    }

    @Test("a prediction's features are those of a pass of their own, and it is no other for them")
    func features() throws {
        let (unet, latent, cat) = (try Samples.model().unet, try latent(), try text("a cat"))
        let (predicted, found) = try unet.predictionAndFeatures(latent, timestep: 481, text: cat, in: context)
        #expect(try predicted.values == unet(latent, timestep: 481, text: cat, in: context).values)
        let alone = try unet.features(of: latent, timestep: 481, text: cat, in: context).features
        #expect(found.map(\.values) == alone.map(\.values) && found.count == 2)
    }

    @Test("of 50 steps fast runs the last 12 of 20, and follows energies and prompt where they decide")
    func schedule() throws {
        let fast = try settings(.fast) { _ in }
        #expect((fast.steps, fast.firstStep, fast.isThrifty, fast.guidanceScale) == (20, 8, true, 4))
        let schedule = PublishedSchedule(fast)
        #expect((0..<20).filter(schedule.guides) == [0, 1, 2, 3, 4, 6, 8, 10] && fast.guidedSteps == 2)
        #expect((0..<20).filter(schedule.keepsFeatures) == (0..<20).filter(schedule.guides))
        #expect((0..<20).filter { schedule.guidanceScale(at: $0) == 4 } == Array(0..<7))
        let exact = try settings(.exact) { _ in }
        #expect(exact == Move.published && !(0..<50).contains(where: PublishedSchedule(exact).keepsFeatures))
        #expect((0..<50).allSatisfy { PublishedSchedule(exact).guidanceScale(at: $0) == 4 })
        #expect(fast.cost(isInpainting: false) < 0.16 * exact.cost(isInpainting: false))
    }

    @Test("fast starts at noise where nothing is prepared, and keeps a guidance scale and a first step that are asked for")
    func asked() throws {
        #expect(try settings(.fast) { $0.usesPlate = false }.firstStep == 0)
        #expect(try settings(.fast) { $0.editsPhoto = false }.firstStep == 0)
        #expect(try settings(.fast) { $0.firstStep = 3 }.firstStep == 3)
        let asked = try settings(.fast) { $0.guidanceScale = 7 }
        #expect((0..<20).allSatisfy { PublishedSchedule(asked).guidanceScale(at: $0) == 7 })
        #expect(try settings(.fast) { $0.guidanceScale = 4 } == settings(.fast) { _ in }, "the model's own, told")
    }

    private func settings(_ preset: EditPreset, _ change: (inout EditOverrides) -> Void) throws -> EditParameters {
        var overrides = EditOverrides()
        overrides.preset = preset
        change(&overrides)
        return try EditSettings(.move, overrides, defaults: ModelDefaults(), side: 512).parameters
    }

    @Test("the features that an inversion kept serve every strength, and any number of threads", arguments: EditModeName.allCases)
    func reused(_ mode: EditModeName) throws {
        let model = try Samples.model()
        var request = Samples.request(Samples.edit(mode))
        request.parameters.isThrifty = true
        (request.parameters.firstStep, request.parameters.energyScale) = (2, 0)
        var options = EditOptions()
        options.isReused = true
        let conditioning = try model.conditioning(model.prompts("a cat"), in: context)
        let inverted = try model.invert(request, conditioning, options: options, in: context)
        var pictures: [[Float]] = []
        for scale in [Float(0), 300] {
            request.parameters.energyScale = scale
            pictures.append(try Samples.edit(request, threads: 1))
            #expect(
                try inverted.serves(request.parameters)
                    && inverted.sample(request, conditioning, options: options, in: context).values == pictures.last)
        }
        #expect(pictures.allSatisfy(areFinite) && pictures[0] != pictures[1])
        request.parameters.isThrifty = false
        #expect(!inverted.serves(request.parameters))
    }

    @Test("thrift is less work, and the picture stays close", arguments: [EditModeName.move, .drag])
    func work(_ mode: EditModeName) throws {
        var request = Samples.request(Samples.edit(mode), steps: 20)
        (request.parameters.firstStep, request.parameters.energyScale) = (10, 5)
        func run(thrifty: Bool) throws -> (picture: [Float], operations: Double) {
            request.parameters.isThrifty = thrifty
            let (model, context) = (try Samples.model(), ComputeContext(threads: 2))
            let conditioning = try model.conditioning(model.prompts("a cat"), in: context)
            let picture = try model.edit(request, conditioning, in: context).values
            return (picture, Double(context.countedOperations))
        }
        request.parameters.guidanceScale = 1
        let (full, thrifty) = (try run(thrifty: false), try run(thrifty: true))
        #expect(thrifty.operations < 0.95 * full.operations)
        #expect(difference(thrifty.picture, full.picture) < 0.1)
    }
}
