import DragonImage
import DragonModel
import DragonTensor
import TestSupport
import Testing

@testable import DragonEdit

/// Against diffusers' StableDiffusionInpaintPipeline (Tests/Peers/make_variants.py).
@Suite("Places are painted in as diffusers' pipeline does")
struct InpaintingTests {
    private let context = ComputeContext(threads: 2)
    private let expected: SafetensorsFile

    init() throws { expected = try SafetensorsFile(fixture("variants/inpainting/pipeline.safetensors")) }

    private func request(_ parameters: EditParameters) throws -> InpaintingRequest {
        let cells = try expected.weight("mask").floats().map { $0 > 0.5 }
        let picture = WorkingPicture(height: 128, width: 128, values: try expected.weight("picture").floats())
        return InpaintingRequest(picture: picture, cells: Mask(height: 16, width: 16, cells: cells), parameters: parameters)
    }

    private var parameters: EditParameters {
        var parameters = EditModeName.move.parameters()
        (parameters.method, parameters.guidanceScale, parameters.steps, parameters.firstStep) = (.inpainting, 1, 4, 1)
        return parameters
    }

    private func conditioning() throws -> EditConditioning {
        let values = try expected.weight("context").floats()
        let turned = (0..<values.count).map { values[$0 % 77 * 32 + $0 / 77] }
        let text = Conditioning(text: try Tensor(turned, shape: [1, 32, 77], in: context))
        return EditConditioning(base: text, empty: text, reference: text)
    }

    private func model(_ kind: String, _ solver: ScheduleConfiguration.SolverName) throws -> DiffusionModel {
        var additions = ModelAdditions()
        additions.solver = solver
        let variant = try VariantModel(unet: "inpainting")
        let path = kind == "plain" ? fixture("model") : variant.path
        return try withExtendedLifetime(variant) {
            try DiffusionModel(files: ModelFiles(path: path, additions: additions), in: context)
        }
    }

    @Test(arguments: ["inpainting", "plain"], [ScheduleConfiguration.SolverName.lcm, .trailing])
    func asThePipeline(_ kind: String, _ solver: ScheduleConfiguration.SolverName) throws {
        let (model, trace) = (try model(kind, solver), EditTrace())
        var options = EditOptions()
        options.trace = trace
        let noise = try [0, 2, 3].map { (number: $0, values: try expected.weight("noise.\($0)").floats()) }
        options.noise = { stream, _ in noise.first { $0.number == stream }?.values ?? [] }
        let found = try model.inpaint(request(parameters), conditioning(), options: options, in: context)
        #expect(found.result.shape == [1, 3, 128, 128] && found.reconstruction.shape == found.result.shape)
        let latent = try #require(trace.tensors.last { $0.name == "z.3" }).values
        let values = try expected.weight("\(kind).\(solver.rawValue)").floats()
        let largest = values.reduce(0) { max($0, abs($1)) }
        let worst = zip(latent, values).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
        print("painting by \(kind), \(solver): \(worst / largest) of the largest value")
        #expect(latent.count == values.count && worst / largest < 1e-4)
    }

    @Test("what stays is the picture's own latent, bit for bit", arguments: [ScheduleConfiguration.SolverName.lcm, .trailing])
    func whatStays(_ solver: ScheduleConfiguration.SolverName) throws {
        let (model, trace, request) = (try model("plain", solver), EditTrace(), try request(parameters))
        var options = EditOptions()
        options.trace = trace
        _ = try model.inpaint(request, conditioning(), options: options, in: context)
        let last = try #require(trace.tensors.last { $0.name == "z.3" }).values
        let own = try #require(trace.tensors.first { $0.name == "z0" }).values
        var changed = 0
        for at in last.indices {
            let isMade = request.cells.cells[at % 256]
            if isMade { changed += last[at] == own[at] ? 0 : 1 } else { #expect(last[at] == own[at]) }
        }
        #expect(changed > 350)
    }

    @Test("same seed, same bits; another seed, another picture; Ctrl-C stops it")
    func seeds() throws {
        let model = try model("inpainting", .lcm)
        func run(_ seed: UInt64, _ context: ComputeContext) throws -> [Float] {
            var parameters = parameters
            parameters.seed = seed
            return try model.inpaint(request(parameters), conditioning(), in: context).result.values
        }
        let first = try run(1, context)
        #expect(try run(1, ComputeContext(threads: 1)) == first)
        #expect(try run(2, context) != first)
        let job = Job()
        job.cancel()
        #expect(throws: CancellationError.self) { _ = try run(1, ComputeContext(job: job, threads: 1)) }
    }

    // MARK: Settings

    private func settings(
        _ preset: EditPreset, _ mode: EditModeName = .move, steps: Int? = nil, _ change: (inout ModelDefaults) -> Void
    ) throws -> EditParameters {
        var (defaults, overrides) = (ModelDefaults(), EditOverrides())
        change(&defaults)
        (overrides.preset, overrides.steps) = (preset, steps)
        return try EditSettings(mode, overrides, defaults: defaults, side: 64).parameters
    }

    @Test("instant is for models for inpainting or for few steps, and says so")
    func instant() throws {
        #expect(throws: EditError.needsInpainting) { try settings(.instant) { _ in } }
        #expect(EditError.needsInpainting.description.contains("stable-diffusion-inpainting"))
        let few = try settings(.instant) { $0.fewSteps = 4 }
        #expect(few.method == .inpainting && few.steps == 4 && few.firstStep == 1 && few.guidanceScale == 1 && few.guidedSteps == 0)
        let inpainting = try settings(.instant) { $0.isInpainting = true }
        #expect(inpainting.method == .inpainting && inpainting.steps == 8 && inpainting.firstStep == 0)
        let looks = try settings(.instant, .appearance) { ($0.isInpainting, $0.fewSteps) = (true, 4) }
        #expect(looks.steps == 4 && looks.firstStep == 2)
        #expect(try settings(.instant, steps: 2) { $0.fewSteps = 4 }.steps == 2)
    }

    @Test("a model for inpainting paints with every preset, others invert")
    func presets() throws {
        let exact = try settings(.exact) { $0.isInpainting = true }
        #expect(exact.method == .inpainting && exact.steps == 50 && exact.firstStep == 0 && exact.guidanceScale == 4)
        #expect(try settings(.fast) { $0.isInpainting = true }.steps == 20)
        #expect(try settings(.exact) { $0.fewSteps = 4 }.method == .inversion)
    }
}
