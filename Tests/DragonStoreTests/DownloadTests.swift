import CFetch
import DragonModel
import DragonTensor
import Glibc
import Testing

@testable import DragonStore

@Suite("Downloads survive bad servers", .serialized)
struct DownloadTests {
    private let server: FileServer
    private let data = noise(400_000)

    init() throws {
        server = try FileServer()
        try server.put("file", data)
    }

    private var target: String { server.folder.path("target") }

    private func download(_ path: String, job: Job = Job()) throws -> String? {
        try Download(url: server.url(path), job: job, pause: 50_000).run(to: target)
    }

    private func expectWhole(_ hash: String?, at location: SourceLocation = #_sourceLocation) throws {
        #expect(hash == sha256(data), sourceLocation: location)
        #expect(try readFile(target, limit: 1_000_000) == data, sourceLocation: location)
        #expect(!exists(target + ".part") && !exists(target + ".part.tag"), sourceLocation: location)
    }

    @Test(
        "plain, redirected, without a length, and from a server that is busy at first", arguments: ["plain", "moved", "nolength", "busy"])
    func simple(_ habit: String) throws { try expectWhole(try download("\(habit)/file")) }

    @Test("dropped connections are taken up where they broke")
    func dropped() throws {
        try expectWhole(try download("drop/file"))
        #expect(server.requests() == ["/drop/file ", "/drop/file bytes=200000-", "/drop/file bytes=300000-", "/drop/file bytes=350000-"])
    }

    @Test("a server that ignores ranges sends the whole again", arguments: ["norange", "changing", "misplaced"])
    func ignored(_ habit: String) throws {
        try expectWhole(try download("\(habit)/file"))
        #expect(server.requests().contains { $0.hasSuffix("bytes=200000-") })
    }

    @Test("a server that goes away leaves its part for the next try")
    func gone() throws {
        let error = storeError { _ = try download("dead/file") }
        guard case .lacking(let words) = error else { Issue.record("\(String(describing: error))"); return }
        #expect(words.contains("run the same again"))
        #expect(size(of: target + ".part") == 200_000 && !exists(target))
        try expectWhole(try download("plain/file"))
        #expect(server.requests().last == "/plain/file bytes=200000-")
    }

    @Test("a part that is longer than the file is thrown away")
    func tooLong() throws {
        try writeFile(target + ".part", noise(500_000))
        try expectWhole(try download("plain/file"))
    }

    @Test("what is not there, or not for us, is told apart")
    func absent() throws {
        #expect(try download("plain/nothing") == nil && !exists(target + ".part"))
        guard case .badRequest(let words) = storeError({ _ = try download("private/file") }) else { Issue.record("no error"); return }
        #expect(words.contains("403"))
        let nowhere = Download(
            url: "http://127.0.0.1:1/x", job: Job(), attempts: 2, pause: 1)
        guard case .lacking(let reason) = storeError({ _ = try nowhere.run(to: target) }) else { Issue.record("no error"); return }
        #expect(reason.contains("127.0.0.1:1"))
        guard case .badRequest = storeError({ _ = try Download(url: "http://:x/", job: nowhere.job).run(to: target) }) else {
            Issue.record("an address that is none")
            return
        }
    }

    @Test("cancelling ends it within a second and keeps the part")
    func cancelled() throws {
        let time = ContinuousClock().measure {
            #expect(throws: CancellationError.self) { _ = try download("slow/file", job: Job { $0.step <= 20_000 }) }
        }
        #expect(time < .seconds(3))
        #expect((size(of: target + ".part") ?? 0) > 20_000)
        try expectWhole(try download("plain/file"))
    }

    @Test("what a server announces is a number like any other", arguments: ["huge", "hugerange"])
    func announced(_ habit: String) {
        guard case .badModel(let words) = storeError({ _ = try download("\(habit)/file") }) else { Issue.record("no error"); return }
        #expect(words.contains("announces more than the 40000 MB"))
    }

    @Test("a body without an end is cut at what its file may have")
    func endless() throws {
        var endless = Download(url: server.url("endless/file"), job: Job(), pause: 1)
        endless.place = FetchPart(share: 0...1, limit: 5_000_000)
        guard case .badModel(let words) = storeError({ _ = try endless.run(to: target) }) else { Issue.record("no error"); return }
        #expect(words.contains("more than the 5 MB") && (size(of: target + ".part") ?? 0) <= 5_000_000)
    }

    @Test("a few bytes a second are no download")
    func drip() throws {
        var drip = Download(url: server.url("drip/file"), job: Job(), attempts: 2, pause: 1)
        drip.patience = 1
        let time = ContinuousClock().measure {
            guard case .lacking = storeError({ _ = try drip.run(to: target) }) else { Issue.record("no error"); return }
        }
        #expect(time < .seconds(15), "\(time)")
    }

    @Test("a secure address leads to no other, and none shows what is secret in it")
    func secrets() {
        func redirections(_ url: String) -> String { String(cString: dragon_fetch_redirections(url)) }
        #expect(redirections("HTTPS://x/y") == "https" && redirections("https://x") == "https" && redirections("http://x") == "http,https")
        #expect(shownAddress("https://me:p@ss@host/a@b/c.safetensors?token=t#x") == "https://host/a@b/c.safetensors")
        #expect(shownAddress("/home/a?b#c@d") == "/home/a?b#c@d" && shownAddress("https://host") == "https://host")
        let nowhere = Download(url: "http://me:secret@127.0.0.1:1/x?token=secret", job: Job(), attempts: 1, pause: 1)
        #expect(storeError { _ = try nowhere.run(to: target) }?.description.contains("secret") == false)
    }

    @Test("a disk without room is told before anything is written")
    func full() throws {
        let part = try PartFile(target, job: Job())
        guard case .lacking(let words) = storeError({ try part.checkRoom(for: 1 << 60) }) else { Issue.record("no error"); return }
        #expect(words.contains("MB free"))
        try part.checkRoom(for: 1000)
    }
}
