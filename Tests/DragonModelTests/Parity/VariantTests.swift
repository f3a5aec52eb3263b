import DragonTensor
import TestSupport
import Testing

@testable import DragonModel

/// Models that change one thing about Stable Diffusion, against diffusers and peft (Tests/Peers/make_variants.py).
@Suite("Variants of the networks compute what diffusers and peft compute", .serialized)
struct VariantTests {
    private func variant(_ name: String) -> String { fixture("variants/\(name)") }

    private func unet(_ name: String) throws -> UNet {
        let scope = try WeightScope(file: variant("\(name)/diffusion_pytorch_model.safetensors"))
        let unet = try UNet(scope, configuration: UNetConfiguration(file: variant("\(name)/config.json")))
        try scope.finish()
        return unet
    }

    @Test("a UNet for inpainting", arguments: InstructionSet.allCases.filter(\.isAvailable))
    func inpainting(_ set: InstructionSet) throws {
        let reference = try Reference(set, expected: variant("inpainting/reference.safetensors"))
        let (unet, context) = (try unet("inpainting"), reference.context)
        #expect(unet.configuration.isInpainting)
        let surroundings = try Surroundings(mask: reference.tensor("mask"), picture: reference.tensor("masked"), in: context)
        let input = try reference.tensor("latent").concatenatingChannels(surroundings.channels, in: context)
        let found = try unet(input, timestep: 481, text: reference.sequence("context"), in: context)
        #expect(try reference.error(found, reference.tensor("unet.481"), "\(set) inpainting") < 1e-4)
    }

    @Test("a UNet that takes the guidance scale", arguments: [1.0, 4.0, 8.5] as [Float])
    func guidanceEmbedding(_ scale: Float) throws {
        let reference = try Reference(.best, expected: variant("lcm/reference.safetensors"))
        let unet = try unet("lcm")
        #expect(unet.configuration.guidanceEmbeddingDim == 20)
        let found = try unet(
            reference.tensor("latent"), timestep: 481, text: reference.sequence("context"), guidanceScale: scale, in: reference.context)
        #expect(try reference.error(found, reference.tensor("unet.\(scale)"), "guidance \(scale)") < 1e-4)
    }

    @Test(
        "a tiny autoencoder, from its folder, from its file alone and from its author's two files",
        arguments: [
            "tiny", "tiny/diffusion_pytorch_model.safetensors", "tiny/taesd_encoder.safetensors", "tiny/taesd_decoder.safetensors",
        ])
    func tiny(_ path: String) throws {
        let reference = try Reference(.best, expected: variant("tiny/reference.safetensors"))
        let file = try AutoencoderFile(variant(path))
        let scope = try file.weights()
        let autoencoder = try Autoencoder(scope, configuration: file.configuration)
        try scope.finish()
        let context = reference.context
        let encoded = try autoencoder.encode(reference.tensor("picture"), in: context)
        #expect(try reference.error(encoded, reference.tensor("encoded"), "tiny encoded") < 1e-4)
        let decoded = try autoencoder.decode(reference.tensor("latent"), in: context)
        #expect(try reference.error(decoded, reference.tensor("decoded"), "tiny decoded") < 1e-4)
    }

    @Test("a tiny autoencoder's shape is found from its weights")
    func tinyShape() throws {
        let folder = try TemporaryFolder()
        try folder.write("taesd.safetensors", try readFile(variant("tiny/diffusion_pytorch_model.safetensors"), limit: 1_000_000))
        let expected = try AutoencoderFile(variant("tiny")).configuration
        #expect(try AutoencoderFile(folder.file("taesd.safetensors")).configuration == expected)
        for half in ["taesd_encoder.safetensors", "taesd_decoder.safetensors"] {
            try folder.write(half, try readFile(variant("tiny/\(half)"), limit: 1_000_000))
        }
        #expect(try AutoencoderFile(folder.path).configuration == expected)
        #expect(try AutoencoderFile(folder.file("taesd_decoder.safetensors")).configuration == expected)
    }

    // MARK: Adapters

    private func model(_ loras: [LoRASource]) throws -> ModelFiles {
        var additions = ModelAdditions()
        additions.loras = loras
        return try ModelFiles(path: fixture("model"), additions: additions)
    }

    @Test(
        "adapters in every style of keys",
        arguments: ["kohya", "kohya:0.6", "peft", "peft-alpha", "diffusers", "processors", "middle", "adapter"])
    func loras(_ name: String) throws {
        let reference = try Reference(.best, expected: variant("lora/reference.safetensors"))
        var source = LoRASource(name)
        source.path = variant(name == "adapter" ? "lora/adapter/adapter_model.safetensors" : "lora/\(source.path).safetensors")
        let (files, context) = (try model([source]), reference.context)
        try files.checkNetworks()
        let style = name.replacing(":", with: "-")
        let (network, text) = (try files.unetWeights().computing(in: context), try files.textEncoderWeights())
        let unet = try UNet(network, configuration: files.unetConfiguration)
        let encoder = try TextEncoder(text, configuration: files.textEncoderConfiguration)
        let predicted = try unet(reference.tensor("latent"), timestep: 481, text: reference.sequence("context"), in: context)
        #expect(try reference.error(predicted, reference.tensor("\(style).unet"), "LoRA \(style)") < 1e-4)
        let changesText = reference.expected.entry("\(style).text") != nil
        let ids = try reference.expected.integers("ids")
        let embedded = try encoder(ids, in: context)
        let expected = try reference.sequence(changesText ? "\(style).text" : "plain.text")
        #expect(reference.error(embedded, expected, "LoRA \(style), text") < 1e-4)
    }

    @Test("adapters add up, and one of scale 0 changes nothing")
    func sums() throws {
        let path = variant("lora/kohya.safetensors")
        let key = "down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q"
        func weight(_ loras: [LoRASource]) throws -> [Float] {
            try model(loras).unetWeights()[key].weight("weight", shape: [32, 32]).floats()
        }
        let (plain, one) = (try weight([]), try weight([LoRASource(path: path)]))
        #expect(try weight([LoRASource(path: path, scale: 0)]) == plain)
        let split = try weight([LoRASource(path: path, scale: 0.25), LoRASource(path: path, scale: 0.75)])
        #expect(one != plain && zip(split, one).allSatisfy { abs($0 - $1) < 1e-6 })
    }

    @Test("what an adapter is given with its path")
    func sources() {
        #expect(LoRASource("a/b.safetensors") == LoRASource(path: "a/b.safetensors", scale: 1))
        #expect(LoRASource("a:b.safetensors:0.5") == LoRASource(path: "a:b.safetensors", scale: 0.5))
        #expect(LoRASource("a:-1") == LoRASource(path: "a", scale: -1))
        #expect(LoRASource("a:b") == LoRASource(path: "a:b", scale: 1))
    }
}

@Suite("What is no adapter for a model is refused in words")
struct LoRARefusals {
    let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    private func error(_ tensors: [(String, [Int])], scale: Float = 1) throws -> ModelError? {
        let path = folder.file("lora.safetensors")
        try writeSparse(path, tensors)
        var additions = ModelAdditions()
        additions.loras = [LoRASource(path: path, scale: scale)]
        return modelError { try ModelFiles(path: fixture("model"), additions: additions).checkNetworks() }
    }

    private func pair(_ layer: String, _ down: [Int], _ up: [Int]) -> [(String, [Int])] {
        [("\(layer).lora_down.weight", down), ("\(layer).lora_up.weight", up)]
    }

    private let sound = "lora_unet_mid_block_attentions_0_transformer_blocks_0_attn1_to_q"

    @Test func layersThatTheModelHasNotAreNamed() throws {
        let strange = pair("lora_unet_mid_block_attentions_7_proj_in", [1, 64], [64, 1])
        let path = folder.file("lora.safetensors")
        let expected = ModelError.unmatched(keys: ["lora_unet_mid_block_attentions_7_proj_in.lora_down.weight"], count: 1, file: path)
        #expect(try error(pair(sound, [1, 64], [64, 1]) + strange) == expected)
        let text = try error(pair("lora_te_text_model_encoder_layers_9_mlp_fc1", [1, 32], [64, 1]))
        #expect(text?.description.contains("encoder_layers_9_mlp_fc1") == true)
        #expect(try error(pair(sound, [1, 64], [64, 1]) + [("what.is.this", [1])])?.description.contains("what.is.this") == true)
    }

    @Test func factorsMustFitAndBeWhole() throws {
        #expect(try error(pair(sound, [2, 64], [64, 2])) == nil)
        for (down, up) in [
            ([2, 63], [64, 2]), ([2, 64], [64, 3]), ([2, 64], [63, 2]), ([2, 64, 3, 3], [64, 2, 1, 1]), ([0, 64], [64, 0]), ([2], [2]),
        ] {
            guard case .shapeMismatch? = try error(pair(sound, down, up)) else { throw TestFailure(nil) }
        }
        guard case .missing? = try error([("\(sound).lora_down.weight", [2, 64])]) else { throw TestFailure(nil) }
        guard case .shapeMismatch? = try error(pair(sound, [2, 64], [64, 2]) + [("\(sound).alpha", [3])]) else { throw TestFailure(nil) }
        guard case .invalidOption? = try error(pair(sound, [2, 64], [64, 2]), scale: .nan) else { throw TestFailure(nil) }
    }

    @Test(arguments: [
        ("lora_unet_mid_block.hada_w1_a", "LoHa"), ("lora_unet_mid_block.lokr_w1", "LoKr"), ("lora_unet_x.dora_scale", "DoRA"),
        ("lora_te2_text_model_x.alpha", "Stable Diffusion XL"), ("lora_unet_double_blocks_0.alpha", "FLUX"),
        ("model.diffusion_model.out.2.weight", "whole model"),
    ])
    func othersAreCalledWhatTheyAre(_ key: String, _ word: String) throws {
        #expect(try error([(key, [1])])?.description.contains(word) == true)
    }

    @Test(arguments: [
        ("lora_unet_x_attn2_to_k", 2048, true), ("lora_unet_x_attn2_to_k", 768, false), ("lora_unet_x_attn1_to_k", 2048, false),
    ])
    func thoseForXLAreToldByTheirWidth(_ layer: String, _ width: Int, _ isXL: Bool) throws {
        let words = try error(pair(layer, [2, width], [64, 2]))?.description
        #expect(words?.contains("Stable Diffusion XL") == isXL, "\(words ?? "none")")
    }

    @Test func aPickleIsNotOpened() throws {
        var additions = ModelAdditions()
        additions.loras = [LoRASource(path: folder.file("x.pt"))]
        #expect(modelError { _ = try ModelFiles(path: fixture("model"), additions: additions) } == .pickle(file: folder.file("x.pt")))
    }
}
