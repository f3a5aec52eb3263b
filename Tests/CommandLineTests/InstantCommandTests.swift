import Glibc
import TestSupport
import Testing

@testable import DragonModel
@testable import dragon

@Suite("Models for inpainting, LoRAs and few steps from the command line", .serialized)
struct InstantCommandTests {
    private let inpainting: VariantModel
    private let output: String

    init() throws {
        inpainting = try VariantModel(unet: "inpainting")
        output = "/tmp/dragon-instant-\(getpid())-\(UInt64.random(in: 0 ... .max)).png"
    }

    private func lora(_ name: String) -> String { fixture("variants/lora/\(name).safetensors") }

    private func edit(_ model: String, _ more: [String]) throws -> Program.Outcome {
        defer { unlink(output) }
        let paths = ["-i", fixture("faults/photo.png"), "--mask", fixture("faults/p3-mask.png"), "-o", output]
        let shift = ["--from", "20,20", "--to", "40,24", "--side", "64", "--json", "--quiet"]
        return try Program.run(["move", "--model", model] + paths + shift + more)
    }

    private func report(_ outcome: Program.Outcome) throws -> JSONObject {
        #expect(outcome.status == 0, "\(outcome)")
        return try #require(try JSONValue(parsing: Array(outcome.output.utf8)).object)
    }

    @Test("info says what a model is good for, and how")
    func info() throws {
        let plain = try report(Program.run(["info", "--model", fixture("model"), "--json"]))
        #expect(plain["purpose"]?.string == "base" && plain["sampler"]?.string == "ddim" && plain["instant_steps"]?.isNull == true)
        let other = try report(Program.run(["info", "--model", inpainting.path, "--json"]))
        #expect(other["purpose"]?.string == "inpainting")
        let few = try report(
            Program.run(["info", "--model", fixture("model"), "--json", "--sampler", "lcm", "--lora", lora("kohya") + ":0.5"]))
        #expect(few["purpose"]?.string == "few steps" && few["instant_steps"]?.integer == 4)
        #expect(few["loras"]?.array?.first?.string == lora("kohya"))
        #expect(try Program.run(["info", "--model", inpainting.path]).output.contains("good for       inpainting"))
    }

    @Test("instant runs with what fits, and says what to add where nothing does")
    func instant() throws {
        let found = try report(edit(inpainting.path, ["--preset", "instant", "--sampler", "lcm"]))
        #expect(found["method"]?.string == "inpainting" && found["steps"]?.integer == 4 && found["guided_steps"]?.integer == 0)
        let few = try report(edit(fixture("model"), ["--preset", "instant", "--sampler", "trailing", "--lora", lora("kohya")]))
        #expect(few["method"]?.string == "inpainting" && few["first_step"]?.integer == 1)
        let none = try edit(fixture("model"), ["--preset", "instant"])
        #expect(none.status == 2 && none.errors.contains("stable-diffusion-inpainting") && none.errors.contains("--lora"))
        let exact = try report(edit(inpainting.path, ["--steps", "2"]))
        #expect(exact["method"]?.string == "inpainting" && exact["steps"]?.integer == 2)
    }

    @Test("a picture is a prompt with an adapter, for edits and for pictures from noise; without one the message says what is missing")
    func imagePrompts() throws {
        let adapter = ["--adapter", fixture("variants/adapter/plain.safetensors")]
        let picture = ["--image-prompt", fixture("faults/photo.png")]
        let info = try report(Program.run(["info", "--model", fixture("model"), "--json"] + adapter))
        #expect(info["adapter"]?.string == adapter[1] && info["image_encoder"]?.string?.hasSuffix("model.safetensors") == true)
        let window = ["--image-prompt-scale", "1", "--image-prompt-steps", "0,2"]
        _ = try report(edit(fixture("model"), adapter + picture + window + ["--steps", "2"]))
        _ = try report(edit(fixture("model"), adapter + picture + ["--preset", "instant", "--sampler", "lcm"]))
        let other = try edit(inpainting.path, adapter + picture + ["--preset", "instant"])
        #expect(other.status == 2 && other.errors.contains("ip_adapter.1.to_k_ip.weight"))
        let made = { (more: [String]) throws -> [UInt8] in
            defer { unlink(output) }
            let size = ["--width", "64", "--height", "64", "--steps", "2", "--seed", "1", "-o", output]
            _ = try report(Program.run(["generate", "--model", fixture("model"), "--prompt", "a cat", "--json"] + size + more))
            return try readFile(output, limit: 1_000_000)
        }
        let plain = try made([])
        #expect(try made(adapter + picture) != plain)
        #expect(try made(adapter + picture + ["--image-prompt-scale", "0"]) == plain && made(adapter) == plain)
        let none = try edit(fixture("model"), picture)
        #expect(none.status == 2 && none.errors.contains("--adapter"))
        let alone = try edit(fixture("model"), ["--image-prompt-scale", "1"])
        #expect(alone.status != 0 && alone.errors.contains("--image-prompt FILE"))
        let backwards = try edit(fixture("model"), adapter + picture + ["--image-prompt-steps", "4,2"])
        #expect(backwards.status != 0 && backwards.errors.contains("--image-prompt-steps"))
    }

    @Test("a made picture cannot be painted in, and a LoRA that does not fit is named")
    func refusals() throws {
        let generated = try Program.run([
            "move", "--model", inpainting.path, "--generate", "--prompt", "a cat", "--width", "64", "--height", "64", "--mask",
            fixture("faults/p3-mask.png"), "--from", "0,0", "--to", "9,9", "-o", output,
        ])
        #expect(generated.status == 2 && generated.errors.contains("photo"), "\(generated)")
        let strange = try Program.run(["info", "--model", fixture("model-sd2"), "--lora", lora("kohya")])
        #expect(strange.status == 2 && strange.errors.contains("lora_"), "\(strange)")
        #expect(try Program.run(["info", "--model", fixture("model"), "--lora", "/nowhere.safetensors"]).status == 2)
    }

    @Test("a tiny autoencoder serves instant edits as --vae does, and info tells of it")
    func tinyAutoencoder() throws {
        let tiny = fixture("variants/tiny")
        func pixels(_ option: String) throws -> [Float] {
            let outcome = try Program.run(
                ["move", "--model", inpainting.path, "-i", fixture("faults/photo.png"), "--mask", fixture("faults/p3-mask.png")]
                    + ["--from", "20,20", "--to", "40,24", "--side", "64", "--preset", "instant", "--sampler", "lcm", "--quiet"]
                    + [option, tiny, "-o", output])
            #expect(outcome.status == 0, "\(outcome)")
            defer { unlink(output) }
            return try readFile(output, limit: 10_000_000).map(Float.init)
        }
        #expect(try pixels("--tiny-vae") == pixels("--vae"))
        let told = try report(Program.run(["info", "--model", fixture("model"), "--tiny-vae", tiny, "--json"]))
        #expect(told["tiny_vae"]?.string == tiny && told["vae"]?.isNull == true)
        #expect(try Program.run(["info", "--model", fixture("model"), "--tiny-vae", tiny]).output.contains("tiny one       \(tiny)"))
        let refused = try edit(inpainting.path, ["--preset", "instant", "--tiny-vae", fixture("model/vae")])
        #expect(refused.status == 2 && refused.errors.contains("--vae"), "\(refused)")
    }

    @Test("pictures are made by a model for inpainting, by a LoRA of few steps, and through a tiny autoencoder")
    func generate() throws {
        defer { unlink(output) }
        let size = ["--width", "64", "--height", "64", "--steps", "2", "--prompt", "a cat", "--quiet", "-o", output]
        #expect(try Program.run(["generate", "--model", inpainting.path] + size).status == 0)
        let few = ["--lora", lora("peft"), "--sampler", "lcm", "--cfg", "1"]
        #expect(try Program.run(["generate", "--model", fixture("model")] + few + size).status == 0)
        #expect(try Program.run(["generate", "--model", fixture("model"), "--vae", fixture("variants/tiny")] + size).status == 0)
    }
}
