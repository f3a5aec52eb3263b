import DragonModel
import DragonTensor
import Glibc
import TestSupport
import Testing

@testable import DragonStore

@Suite("Models are found, added and removed", .serialized)
struct StoreTests {
    private let place: TemporaryPlace

    init() throws { place = try TemporaryPlace() }

    private func link(_ name: String, to source: String = fixture("model")) {
        var made = ""
        for part in place.path(name).split(separator: "/").dropLast() {
            made += "/\(part)"
            mkdir(made, 0o755)
        }
        symlink(source, place.path(name))
    }

    private func reason(_ body: () throws -> Void) -> String { storeError(body)?.description ?? "no error" }

    // MARK: - Finding

    @Test("the named come first, then the user's, then the system's, the embedded last; each once")
    func order() throws {
        for name in ["a/one", "user/embedded", "user/two", "share/three"] {
            // Copies, for links to one model count once.
            link("\(name)/model_index.json", to: fixture("model/model_index.json"))
        }
        let places = ModelPlaces(
            named: [place.path("a"), place.path("user/two"), "/no/such"], user: place.path("user"), shared: [place.path("share")])
        #expect(ModelStore(places: places).models().map(\.name) == ["one", "two", "three", "embedded"])
    }

    @Test("the first that can be opened is used; a broken one is listed with its problem")
    func usable() throws {
        mkdir(place.path("models"), 0o755)
        mkdir(place.path("models/broken"), 0o755)
        #expect(storeError { _ = try place.store.firstUsable() } == .noModel)
        link("models/good")
        #expect(try place.store.firstUsable().name == "good")
        let models = place.store.models()
        #expect(
            models.map(\.name) == ["broken", "good"] && models[0].problem?.contains("model_index.json") == true && models[1].problem == nil)
    }

    @Test("places follow the environment, the prefix and the source tree")
    func places() {
        let environment = ["DRAGON_MODEL_PATH": "/a::/b", "HOME": "/home/me", "XDG_DATA_HOME": ""]
        let found = ModelPlaces(environment: { environment[$0] }, binaries: ["/opt/dragon/bin/dragon", "/src/.build/x/release/dragon"])
        #expect(found.named == ["/a", "/b"] && found.user == "/home/me/.local/share/dragon/models")
        #expect(found.shared.first == "/opt/dragon/share/dragon/models" && found.shared.last == "/usr/share/dragon/models")
        #expect(found.single == ["/src/Install/model/embedded"])
        #expect(ModelPlaces(environment: { _ in nil }, binaries: []).user == nil)
        #expect(ModelPlaces(environment: { $0 == "XDG_DATA_HOME" ? "/data" : nil }, binaries: []).user == "/data/dragon/models")
    }

    // MARK: - Adding

    @Test("a folder is copied with what the model needs, and nothing else")
    func folder() throws {
        let added = try place.store.add(AddRequest(source: fixture("model"), name: "mine"))
        #expect(added.model.name == "mine" && added.model.problem == nil && added.hashes.count == 3)
        for (file, hash) in added.hashes { #expect(sha256(try readFile(fixture("model/\(file)"), limit: 1 << 30)) == hash) }
        #expect(entries(of: place.path("models")) == ["mine"])
        #expect(!entries(of: place.path("models/mine")).contains(".source"))
        #expect(try place.store.firstUsable() == added.model)
    }

    @Test("what cannot be added is said, and leaves nothing")
    func refused() throws {
        let store = place.store
        func adding(_ source: String, name: String? = nil, sha256: String? = nil) -> String {
            reason { _ = try store.add(AddRequest(source: source, name: name, sha256: sha256)) }
        }
        #expect(adding("/no/such").contains("does not exist"))
        for name in ["x.ckpt", "https://host/x.CKPT?token=secret", "/no/x.pt"] {
            #expect(adding(name).contains("pickle") && adding(name).contains("save_file") && !adding(name).contains("secret"))
        }
        #expect(adding("ftp://x/y").contains("http"))
        #expect(adding(fixture("pictures/rgb.png")).contains("no model"))
        #expect(adding(fixture("pictures")).contains("model_index.json"))
        #expect(adding(fixture("model-reference.safetensors")).contains("no usable model"))
        #expect(adding(fixture("model"), name: "../x").contains("name") && adding(fixture("model"), name: "").contains("name"))
        #expect(adding(fixture("model"), sha256: String(repeating: "0", count: 64)).contains("folder"))
        #expect(adding(fixture("model-reference.safetensors"), sha256: "xyz").contains("64"))
        let actual = sha256(try readFile(fixture("model-reference.safetensors"), limit: 1 << 30))
        let wrong = adding(fixture("model-reference.safetensors"), sha256: String(repeating: "0", count: 64))
        #expect(wrong.contains("SHA-256") && wrong.contains(actual))
        #expect(entries(of: place.path("models")) == [])
        _ = try store.add(AddRequest(source: fixture("model")))
        #expect(adding(fixture("model")).contains("already"))
        #expect(reason { _ = try ModelStore(places: ModelPlaces()).add(AddRequest(source: fixture("model"))) }.contains("HOME"))
    }

    @Test("cancelling a copy leaves nothing")
    func cancelled() {
        let job = Job { $0.step == 0 || $0.phase != .fetch || $0.subject.hasSuffix(".json") }
        #expect(throws: CancellationError.self) { _ = try place.store.add(AddRequest(source: fixture("model")), job: job) }
        #expect(entries(of: place.path("models")) == [])
    }

    // MARK: - From a server

    private func serve(_ server: FileServer) throws {
        for part in ["", "scheduler", "text_encoder", "tokenizer", "unet", "vae"] {
            for name in entries(of: fixture("model/\(part)")) where isFile(fixture("model/\(part)/\(name)")) {
                try server.put("m/\(part)/\(name)", try readFile(fixture("model/\(part)/\(name)"), limit: 1 << 30))
            }
        }
    }

    @Test("a model's address is fetched, through dropped connections too")
    func remote() throws {
        let server = try FileServer()
        try serve(server)
        let added = try place.store.add(AddRequest(source: server.url("plain/m/")))
        #expect(added.model.name == "m" && added.model.problem == nil)
        let again = try place.store.add(AddRequest(source: server.url("dropone/m"), name: "dropped"))
        #expect(again.hashes.map(\.sha256) == added.hashes.map(\.sha256))
        #expect(server.requests().contains { $0.hasPrefix("/dropone/m/unet/diffusion_pytorch_model.safetensors bytes=") })
        #expect(reason { _ = try place.store.add(AddRequest(source: server.url("plain/none"))) }.contains("model_index.json"))
    }

    @Test("an address that breaks is taken up by the next try, file by file")
    func resumed() throws {
        let server = try FileServer()
        try serve(server)
        #expect(throws: CancellationError.self) {
            _ = try place.store.add(AddRequest(source: server.url("plain/m")), job: Job { $0.step <= 3_000_000 })
        }
        #expect(place.store.models().isEmpty && entries(of: place.path("models")) == [".adding-m"])
        let before = server.requests().count
        let added = try place.store.add(AddRequest(source: server.url("plain/m")))
        #expect(added.model.problem == nil && added.hashes.count == 3)
        let later = server.requests()[before...]
        #expect(later.contains { $0.contains("unet/diffusion_pytorch_model.safetensors bytes=") })
        #expect(!later.contains { $0.contains("scheduler_config.json") }, "what is whole is not asked for again")
        mkdir(place.path("models/.adding-left"), 0o755)
        try place.store.remove("left")
        #expect(entries(of: place.path("models")) == ["m"], "what was left can be removed")
    }

    @Test("what is secret in an address is neither stored nor shown")
    func secret() throws {
        let server = try FileServer()
        try serve(server)
        let address = server.url("plain/m?token=hidden").replacing("//", with: "//me:hidden@")
        #expect(throws: CancellationError.self) { _ = try place.store.add(AddRequest(source: address), job: Job { $0.step <= 3_000_000 }) }
        let source = try readFile(place.path("models/.adding-m/.source"), limit: 1000)
        #expect(String(decoding: source, as: UTF8.self) == server.url("plain/m"))
        let absent = server.url("plain/none.safetensors?token=hidden")
        #expect(!reason { _ = try place.store.add(AddRequest(source: absent)) }.contains("hidden"))
    }

    @Test("wrong bytes from a server are found by their hash, and thrown away")
    func wrongBytes() throws {
        let server = try FileServer()
        let bytes = noise(50_000)
        try server.put("x.safetensors", bytes)
        let words = reason {
            _ = try place.store.add(AddRequest(source: server.url("wrong/x.safetensors?download=true"), sha256: sha256(bytes)))
        }
        #expect(words.contains("SHA-256") && words.contains(sha256(bytes)))
        #expect(entries(of: place.path("models")) == [])
        // With the right hash it gets further: to being no model.
        #expect(
            reason { _ = try place.store.add(AddRequest(source: server.url("plain/x.safetensors"), sha256: sha256(bytes))) }
                .contains("no usable model"))
        #expect(reason { _ = try place.store.add(AddRequest(source: server.url("plain/y.safetensors"))) }.contains("does not exist"))
        #expect(entries(of: place.path("models")) == [])
    }

    @Test("addresses are told apart, and give a name")
    func addresses() throws {
        for (address, kind, name) in [
            ("https://huggingface.co/org/sd-v1-5", Origin.Kind.remoteFolder("https://huggingface.co/org/sd-v1-5/resolve/main"), "sd-v1-5"),
            (
                "https://huggingface.co/org/sd/blob/main/a/f.safetensors",
                .remoteFile("https://huggingface.co/org/sd/resolve/main/a/f.safetensors"), "f"
            ),
            ("https://me:pw@hf.co/org/sd/tree/fp16", .remoteFolder("https://me:pw@hf.co/org/sd/resolve/fp16"), "sd"),
            ("http://host/x/BIG.SAFETENSORS?token=1", .remoteFile("http://host/x/BIG.SAFETENSORS?token=1"), "BIG"),
            ("https://huggingface.co/org/sd/tree/main/", .remoteFolder("https://huggingface.co/org/sd/resolve/main"), "sd"),
            ("HTTP://host/a/b%20c.safetensors?x=/y", .remoteFile("HTTP://host/a/b%20c.safetensors?x=/y"), "b-20c"),
            ("http://host/models/m", .remoteFolder("http://host/models/m"), "m"),
            (
                fixture("model-reference.safetensors"), .localFile(folder: fixture("x").dropped(2), name: "model-reference.safetensors"),
                "model-reference"
            ),
        ] {
            let origin = try Origin(address)
            let suggested = try origin.suggestedName
            #expect(origin.kind == kind && suggested == name, "\(address): \(origin.kind), \(suggested)")
        }
    }

    // MARK: - Tokenizer and removing

    @Test("CLIP's tokenizer follows from its merges")
    func tokenizer() throws {
        let folder = place.path("tokenizer")
        try StandardTokenizer(merges: fixture("tokenizer/merges.txt")).write(to: folder, padsWithZero: true)
        let tokenizer = try Tokenizer(folder: folder)
        #expect(tokenizer.vocabularySize == 49408)
        // CLIP's own numbers: a start, "a", "cat", an end, then the padding.
        #expect(Array(tokenizer.encode("a cat").prefix(5)) == [49406, 320, 2368, 49407, 0])
    }

    @Test("only the user's own models are removed")
    func removed() throws {
        link("share/other")
        let store = ModelStore(places: ModelPlaces(user: place.path("models"), shared: [place.path("share")]))
        _ = try store.add(AddRequest(source: fixture("model"), name: "mine"))
        #expect(reason { try store.remove("other") }.contains("not in your models"))
        for name in ["", ".", "..", "../share/other", "nothing"] {
            #expect(reason { try store.remove(name) }.contains("no model"), "\(name)")
        }
        try store.remove("mine")
        #expect(store.models().map(\.name) == ["other"] && !exists(place.path("models/mine")))
        // A link goes, what it leads to stays.
        link("models/linked")
        try store.remove("linked")
        #expect(exists(fixture("model/model_index.json")))
    }
}

extension String {
    /// Without its last characters.
    fileprivate func dropped(_ count: Int) -> String { String(dropLast(count)) }
}
