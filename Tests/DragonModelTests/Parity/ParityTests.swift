import DragonModel
import DragonTensor
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// A model and what diffusers computed with it (Tests/Peers/make_reference.py): one of the fixtures' small ones, or, where
/// DRAGON_PARITY_MODEL and DRAGON_PARITY_REFERENCE name them, any other.
struct Reference {
    let files: ModelFiles
    let expected: SafetensorsFile
    let context: ComputeContext
    /// Largest error allowed, relative to the largest value: 1e-4 at the fixtures' size, 2e-4 at full size.
    let tolerance: Double

    /// What was computed with a part of a model that stands in no folder of its own.
    init(_ set: InstructionSet, expected path: String) throws {
        files = try ModelFiles(path: fixture("model"))
        expected = try SafetensorsFile(path)
        context = ComputeContext(threads: 2, instructionSet: set)
        tolerance = 1e-4
    }

    /// - Parameter name: of the fixture: `model` is Stable Diffusion 1's kind in single precision, `model-sd2` the second
    ///   generation's in bfloat16.
    init(_ set: InstructionSet = .best, name: String = "model") throws {
        let (model, reference) = (environment("DRAGON_PARITY_MODEL"), environment("DRAGON_PARITY_REFERENCE"))
        files = try ModelFiles(path: model ?? fixture(name))
        expected = try SafetensorsFile(reference ?? fixture("\(name)-reference.safetensors"))
        context = ComputeContext(threads: 2, instructionSet: set)
        tolerance = model == nil ? 1e-4 : 2e-4
    }

    func tensor(_ name: String) throws -> Tensor {
        let weight = try expected.weight(name)
        return try Tensor(weight.floats(), shape: weight.shape, in: context)
    }

    /// `[batch, tokens, channels]`, as PyTorch has sequences, to `[batch, channels, tokens]`.
    func sequence(_ name: String) throws -> Tensor {
        let weight = try expected.weight(name)
        let (batch, tokens, channels) = (weight.shape[0], weight.shape[1], weight.shape[2])
        let source = weight.floats()
        var turned = [Float](repeating: 0, count: source.count)
        for item in 0..<batch {
            for token in 0..<tokens {
                for c in 0..<channels {
                    turned[(item * channels + c) * tokens + token] = source[(item * tokens + token) * channels + c]
                }
            }
        }
        return try Tensor(turned, shape: [batch, channels, tokens], in: context)
    }

    /// Largest difference relative to the largest expected value; also prints it.
    func error(_ found: Tensor, _ expected: Tensor, _ name: String) -> Double {
        guard found.shape == expected.shape else { return .infinity }
        var (worst, largest): (Double, Double) = (0, 1e-30)
        for (a, b) in zip(found.values, expected.values) {
            largest = max(largest, Double(abs(b)))
            worst = a.isNaN ? .infinity : max(worst, Double(abs(a - b)))
        }
        print("parity \(name): \(worst / largest) of the largest value")
        return worst / largest
    }
}

/// Notes which of the decoder's layers ask.
private final class Watcher: SelfAttentionExchange {
    var layers: [Int] = []

    func exchange(layer: Int, input: Tensor, project: KeyProjection, in context: ComputeContext) throws -> Attended {
        layers.append(layer)
        return Attended([try project(input)])
    }
}

private func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

/// Models in the fixtures folder; one stands for itself where the environment names another.
private let fixtureModels = environment("DRAGON_PARITY_MODEL") == nil ? ["model", "model-sd2"] : ["named"]

@Suite("The networks compute what diffusers computes", .serialized)
struct ParityTests {
    @Test("text embedding", arguments: fixtureModels)
    func text(_ name: String) throws {
        let reference = try Reference(name: name)
        let scope = try reference.files.textEncoderWeights()
        let encoder = try TextEncoder(scope, configuration: reference.files.textEncoderConfiguration)
        try scope.finish()
        let found = try encoder(reference.expected.integers("ids"), in: reference.context)
        #expect(try reference.error(found, reference.sequence("text"), "text") < reference.tolerance)
    }

    @Test("noise prediction early, midway and late", arguments: InstructionSet.allCases.filter(\.isAvailable), fixtureModels)
    func unet(_ set: InstructionSet, _ name: String) throws {
        let reference = try Reference(set, name: name)
        let scope = try reference.files.unetWeights()
        let unet = try UNet(scope, configuration: reference.files.unetConfiguration)
        try scope.finish()
        let (latent, text) = (try reference.tensor("latent"), try reference.sequence("context"))
        for t in [1, 481, 981] {
            let found = try unet(latent, timestep: t, text: text, in: reference.context)
            #expect(try reference.error(found, reference.tensor("unet.\(t)"), "\(set) unet.\(t)") < reference.tolerance)
        }
    }

    @Test(
        "features, and gradients back to the latent, two functions at once", arguments: InstructionSet.allCases.filter(\.isAvailable),
        fixtureModels)
    func gradient(_ set: InstructionSet, _ name: String) throws {
        let reference = try Reference(set, name: name)
        let context = reference.context
        let unet = try UNet(reference.files.unetWeights(), configuration: reference.files.unetConfiguration)
        let latent = try reference.tensor("latent").items(0..<1, in: context)
        let text = try reference.sequence("context").items(0..<1, in: context)
        let pass = try unet.differentiableFeatures(of: latent, timestep: 481, text: text, in: context)
        let plain = try unet.features(of: latent, timestep: 481, text: text, in: context)
        for index in 0..<2 {
            let expected = try reference.tensor("feature.\(index)")
            #expect(reference.error(pass.features[index], expected, "\(set) feature.\(index)") < reference.tolerance)
            #expect(pass.features[index].values == plain.features[index].values)
        }
        let cotangents = try (0..<2).map { try reference.tensor("cotangent.\($0)") }
        let found = try unet.latentGradient(cotangents, through: pass, in: context)
        #expect(try reference.error(found, reference.tensor("gradient"), "\(set) gradient") < reference.tolerance)
    }

    @Test("attention layers of several transformer blocks, forward and back", arguments: InstructionSet.allCases.filter(\.isAvailable))
    func depths(_ set: InstructionSet) throws {
        let folder = fixture("unet-depths")
        let reference = try Reference(set, expected: "\(folder)/reference.safetensors")
        let configuration = try UNetConfiguration(file: "\(folder)/unet/config.json")
        #expect(configuration.transformerDepths == [1, 2, 3])
        let scope = try WeightScope(file: "\(folder)/unet/diffusion_pytorch_model.safetensors")
        let unet = try UNet(scope, configuration: configuration)
        try scope.finish()
        let (latent, text, context) = (try reference.tensor("latent"), try reference.sequence("context"), reference.context)
        let found = try unet(latent, timestep: 481, text: text, in: context)
        #expect(try reference.error(found, reference.tensor("unet.481"), "\(set) depths") < 1e-4)
        let pass = try unet.differentiableFeatures(of: latent, timestep: 481, text: text, in: context)
        let cotangents = try (0..<2).map { try reference.tensor("cotangent.\($0)") }
        let gradient = try unet.latentGradient(cotangents, through: pass, in: context)
        #expect(try reference.error(gradient, reference.tensor("gradient"), "\(set) gradient through depths") < 1e-4)
    }

    @Test("every self-attention of the decoder has a number of its own, whatever the depth")
    func exchangedLayers() throws {
        let folder = fixture("unet-depths")
        let unet = try UNet(
            WeightScope(file: "\(folder)/unet/diffusion_pytorch_model.safetensors"),
            configuration: UNetConfiguration(file: "\(folder)/unet/config.json"))
        let (watcher, context) = (Watcher(), ComputeContext(threads: 2))
        let latent = try Tensor([Float](repeating: 0.1, count: 1024), shape: [1, 4, 16, 16], in: context)
        let text = try Tensor([Float](repeating: 0.1, count: 24 * 77), shape: [1, 24, 77], in: context)
        _ = try unet(latent, timestep: 481, text: text, exchange: watcher, in: context)
        #expect(watcher.layers == Array(0..<6))
    }

    @Test(
        "what cells attend to in the finest layers that have attention", arguments: InstructionSet.allCases.filter(\.isAvailable),
        [
            ("model", "Tests/Fixtures/model/unet", [8, 8]), ("depths", "Tests/Fixtures/unet-depths/unet", [4, 12]),
            ("embedded", "Install/model/embedded/unet", [4, 8]),
        ])
    func selfAttention(_ set: InstructionSet, _ model: (name: String, folder: String, grid: [Int])) throws {
        let reference = try Reference(set, expected: fixture("attention.safetensors"))
        let unet = try UNet(
            WeightScope(file: inRepository("\(model.folder)/diffusion_pytorch_model.safetensors")),
            configuration: UNetConfiguration(file: inRepository("\(model.folder)/config.json")))
        let found = try unet.selfAttention(
            of: reference.tensor("\(model.name).latent"), timestep: 150, text: reference.sequence("\(model.name).context"),
            in: reference.context)
        let expected = try reference.tensor("\(model.name).weights")
        #expect([found.height, found.width] == model.grid && expected.shape == [found.weights.columns, found.weights.columns])
        let (cells, weights) = (found.weights.columns, found.weights.values)
        let turned = (0..<cells * cells).map { weights[$0 % cells * cells + $0 / cells] }
        let attended = try Tensor(turned, shape: expected.shape, in: reference.context)
        #expect(reference.error(attended, expected, "\(set) attention of \(model.name)") < 1e-4)
        for query in 0..<cells { #expect(abs(turned[query * cells..<(query + 1) * cells].reduce(0, +) - 1) < 1e-5) }
    }

    @Test("encoded picture and decoded latent", arguments: InstructionSet.allCases.filter(\.isAvailable), fixtureModels)
    func autoencoder(_ set: InstructionSet, _ name: String) throws {
        let reference = try Reference(set, name: name)
        let scope = try reference.files.autoencoderWeights()
        let autoencoder = try Autoencoder(scope, configuration: reference.files.autoencoderConfiguration)
        try scope.finish()
        let encoded = try autoencoder.encode(reference.tensor("picture"), in: reference.context)
        #expect(try reference.error(encoded, reference.tensor("encoded"), "\(set) encoded") < reference.tolerance)
        let latent = try reference.tensor("latent").items(0..<1, in: reference.context)
        let decoded = try autoencoder.decode(latent, in: reference.context)
        #expect(try reference.error(decoded, reference.tensor("decoded"), "\(set) decoded") < reference.tolerance)
    }

    @Test("the number of threads changes no bit")
    func threads() throws {
        let reference = try Reference()
        let unet = try UNet(reference.files.unetWeights(), configuration: reference.files.unetConfiguration)
        let (latent, text) = (try reference.tensor("latent"), try reference.sequence("context"))
        let one = try unet(latent, timestep: 481, text: text, in: ComputeContext(threads: 1)).values
        for threads in [2, 3, 5] {
            #expect(try unet(latent, timestep: 481, text: text, in: ComputeContext(threads: threads)).values == one)
        }
    }

    @Test("a cancelled job stops at the next operator, and another one works on the same buffers")
    func cancellation() throws {
        let reference = try Reference()
        let unet = try UNet(reference.files.unetWeights(), configuration: reference.files.unetConfiguration)
        let (latent, text) = (try reference.tensor("latent"), try reference.sequence("context"))
        reference.context.job.cancel()
        #expect(throws: CancellationError.self) { try unet(latent, timestep: 1, text: text, in: reference.context) }
        #expect(try unet(latent, timestep: 1, text: text, in: ComputeContext(reference.context, job: Job())).count == latent.count)
    }
}
