import DragonTensor
import Glibc
import TestSupport
import Testing

@testable import DragonModel

@Suite("A tiny autoencoder is found where it is installed, and left out where it is no good")
struct TinyChoiceTests {
    private let folder: TemporaryFolder
    private let context = ComputeContext(threads: 1)
    private let tiny = fixture("variants/tiny")

    init() throws { folder = try TemporaryFolder() }

    /// The small model under a name of this folder.
    private func model(at name: String) throws -> String {
        try folder.write("\(name)/.keep", "")
        for part in ["model_index.json", "scheduler", "text_encoder", "tokenizer", "unet", "vae"] {
            symlink(fixture("model/\(part)"), "\(folder.file(name))/\(part)")
        }
        return folder.file(name)
    }

    private func copy(_ names: [String], to place: String) throws {
        for name in names { try folder.write("\(place)/\(name)", try readFile("\(tiny)/\(name)", limit: 1_000_000)) }
    }

    private func choice(_ path: String, _ change: (inout ModelAdditions) -> Void = { _ in }) throws -> TinyChoice {
        var additions = ModelAdditions()
        change(&additions)
        return try ModelFiles(path: path, additions: additions).tinyAutoencoder(in: context)
    }

    private let whole = ["config.json", "diffusion_pytorch_model.safetensors"]
    private let halves = ["taesd_encoder.safetensors", "taesd_decoder.safetensors"]

    @Test(
        "beside a model, in the folders that other programs have for it, and in the hub's cache",
        arguments: [
            ("models/m", "models/m/taesd", true), ("models/m", "models/taesd", true), ("models/m", "models/m", false),
            ("models/m", "models/vae_approx", false), ("models/m", "models/VAE-approx", false), ("m", "elsewhere/taesd", true),
            ("m", "elsewhere", false), ("m", "elsewhere/models--madebyollin--taesd/snapshots/abc", true),
        ])
    func found(_ name: String, _ place: String, isWhole: Bool) throws {
        let path = try model(at: name)
        #expect(try choice(path) { $0.tinyPlaces = [folder.file("elsewhere")] }.autoencoder == nil)
        try copy(isWhole ? whole : halves, to: place)
        guard case .used(let found, let at) = try choice(path, { $0.tinyPlaces = [folder.file("elsewhere")] }) else {
            Issue.record("none was found")
            return
        }
        #expect(at.hasPrefix(folder.file(place)))
        let expected = try Reference(.best, expected: "\(tiny)/reference.safetensors")
        let decoded = try found.decode(expected.tensor("latent"), in: expected.context)
        #expect(try expected.error(decoded, expected.tensor("decoded"), "tiny decoded") < 1e-4)
    }

    @Test("beside a checkpoint, in ComfyUI's and Automatic1111's folders", arguments: ["vae_approx", "VAE-approx"])
    func besideCheckpoint(_ place: String) throws {
        try copy(halves, to: "models/\(place)")
        let places = TinyPlaces.places(beside: try folder.write("models/checkpoints/sd/a.safetensors", ""))
        #expect(TinyPlaces.candidates(in: places) == [folder.file("models/\(place)/taesd_encoder.safetensors")])
    }

    @Test("one that is named comes first: by the caller, then by dragon.json")
    func named() throws {
        let path = try model(at: "m")
        try copy(halves, to: "m")
        try folder.write("m/dragon.json", "{\"tiny_vae\": \"\(tiny)\"}")
        #expect(try choice(path).path == tiny)
        let given = "\(tiny)/diffusion_pytorch_model.safetensors"
        #expect(try choice(path) { $0.tinyAutoencoder = given }.path == given)
    }

    @Test("a bad one that was found is left out, with the reason, and a good one behind it is taken")
    func leftOut() throws {
        let path = try model(at: "m")
        try copy(["taesd_decoder.safetensors"], to: "m")
        #expect(try choice(path).reason?.contains("half") == true)
        try folder.write("m/taesd_encoder.safetensors", "<html>")
        #expect(try choice(path).reason?.contains("web page") == true)
        #expect(throws: Never.self) { _ = try DiffusionModel(files: ModelFiles(path: path), in: context) }
        try copy(whole, to: "taesd")
        #expect(try choice(path).autoencoder != nil)
    }

    @Test("a weight that is no number is told by its name")
    func notFinite() throws {
        let path = try model(at: "m")
        var bytes = try readFile("\(tiny)/taesd_decoder.safetensors", limit: 1_000_000)
        for at in bytes.count - 8..<bytes.count { bytes[at] = 0xFF }
        try copy(["taesd_encoder.safetensors"], to: "m")
        try folder.write("m/taesd_decoder.safetensors", bytes)
        #expect(try choice(path).reason?.contains("NaN or infinity") == true)
    }

    @Test("a bad one that was asked for is refused, and the words say what to do")
    func refused() throws {
        func words(_ given: String, _ model: String = fixture("model")) -> String {
            modelError { _ = try choice(model) { $0.tinyAutoencoder = given } }?.description ?? ""
        }
        #expect(words(folder.file("nowhere")).contains("cannot read"))
        #expect(words(fixture("model/vae")).contains("given by --vae"))
        let other = try model(at: "other")
        unlink("\(other)/vae")
        try folder.write(
            "other/vae/config.json", #"{"_class_name": "PatchAutoencoder", "latent_channels": 4, "patch_size": 8, "scaling_factor": 1}"#)
        #expect(words(tiny, other).contains("leave it out"))
        try copy(halves, to: "taesdxl")
        #expect(words(folder.file("taesdxl/taesd_encoder.safetensors")).contains("take taesd"))
        #expect(words(fixture("variants/inpainting/diffusion_pytorch_model.safetensors")).contains("no autoencoder"))
    }

    @Test("a model of other latents has none by itself, nor has one whose own is tiny")
    func otherFamilies() throws {
        try copy(halves, to: "elsewhere")
        let places = [folder.file("elsewhere")]
        #expect(try choice(inRepository("Install/model/embedded")) { $0.tinyPlaces = places }.autoencoder == nil)
        let own = try choice(fixture("model")) { ($0.tinyPlaces, $0.autoencoder) = (places, tiny) }
        #expect(own.autoencoder == nil && own.reason == nil)
    }
}

extension TinyChoice {
    fileprivate var path: String? { if case .used(_, let path) = self { path } else { nil } }
    fileprivate var reason: String? { if case .leftOut(_, let reason) = self { reason } else { nil } }
}
