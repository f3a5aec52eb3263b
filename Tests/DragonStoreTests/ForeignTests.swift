import DragonModel
import Glibc
import TestSupport
import Testing

@testable import DragonStore

@Suite("Models of other programs are found where those keep them, and never written to", .serialized)
struct ForeignTests {
    private let place: TemporaryPlace

    init() throws { place = try TemporaryPlace() }

    private func store(_ roots: [String]) -> ModelStore {
        ModelStore(
            places: ModelPlaces(
                user: place.path("own/models"), tokenizers: [fixture("tokenizer/merges.txt")], foreign: roots.map { place.path($0) },
                checks: place.path("cache/checks.json")))
    }

    private func put(_ source: String, at name: String) throws {
        try makeFolders(parent(of: place.path(name)) ?? "")
        symlink(fixture(source), place.path(name))
    }

    /// A safetensors file whose tensors are empty.
    private func write(_ name: String, keys: [String]) throws {
        try makeFolders(parent(of: place.path(name)) ?? "")
        let members = keys.map { "\"\($0)\":{\"dtype\":\"F16\",\"shape\":[0],\"data_offsets\":[0,0]}" }
        let header = Array("{\(members.joined(separator: ","))}".utf8)
        try writeFile(place.path(name), (0..<8).map { UInt8(truncatingIfNeeded: header.count >> ($0 * 8)) } + header)
    }

    private let checkpoint = ["model.diffusion_model.out.2.weight", "conditioner.embedders.0.x"]

    @Test("the hub's cache: models behind links, LoRAs, and nothing of other kinds")
    func hub() throws {
        let folder = "hub/models--org--small/snapshots/abc"
        for part in ["model_index.json", "scheduler", "text_encoder", "tokenizer", "unet", "vae"] {
            try put("model/\(part)", at: "\(folder)/\(part)")
        }
        try put("variants/lora/kohya.safetensors", at: "hub/models--org--lcm-lora/snapshots/1/pytorch_lora_weights.safetensors")
        try write("hub/models--org--xl/snapshots/2/xl.safetensors", keys: checkpoint)
        try write("hub/models--org--bert/snapshots/3/model.safetensors", keys: ["bert.encoder.weight"])
        try makeFolders(place.path("hub/datasets--org--things/snapshots/4"))
        let store = store(["hub"])
        let models = store.models()
        #expect(Set(models.map(\.name)) == ["small", "xl"])
        #expect(models.first { $0.name == "small" }?.problem == nil)
        #expect(models.first { $0.name == "xl" }?.problem?.contains("Stable Diffusion XL") == true)
        #expect(store.loras().map(\.name) == ["lcm-lora"] && store.loras()[0].problem == nil)
        #expect(try store.firstUsable().name == "small")
        #expect(try store.path(of: "small") == place.path("hub/models--org--small"))
        #expect(store.lora("lcm-lora:0.5").path.hasSuffix("pytorch_lora_weights.safetensors") && store.lora("other").path == "other")
    }

    @Test(
        "the folders of ComfyUI, Krita, Automatic1111 and InvokeAI",
        arguments: [
            ("ComfyUI", "models/checkpoints/sd/a.safetensors", "models/loras/b.safetensors", "models/controlnet/c.safetensors"),
            ("server", "models/checkpoints/a.safetensors", "models/loras/b.safetensors", "models/upscale_models/c.safetensors"),
            ("webui", "models/Stable-diffusion/a.safetensors", "models/Lora/b.safetensors", "models/VAE/c.safetensors"),
            ("invokeai", "models/sd-1/main/a.safetensors", "models/sd-1/lora/b.safetensors", "models/sd-1/vae/c.safetensors"),
            ("invokeai5", "models/0f-1/a.safetensors", "models/0f-2/b.safetensors", "models/0f-3/c.safetensors"),
        ])
    func programs(_ root: String, _ model: String, _ lora: String, _ other: String) throws {
        try write("\(root)/\(model)", keys: checkpoint)
        try put("variants/lora/kohya.safetensors", at: "\(root)/\(lora)")
        try write("\(root)/\(other)", keys: ["x.weight"])
        try write("\(root)/custom_nodes/z.safetensors", keys: checkpoint)
        let store = store([root])
        #expect(store.models().map(\.path) == [place.path("\(root)/\(model)")])
        #expect(store.models()[0].problem?.contains("Stable Diffusion XL") == true)
        #expect(store.loras().map(\.name) == ["b"] && store.loras()[0].problem == nil)
    }

    @Test("the autoencoders beside checkpoints are no models of their own")
    func companions() throws {
        try write("ui/models/Stable-diffusion/a.safetensors", keys: checkpoint)
        try write("ui/models/Stable-diffusion/a.vae.safetensors", keys: ["encoder.conv_in.weight"])
        try write("ui/models/Stable-diffusion/taesd_decoder.safetensors", keys: ["1.weight"])
        try put("variants/tiny", at: "own/models/taesd")
        try write("ui/models/Stable-diffusion/b.vae.safetensors", keys: ["encoder.down.0.x"])
        let found = store(["ui"]).models()
        #expect(found.map(\.name) == ["a", "b.vae"] && found[1].problem?.contains("--vae") == true)
        #expect(store(["ui"]).tinyPlaces.contains(place.path("own/models")))
    }

    @Test("what cannot be used is listed with the reason, LoRAs and pickles too")
    func problems() throws {
        try write("ui/models/loras/hada.safetensors", keys: ["lora_unet_x.hada_w1_a"])
        try makeFolders(place.path("ui/models/checkpoints"))
        try writeFile(place.path("ui/models/checkpoints/old.ckpt"), Array("PK".utf8))
        let store = store(["ui"])
        #expect(store.models().map(\.name) == ["old.ckpt"] && store.models()[0].problem?.contains("pickle") == true)
        #expect(store.loras()[0].problem?.contains("LoHa") == true)
        #expect(storeError { _ = try store.firstUsable() } == .noModel)
    }

    @Test("two hundred are listed within a second, and no file is changed")
    func many() throws {
        for number in 0..<100 {
            try put("model", at: "hub/models--org--m\(number)/snapshots/abc")
            try put("variants/lora/kohya.safetensors", at: "ui/models/loras/l\(number).safetensors")
        }
        // Of one file, behind many links, there is one; real copies are as many as they are.
        for number in 0..<100 {
            let target = place.path("copies/models/m\(number)")
            try makeFolders(target)
            for part in ["scheduler", "text_encoder", "tokenizer", "unet", "vae"] { symlink(fixture("model/\(part)"), "\(target)/\(part)") }
            try writeFile("\(target)/model_index.json", try readFile(fixture("model/model_index.json"), limit: 10_000))
            try writeFile(
                place.path("ui/models/loras/c\(number).safetensors"),
                try readFile(fixture("variants/lora/processors.safetensors"), limit: 1_000_000))
        }
        func states() -> [String] { ["hub", "ui", "copies"].flatMap { tree(place.path($0)) } }
        let (before, store) = (states(), store(["hub", "ui", "copies"]))
        let first = ContinuousClock().measure {
            #expect(store.models().count == 200)
            #expect(store.loras().count == 101)
        }
        let again = ContinuousClock().measure { #expect(store.models().count + store.loras().count == 301) }
        print("301 foreign models and LoRAs: \(first) anew, \(again) again")
        #expect(again < .seconds(1) && first < .seconds(10))
        #expect(states() == before)
    }

    /// Every file below a folder, with its size and its times.
    private func tree(_ folder: String) -> [String] {
        entries(of: folder).flatMap { name -> [String] in
            let path = "\(folder)/\(name)"
            var status = stat()
            lstat(path, &status)
            let own = "\(path) \(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec) \(status.st_ctim.tv_nsec)"
            return [own] + (status.st_mode & S_IFMT == S_IFDIR ? tree(path) : [])
        }
    }

    @Test("places follow the programs' own variables, and ours, which may be empty")
    func places() {
        func roots(_ environment: [String: String]) -> [String] { ModelPlaces(environment: { environment[$0] }, binaries: []).foreign }
        let usual = roots(["HOME": "/me"])
        for root in [
            "/me/.cache/huggingface/hub", "/me/.local/share/krita/ai_diffusion/server", "/me/ComfyUI", "/me/stable-diffusion-webui",
            "/me/invokeai",
        ] { #expect(usual.contains(root), "\(root)") }
        #expect(roots(["HOME": "/me", "HF_HOME": "/hf", "INVOKEAI_ROOT": "/in"]).filter { ["/hf/hub", "/in"].contains($0) }.count == 2)
        #expect(roots(["HOME": "/me", "HF_HUB_CACHE": "/hub"]).contains("/hub") && roots([:]).isEmpty)
        #expect(roots(["HOME": "/me", "DRAGON_FOREIGN_MODELS": "/a:/b"]) == ["/a", "/b"])
        #expect(roots(["HOME": "/me", "DRAGON_FOREIGN_MODELS": ""]).isEmpty)
    }

    @Test("a checkpoint without a tokenizer gets CLIP's, made once and kept apart from it")
    func tokenizer() throws {
        let spare = try #require(store([]).spareTokenizers)
        #expect(try Tokenizer(folder: spare.clip).encode("a cat", length: 5) == [49406, 320, 2368, 49407, 49407])
        #expect(try Tokenizer(folder: spare.openCLIP).encode("a cat", length: 5) == [49406, 320, 2368, 49407, 0])
        #expect(spare == store([]).spareTokenizers && entries(of: place.path("cache/tokenizers")) == ["clip", "openclip"])
        #expect(ModelStore(places: ModelPlaces(tokenizers: [fixture("tokenizer/merges.txt")])).spareTokenizers == nil)
    }
}
