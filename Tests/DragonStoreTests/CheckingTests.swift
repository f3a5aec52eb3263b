import DragonModel
import DragonTensor
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import DragonStore

@Suite("Models are checked once, and told apart from what only looks like one", .serialized)
struct CheckingTests {
    private let place: TemporaryPlace

    init() throws { place = try TemporaryPlace() }

    private var models: String { place.path("models") }

    private func store(named: [String] = []) -> ModelStore {
        ModelStore(places: ModelPlaces(named: named, user: models, checks: place.path("cache/checks.json")))
    }

    /// A copy of the fixture's small files, its weights linked.
    @discardableResult
    private func copy(_ name: String, in folder: String = "models") throws -> String {
        let target = place.path("\(folder)/\(name)")
        for part in ["", "scheduler", "text_encoder", "tokenizer", "unet", "vae"] {
            try makeFolders("\(target)/\(part)")
            for file in entries(of: fixture("model/\(part)")) where isFile(fixture("model/\(part)/\(file)")) {
                let source = fixture("model/\(part)/\(file)")
                guard !isCheckpointName(file) else {
                    symlink(source, "\(target)/\(part)/\(file)")
                    continue
                }
                try writeFile("\(target)/\(part)/\(file)", try readFile(source, limit: 1_000_000))
            }
        }
        return target
    }

    /// Takes a model's UNet its weights.
    private func empty(_ model: String) throws {
        let file = "\(model)/unet/diffusion_pytorch_model.safetensors"
        unlink(file)
        try writeFile(file, [2, 0, 0, 0, 0, 0, 0, 0, UInt8(ascii: "{"), UInt8(ascii: "}")])
    }

    @Test("a model without its weights is listed with its problem, not added, and passed over")
    func hollow() throws {
        let hollow = try copy("a")
        try empty(hollow)
        try copy("b")
        #expect(store().models().map { $0.problem == nil } == [false, true])
        #expect(try store().firstUsable().name == "b")
        let error = storeError { _ = try store().add(AddRequest(source: hollow, name: "c")) }
        #expect(error?.description.contains("lacks the weight") == true)
    }

    @Test("a list is read from what was found before, until a file changes")
    func cached() throws {
        for number in 0..<200 { try copy("m\(number)") }
        #expect(store().models().allSatisfy { $0.problem == nil })
        let time = ContinuousClock().measure { #expect(store().models().count == 200) }
        #expect(time < .seconds(1), "\(time)")
        try empty(place.path("models/m7"))
        #expect(store().models().filter { $0.problem != nil }.map(\.name) == ["m7"])
        #expect(store().models().filter { $0.problem != nil }.map(\.name) == ["m7"], "problems are remembered too")
        try writeFile(place.path("cache/checks.json"), Array("{ nonsense".utf8))
        #expect(store().models().filter { $0.problem != nil }.map(\.name) == ["m7"])
    }

    @Test("what DRAGON_MODEL_PATH names is used, or said to be none")
    func named() throws {
        try copy("good")
        let broken = try copy("broken", in: "named")
        try empty(broken)
        mkdir(place.path("nothing"), 0o755)
        for (path, words) in [("/no/such", "does not exist"), (broken, "cannot be used"), (place.path("nothing"), "no usable model")] {
            let error = storeError { _ = try store(named: [path]).firstUsable() }
            #expect(error?.description.contains("DRAGON_MODEL_PATH names \(path)") == true && error?.description.contains(words) == true)
            #expect(store(named: [path]).complaints().count == 1)
        }
        #expect(try store(named: [place.path("models")]).firstUsable().name == "good")
        let embedded = try copy("embedded", in: "other")
        #expect(try store(named: [embedded]).firstUsable().path == embedded, "the named go before all others, the embedded one too")
    }

    @Test("a model is found by its name in the list")
    func byName() throws {
        let path = try copy("small")
        #expect(try store().path(of: "small") == path && store().path(of: path) == path && store().path(of: "./x") == "./x")
        #expect(storeError { _ = try store().path(of: "nowhere") }?.description.contains("model list") == true)
    }

    @Test("the hub's cache is listed and added by the model's own name")
    func hub() throws {
        try copy("abc", in: "models/models--org--sd/snapshots")
        #expect(store().models().map(\.name) == ["sd"] && store().models()[0].problem == nil)
        #expect(try store().add(AddRequest(source: place.path("models/models--org--sd"))).model.name == "sd")
    }

    @Test("a checkpoint in the hub's cache is found there")
    func hubCheckpoint() throws {
        let snapshot = place.path("models/models--org--one/snapshots/abc")
        try makeFolders(snapshot)
        try writeFile("\(snapshot)/x.safetensors", Array("none".utf8))
        #expect(store().models().map(\.path) == ["\(snapshot)/x.safetensors"] && store().models()[0].name == "one")
        #expect(try Origin(place.path("models/models--org--one")).kind == .localFile(folder: snapshot, name: "x.safetensors"))
    }

    @Test("tokenizer.json alone is enough, and what is predicted is remembered")
    func wholeTokenizer() throws {
        let source = try copy("source", in: "from")
        for file in ["vocab.json", "merges.txt", "special_tokens_map.json"] { unlink("\(source)/tokenizer/\(file)") }
        for file in ["tokenizer.json", "tokenizer_config.json"] {
            let bytes = try readFile(fixture("faults/whole-tokenizer/\(file)"), limit: 1_000_000)
            try writeFile("\(source)/tokenizer/\(file)", bytes)
        }
        let added = try store().add(AddRequest(source: source, prediction: .velocity))
        #expect(try ModelFiles(path: added.model.path).scheduleConfiguration.predictionType == .velocity)
        #expect(!added.isPredictionAssumed)
    }

    @Test("a LoRA is copied with its model and remembered, also when that is copied on")
    func addedLoRA() throws {
        var request = AddRequest(source: fixture("model"), name: "few")
        let lora = try readFile(fixture("variants/lora/kohya.safetensors"), limit: 1_000_000)
        mkdir(place.path("from"), 0o755)
        try writeFile(place.path("from/lcm.safetensors"), lora)
        request.loras = [LoRASource(path: place.path("from/lcm.safetensors"), scale: 0.5)]
        let first = try store().add(request).model
        #expect(first.purpose == .fewSteps)
        let again = try store().add(AddRequest(source: first.path, name: "copy")).model
        for model in [first, again] {
            let files = try ModelFiles(path: model.path)
            #expect(files.additions.loras == [LoRASource(path: "\(model.path)/loras/lcm.safetensors", scale: 0.5)])
            #expect(files.scheduleConfiguration.solver == .lcm && files.defaults.fewSteps == 4)
        }
        request.solver = .trailing
        let other = try store().add(AddRequest(source: fixture("model"), name: "plain")).model
        #expect(other.purpose == .base)
        request.name = "trailing"
        #expect(try ModelFiles(path: store().add(request).model.path).scheduleConfiguration.solver == .trailing)
        unlink("\(first.path)/loras/lcm.safetensors")
        let error = storeError { _ = try store().add(AddRequest(source: first.path, name: "without")) }
        #expect(error?.description.contains("loras/lcm.safetensors") == true)
    }

    @Test("progress is of the whole addition, and never goes back")
    func progress() throws {
        let shares = Mutex<[Double]>([])
        _ = try store().add(
            AddRequest(source: fixture("model"), name: "x"),
            job: Job { progress in
                shares.withLock { $0.append(progress.fraction) }
                return true
            })
        let told = shares.withLock { $0 }
        #expect(told == told.sorted() && told.last == 1 && told.contains { $0 > 0.2 && $0 < 0.95 }, "\(told)")
    }

    @Test("an addition that runs is not removed; what a killed one left is swept away by the next")
    func staging() throws {
        let lock = try StagingLock(place.path("models/.adding-x"), source: "/from/disk", isResumed: false)
        #expect(storeError { try store().remove("x") }?.description.contains("another program") == true)
        _ = try store().add(AddRequest(source: fixture("model"), name: "y"))
        #expect(exists(place.path("models/.adding-x")))
        lock.release()
        _ = try StagingLock(place.path("models/.adding-z"), source: "https://host/model", isResumed: true)
        _ = try store().add(AddRequest(source: fixture("model"), name: "w"))
        #expect(entries(of: models) == [".adding-z", "w", "y"], "downloads may go on")
        try store().remove("z")
        #expect(entries(of: models) == ["w", "y"])
    }
}
