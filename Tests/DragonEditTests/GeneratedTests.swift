import DragonImage
import DragonModel
import DragonTensor
import Testing

@testable import DragonEdit

@Suite("Generated pictures are edited along their own trajectory")
struct GeneratedTests {
    private func generation(steps: Int, guidance: Float) -> GenerationRequest {
        GenerationRequest(prompt: "a cat", steps: steps, guidanceScale: guidance, seed: 4, width: 64, height: 64)
    }

    /// An edit that pulls nothing: landmarks start from the noise itself, and an energy scale of 0 follows no energy.
    private func idle(steps: Int, guidance: Float) throws -> EditRequest {
        var request = Samples.request(Samples.edit(.landmark), source: .generated(generation(steps: steps, guidance: guidance)))
        (request.parameters.energyScale, request.parameters.guidanceScale) = (0, guidance)
        request.parameters.scheduleSteps = steps
        return request
    }

    private func generated(steps: Int, guidance: Float) throws -> [Float] {
        try Samples.model().generate(generation(steps: steps, guidance: guidance), in: ComputeContext(threads: 2)).values
    }

    @Test("without energy, before the bank is mixed in, the generated picture comes out but for roundings")
    func identical() throws {
        #expect(try difference(Samples.edit(idle(steps: 5, guidance: 7.5)), generated(steps: 5, guidance: 7.5)) < 1e-5)
    }

    /// With the bank: attending to one's own keys twice is attending to them. (The unconditional half of a guided
    /// prediction attends to the prompt's keys as well, so only guidance 1 can reproduce the picture.)
    @Test("without energy and guidance, the bank changes nothing but roundings")
    func reproduced() throws {
        let expected = try generated(steps: 20, guidance: 1)
        var options = EditOptions()
        options.keepsFullPrecision = true
        #expect(try difference(Samples.edit(idle(steps: 20, guidance: 1), options), expected) < 1e-4)
        #expect(try difference(Samples.edit(idle(steps: 20, guidance: 1)), expected) < 2e-3)
    }

    @Test("every mode edits a generated picture, whose latents are the sampled ones", arguments: EditModeName.allCases)
    func everyMode(_ mode: EditModeName) throws {
        let trace = EditTrace()
        var options = EditOptions()
        options.trace = trace
        let listener = Listener()
        let source = EditRequest.Source.generated(generation(steps: 6, guidance: 7.5))
        let found = try Samples.edit(
            Samples.request(Samples.edit(mode), source: source, algorithm: .diffeditor), options, job: listener.job)
        #expect(found.count == 3 * 64 * 64 && areFinite(found))
        let phases = Set(listener.told.map(\.phase))
        let context = ComputeContext(threads: 2)
        let latent = try Samples.model().sample(generation(steps: 6, guidance: 7.5), in: context).values
        let noise = GaussianNoise(seed: 4).floats(latent.count)
        let recorded = { (name: String) in trace.tensors.first { $0.name == name }.map { Array($0.values.prefix(latent.count)) } }
        #expect(recorded("z0") == latent && recorded("zT") == noise)
        #expect(phases.contains(.generate) && phases.contains(.invert) == (mode == .appearance || mode == .paste))
        // The request's own number of steps gives way to the generation's.
        #expect(recorded("z.5") != nil && recorded("z.6") == nil)
    }

    @Test("a recomputed bank of a generated picture agrees with the kept one", arguments: EditModeName.allCases)
    func recomputed(_ mode: EditModeName) throws {
        let source = EditRequest.Source.generated(generation(steps: 10, guidance: 7.5))
        let request = Samples.request(Samples.edit(mode), source: source)
        for fullPrecision in [true, false] {
            var options = EditOptions()
            options.keepsFullPrecision = fullPrecision
            let kept = try Samples.edit(request, options)
            options.memoryLimit = EditMemory(request, try Samples.model(), keepsFullPrecision: fullPrecision).work
            // Kept, the prompt's half of a batch of two; recomputed, alone: sums may be cut differently.
            #expect(try difference(Samples.edit(request, options), kept) < (fullPrecision ? 1e-4 : 1e-3))
        }
    }
}
