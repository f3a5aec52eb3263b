import DragonImage
import DragonModel
import DragonTensor
import TestSupport
import Testing

@testable import DragonEdit

@Suite("A picture as a prompt")
struct ImagePromptTests {
    private let context = ComputeContext(threads: 2)

    private func expected() throws -> SafetensorsFile { try SafetensorsFile(fixture("variants/adapter/reference.safetensors")) }

    /// The picture that was given to transformers' processor, 8 bits a sample.
    private func source() throws -> PictureSource {
        let (values, shape) = (try expected().integers("picture"), try #require(try expected().entry("picture")).shape)
        let (height, width) = (shape[1], shape[2])
        let planes = (0..<3).map { c in (0..<height * width).map { Float(values[c * height * width + $0]) / 255 } }
        let raster = Raster(width: width, height: height, planes: planes)
        return PictureSource(width: width, height: height) { raster.repeated(to: $0) }
    }

    private func model() throws -> DiffusionModel {
        var additions = ModelAdditions()
        additions.imageAdapter = ImageAdapterSource(path: fixture("variants/adapter/plus.safetensors"))
        return try DiffusionModel(files: ModelFiles(path: fixture("model"), additions: additions), in: context)
    }

    @Test("is cut and brought to the encoder's size as transformers does it")
    func preparation() throws {
        let (found, pixels) = (ImagePromptPicture(try source(), side: 28), try expected().weight("pixels").floats())
        try #require(found.values.count == pixels.count)
        // One of 255 levels, in units of the deviation: at the border Pillow leaves out what is beyond, here it is repeated.
        let level = 1 / 255 / 0.2613 as Float
        let differences = zip(found.values, pixels).map { abs($0 - $1) }
        let worst = differences.max() ?? 0
        print(
            "prepared picture: at most \(worst / level) levels off, on average \(differences.reduce(0, +) / Float(differences.count) / level)"
        )
        #expect(worst <= 1.01 * level && differences.count { $0 > 0.5 * level } < differences.count / 20)
    }

    @Test("is seen in its window of steps, by its scale, and by the generation branch alone", arguments: EditModeName.allCases)
    func window(_ mode: EditModeName) throws {
        let model = try model()
        var parameters = mode.parameters()
        (parameters.steps, parameters.scheduleSteps, parameters.imageSteps, parameters.imageScale) = (5, 5, 2..<4, 1)
        var prompts = model.prompts("a photo")
        let plain = try latents(model, mode, parameters, prompts)
        prompts.image = try model.imagePromptPicture(source())
        let shown = try latents(model, mode, parameters, prompts)
        #expect(shown["zT"] == plain["zT"] && shown["z.1"] == plain["z.1"])
        for step in 2...4 { #expect(shown["z.\(step)"] != plain["z.\(step)"]) }
        parameters.imageScale = 0
        #expect(try latents(model, mode, parameters, prompts)["z.4"] == plain["z.4"])
    }

    private func latents(
        _ model: DiffusionModel, _ mode: EditModeName, _ parameters: EditParameters, _ prompts: EditPrompts
    ) throws -> [String: [Float]] {
        var options = EditOptions()
        let trace = EditTrace()
        options.trace = trace
        let request = EditRequest(source: .picture(Samples.picture()), edit: Samples.edit(mode), parameters: parameters)
        _ = try model.edit(request, model.conditioning(prompts, in: context), options: options, in: context)
        return Dictionary(trace.tensors.map { ($0.name, $0.values) }) { first, _ in first }
    }

    @Test("takes DiffEditor's window and scale in an edit of the published kind, all of it where a picture is painted in")
    func defaults() throws {
        let published = EditModeName.move.parameters()
        #expect(published.imageScale == 0.1)
        let seen = (0..<50).filter { PublishedSchedule(published).showsImage($0, in: published.imageSteps) }
        #expect(seen == Array(10..<20))
        var (defaults, overrides) = (ModelDefaults(), EditOverrides())
        (defaults.isInpainting, overrides.preset) = (true, .instant)
        let instant = try EditSettings(.move, overrides, defaults: defaults, side: 512).parameters
        #expect(instant.imageScale == 1)
        #expect((0..<instant.steps).allSatisfy { PublishedSchedule(instant).showsImage($0, in: instant.imageSteps) })
        overrides.imageScale = 11
        #expect(throws: EditError.self) { try overrides.validate() }
    }

    @Test("a model without an adapter says what is missing")
    func noAdapter() throws {
        #expect(throws: EditError.needsAdapter) { try Samples.model().imagePromptPicture(source()) }
    }
}
