import Glibc
import TestSupport
import Testing

@testable import DragonModel

/// A model is checked for editing by its configuration and the heads of its files.
@Suite struct ModelChecking {
    let folder: TemporaryFolder

    /// A copy of the fixture, whose weights are links until a test replaces them.
    init() throws {
        folder = try TemporaryFolder()
        for name in [
            "model_index.json", "scheduler/scheduler_config.json", "text_encoder/config.json", "tokenizer/vocab.json",
            "tokenizer/merges.txt",
            "tokenizer/tokenizer_config.json", "tokenizer/special_tokens_map.json", "unet/config.json", "vae/config.json",
        ] { try folder.write(name, try readFile(fixture("model-sd2/\(name)"), limit: 1_000_000)) }
        for name in [Self.unet, "vae/diffusion_pytorch_model.safetensors", "text_encoder/model.safetensors"] {
            symlink(fixture("model-sd2/\(name)"), folder.file(name))
        }
    }

    private static let unet = "unet/diffusion_pytorch_model.safetensors"

    private var problem: ModelError? { modelError { try ModelFiles(path: folder.path).checkForEditing() } }

    /// Replaces options of a configuration.
    private func set(_ options: [String: JSONValue], in file: String) throws {
        var members = try #require(try readJSON(folder.file(file)).object)
        for (name, value) in options { members[name] = value }
        try folder.write(file, JSONValue.object(members).text)
    }

    /// Replaces the UNet's weights by zeros, changed in their head.
    private func rewriteUNet(_ change: (inout [(name: String, format: String, shape: [Int])]) -> Void) throws {
        var tensors = try SafetensorsFile(fixture("model-sd2/\(Self.unet)")).entries.map {
            (name: $0.name, format: $0.format.rawValue, shape: $0.shape)
        }
        change(&tensors)
        var offset = 0
        let members = try tensors.map { name, format, shape in
            let start = offset
            offset += shape.reduce(try #require(TensorFormat(rawValue: format)).size, *)
            return "\"\(name)\":{\"dtype\":\"\(format)\",\"shape\":\(shape),\"data_offsets\":[\(start),\(offset)]}"
        }
        unlink(folder.file(Self.unet))
        try folder.write(Self.unet, safetensors("{\(members.joined(separator: ","))}", data: offset))
    }

    @Test(arguments: ["Tests/Fixtures/model", "Tests/Fixtures/model-sd2", "Install/model/embedded"])
    func goodModelsPass(path: String) throws { try ModelFiles(path: inRepository(path)).checkForEditing() }

    @Test func aFileWithoutItsWeightsIsFound() throws {
        try rewriteUNet { $0 = [] }
        guard case .missing? = problem else { throw TestFailure(problem) }
    }

    @Test func aMissingAndASurplusKeyAreFound() throws {
        try rewriteUNet { $0.removeAll { $0.name == "mid_block.attentions.0.norm.weight" } }
        guard case .missing("mid_block.attentions.0.norm.weight", _)? = problem else { throw TestFailure(problem) }
        try rewriteUNet { $0.append(("controlnet.weight", "F16", [1])) }
        guard case .surplus(["controlnet.weight"], 1, _)? = problem else { throw TestFailure(problem) }
    }

    @Test func aKeyOfAMillionPartsTakesNoTime() throws {
        let key = String(repeating: "a.", count: 500_000)
        try rewriteUNet { $0.append((key, "F16", [1])) }
        let time = ContinuousClock().measure { #expect(problem?.description.contains("1 weights") == true) }
        #expect(time < .seconds(2), "\(time)")
    }

    @Test func formatsWithoutArithmeticAreFound() throws {
        try rewriteUNet { for index in $0.indices where $0[index].name == "conv_in.weight" { $0[index].format = "F8_E8M0" } }
        guard case .elementTypeMismatch("conv_in.weight", _, "F8_E8M0", _)? = problem else { throw TestFailure(problem) }
    }

    @Test func floatsOfEightBitsAreWeights() throws {
        try rewriteUNet { for index in $0.indices { $0[index].format = index.isMultiple(of: 2) ? "F8_E4M3" : "F8_E5M2" } }
        #expect(problem == nil)
    }

    @Test(arguments: [1, 2, 8])
    func networksOfLevelsThatEditsCannotUseAreFound(levels: Int) throws {
        func list(_ value: JSONValue) -> JSONValue { .array(Array(repeating: value, count: levels)) }
        try set(
            [
                "block_out_channels": list(.integer(16)), "attention_head_dim": list(.integer(1)),
                "down_block_types": list(.string("DownBlock2D")), "up_block_types": list(.string("UpBlock2D")),
            ], in: "unet/config.json")
        #expect(problem != nil)
    }

    @Test func promptsNeedTheirPositions() throws {
        try set(["max_position_embeddings": .integer(76)], in: "text_encoder/config.json")
        #expect(problem?.description.contains("76 tokens") == true)
    }

    @Test(arguments: [1, 3, 7, 64])
    func patchesDivideWhatSidesAreMultiplesOf(side: Int) throws {
        try set(["_class_name": .string("PatchAutoencoder"), "patch_size": .integer(side)], in: "vae/config.json")
        #expect((problem?.description.contains("coarsest cells") == true) == (side != 1), "\(String(describing: problem))")
    }

    @Test func schedulesNeedTheStepsOfAnEdit() throws {
        try set(["num_train_timesteps": .integer(49)], in: "scheduler/scheduler_config.json")
        #expect(problem?.description.contains("49 steps") == true)
        try set(
            ["num_train_timesteps": .integer(100_000), "beta_start": .number(0.5), "beta_end": .number(0.9)],
            in: "scheduler/scheduler_config.json")
        #expect(problem?.description.contains("leaves nothing") == true)
    }

    @Test(arguments: [1e300, 1e-300])
    func numbersThatSinglePrecisionDoesNotHoldAreFound(factor: Double) throws {
        try set(["scaling_factor": .number(factor)], in: "vae/config.json")
        guard case .invalidOption(_, "scaling_factor", _)? = problem else { throw TestFailure(problem) }
    }

    @Test func windowsStayWithinTheirLimit() throws {
        try set(["sample_size": .integer(4096)], in: "unet/config.json")
        #expect(try ModelFiles(path: folder.path).workingSide == Limits.side.upperBound)
    }

    @Test func clippingSamplesIsNoObstacle() throws {
        try set(["clip_sample": .bool(true)], in: "scheduler/scheduler_config.json")
        #expect(problem == nil)
    }

    @Test func whatIsPredictedCanBeSaid() throws {
        #expect(try ModelFiles(path: folder.path).scheduleConfiguration.predictionType == .velocity)
        try folder.write("dragon.json", #"{"prediction_type":"epsilon"}"#)
        #expect(try ModelFiles(path: folder.path).scheduleConfiguration.predictionType == .epsilon)
        #expect(try ModelFiles(path: folder.path, prediction: .velocity).scheduleConfiguration.predictionType == .velocity)
    }

    @Test func theTextEncodersOtherHalfIsNotNeeded() throws {
        try writeSparse(
            folder.file("clip.safetensors"), [("vision_model.embeddings.x", [1]), ("visual_projection.weight", [1]), ("logit_scale", [])])
        rename(folder.file("clip.safetensors"), folder.file("text_encoder/model.safetensors"))
        try ModelFiles(path: folder.path).textEncoderWeights().finish()
    }

    @Test func theHubsCacheStandsForItsSnapshot() throws {
        let cache = try TemporaryFolder()
        try cache.write("models--org--small/refs/main", "abc\n")
        mkdir(cache.file("models--org--small/snapshots"), 0o755)
        symlink(folder.path, cache.file("models--org--small/snapshots/abc"))
        try ModelFiles(path: cache.file("models--org--small")).checkForEditing()
        try cache.write("models--org--small/refs/main", "gone")
        #expect(try ModelFiles(path: cache.file("models--org--small")).path.hasSuffix("snapshots/abc"))
    }

    @Test func anEmptyTensorsOtherSidesAreOnlyNumbers() throws {
        try writeSparse(folder.file("w.safetensors"), [])
        try folder.write(
            "w.safetensors", safetensors(#"{"in":{"dtype":"F16","shape":[0,4611686018427387904,4],"data_offsets":[0,0]}}"#))
        var table = KeyTable()
        table.bind(fused: "in", ["q", "k", "v"])
        let scope = WeightScope(try WeightStore([try SafetensorsFile(folder.file("w.safetensors"))], source: "w", target: table.target))
        guard case .shapeMismatch? = modelError({ _ = try scope.weight("q", shape: [0, 1]) }) else { throw TestFailure(nil) }
    }
}

/// Another error than the one expected.
struct TestFailure: Error, CustomStringConvertible {
    let description: String
    init(_ found: ModelError?) { description = found?.description ?? "no error" }
}
