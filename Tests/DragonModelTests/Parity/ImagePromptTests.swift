import DragonTensor
import Glibc
import TestSupport
import Testing

@testable import DragonModel

/// Adapters for image prompts, against diffusers and transformers (Tests/Peers/make_adapters.py).
@Suite("Image prompts compute what diffusers computes", .serialized)
struct ImagePromptTests {
    private func adapter(_ name: String) -> String { "\(Self.adapters)/\(name)" }

    /// What make_adapters.py wrote, and the model that it was made for; the environment may name those of full size.
    private static let adapters = getenv("DRAGON_PARITY_ADAPTERS").map { String(cString: $0) } ?? fixture("variants/adapter")
    private static let model = getenv("DRAGON_PARITY_MODEL").map { String(cString: $0) } ?? fixture("model")

    private func files(_ source: ImageAdapterSource, for model: String = model) throws -> ModelFiles {
        var additions = ModelAdditions()
        additions.imageAdapter = source
        return try ModelFiles(path: model, additions: additions)
    }

    private func encoder() throws -> ImageEncoder {
        let scope = try WeightScope(file: adapter("image_encoder/model.safetensors"))
        let encoder = try ImageEncoder(scope, configuration: ImageEncoderConfiguration(file: adapter("image_encoder/config.json")))
        try scope.finish()
        return encoder
    }

    @Test("the encoder of pictures", arguments: InstructionSet.allCases.filter(\.isAvailable))
    func pictures(_ set: InstructionSet) throws {
        let reference = try Reference(set, expected: adapter("reference.safetensors"))
        let (encoder, pixels) = (try encoder(), try reference.tensor("pixels"))
        let embedding = try encoder.embedding(pixels, in: reference.context)
        let embeds = try reference.tensor("embeds").reshaped([1, encoder.configuration.projectionDim, 1])
        #expect(reference.error(embedding, embeds, "\(set) embedding") < 1e-4)
        let hidden = try encoder.hidden(pixels, in: reference.context)
        #expect(reference.error(hidden, try reference.sequence("hidden"), "\(set) hidden") < 1e-4)
    }

    @Test("each kind of adapter, at two scales, for a pair of predictions and for one", arguments: ["plain", "full", "plus"])
    func adapters(_ kind: String) throws {
        let reference = try Reference(.best, expected: adapter("reference.safetensors"))
        let (files, context) = (try files(ImageAdapterSource(path: adapter("\(kind).safetensors"))), reference.context)
        try files.checkNetworks()
        let model = try DiffusionModel(files: files, in: context)
        let added = try #require(model.imageAdapter)
        let prompt = try added.prompt(reference.tensor("pixels").values, in: context)
        #expect(prompt.tokens == (try reference.tensor("\(kind).tokens")).shape[1])
        let (latents, texts) = (try reference.tensor("latent"), try reference.sequence("context"))
        for scale in [1, 0.1] as [Float] {
            let image = ImageInfluence(prompt, scale: scale)
            let expected = try reference.tensor("\(kind).\(scale)")
            let both = try model.unet(latents, timestep: 481, text: texts, image: image, in: context)
            #expect(reference.error(both, expected, "\(kind) \(scale)") < 1e-4)
            let one = try model.unet(
                latents.items(1..<2, in: context), timestep: 481, text: texts.items(1..<2, in: context), image: image, in: context)
            #expect(reference.error(one, try expected.items(1..<2, in: context), "\(kind) \(scale) alone") < 1e-4)
        }
        let without = try model.unet(latents, timestep: 481, text: texts, in: context)
        #expect(reference.error(without, try reference.tensor("\(kind).1.0"), "\(kind) left out") > 1e-2)
    }

    @Test("an encoder's shape is found from its weights alone, a whole CLIP's too")
    func encoderShape() throws {
        let found = try ImageEncoderConfiguration(shapesOf: SafetensorsFile(adapter("image_encoder/model.safetensors")))
        var expected = try ImageEncoderConfiguration(file: adapter("image_encoder/config.json"))
        // What shapes do not tell.
        (expected.heads, expected.activation) = (found.heads, found.activation)
        #expect(found == expected)
    }

    @Test("the encoder is looked for where the adapters' authors and ComfyUI put it")
    func encoderPlaces() throws {
        let bytes = try readFile(small("plain.safetensors"), limit: 10_000_000)
        let encoder = try ["config.json", "model.safetensors"].map { try readFile(small("image_encoder/\($0)"), limit: 10_000_000) }
        let folder = try TemporaryFolder()
        try folder.write("models/ipadapter/a.safetensors", bytes)
        let source = ImageAdapterSource(path: folder.file("models/ipadapter/a.safetensors"))
        expectError(containing: "image_encoder") { try files(source, for: fixture("model")) }
        try folder.write("models/clip_vision/other.safetensors", bytes)
        try folder.write("models/clip_vision/vit.safetensors", encoder[1])
        #expect(try files(source, for: fixture("model")).imageEncoder?.hasSuffix("clip_vision/vit.safetensors") == true)
        try folder.write("models/image_encoder/config.json", encoder[0])
        try folder.write("models/image_encoder/model.safetensors", encoder[1])
        #expect(try files(source, for: fixture("model")).imageEncoder?.hasSuffix("image_encoder/model.safetensors") == true)
    }

    @Test("files of something else, and an encoder of another width, are named")
    func refusals() throws {
        let folder = try TemporaryFolder()
        expectError(containing: "is no IP-Adapter") {
            try files(ImageAdapterSource(path: fixture("variants/lora/kohya.safetensors")), for: fixture("model"))
        }
        expectError(containing: "pickle") { try files(ImageAdapterSource(path: folder.file("ip-adapter_sd15.bin")), for: fixture("model")) }
        var faces = SafetensorsWriter()
        for name in ["image_proj.proj.0.weight", "ip_adapter.1.to_k_ip.weight"] { faces.add(name, [0, 0, 0, 0], shape: [2, 2]) }
        faces.add("image_proj.norm.weight", [0, 0], shape: [2])
        try faces.write(to: folder.file("faces.safetensors"))
        expectError(containing: "faces") { try files(ImageAdapterSource(path: folder.file("faces.safetensors")), for: fixture("model")) }
        let named = ImageAdapterSource(path: small("plain.safetensors"), encoder: fixture("model/vae"))
        expectError(containing: "model.safetensors") { try files(named, for: fixture("model")) }
        var wide = SafetensorsWriter()
        wide.add("image_proj.proj.weight", [Float](repeating: 0, count: 64 * 7), shape: [64, 7])
        wide.add("ip_adapter.1.to_k_ip.weight", [0], shape: [1])
        try wide.write(to: folder.file("wide.safetensors"))
        expectError(containing: "takes 7") {
            try files(ImageAdapterSource(path: folder.file("wide.safetensors"), encoder: small("image_encoder")), for: fixture("model"))
        }
        var other = SafetensorsWriter()
        other.add("image_proj.proj.weight", [Float](repeating: 0, count: 7), shape: [7, 1])
        other.add("ip_adapter.1.to_k_ip.weight", [0], shape: [1])
        try other.write(to: folder.file("other.safetensors"))
        expectError(containing: "another width") {
            try files(ImageAdapterSource(path: folder.file("other.safetensors")), for: fixture("model"))
        }
    }

    /// The fixtures', whatever the environment names.
    private func small(_ name: String) -> String { fixture("variants/adapter/\(name)") }

    private func expectError(containing text: String, _ body: () throws -> some Any) {
        #expect { _ = try body() } throws: { "\($0)".contains(text) }
    }
}
