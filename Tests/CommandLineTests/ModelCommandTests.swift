import Glibc
import TestSupport
import Testing

@testable import DragonModel
@testable import DragonStore
@testable import dragon

/// `dragon model`, and what every command does where no model is named. The program is a copy away from its source tree, whose
/// embedded model it would find.
@Suite("Models are managed from the command line", .serialized)
struct ModelCommandTests {
    private let folder: String
    private let program: String

    init() throws {
        var template = Array("/tmp/dragon-models.XXXXXX".utf8CString)
        _ = try #require(mkdtemp(&template))
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        program = "\(folder)/dragon"
        try DragonModel.writeFile(program, try DragonModel.readFile(Program.path, limit: 1 << 30))
        chmod(program, 0o755)
    }

    private var environment: [String] {
        ["DRAGON_MODEL_PATH=", "DRAGON_FOREIGN_MODELS=", "XDG_DATA_HOME=\(folder)/data", "XDG_CACHE_HOME=\(folder)/cache"]
    }

    private func run(_ arguments: String...) throws -> Program.Outcome {
        try Program.run(arguments, environment: environment, program: program)
    }

    private func expect(_ run: Program.Outcome, status: Int32, saying words: String, at location: SourceLocation = #_sourceLocation) {
        #expect(run.status == status && run.errors.contains(words), "\(run)", sourceLocation: location)
        #expect(run.errors.count { $0 == "\n" } == 1 && run.errors.hasPrefix("dragon: "), "\(run)", sourceLocation: location)
    }

    @Test("added, listed, used without being named, and removed")
    func wholeLife() throws {
        defer { _ = removeTree(folder) }
        // A machine with a model of its own would find that.
        let shared = ["/usr/local/share/dragon/models", "/usr/share/dragon/models"]
        if shared.allSatisfy({ access($0, F_OK) != 0 }) {
            expect(try run("info"), status: 3, saying: "dragon model add")
            #expect(try run("model", "list").output.contains("no models"))
        }
        let added = try run("model", "add", fixture("model"), "--name", "small", "--quiet")
        #expect(added.status == 0 && added.errors.isEmpty && added.output.contains("small: added to \(folder)/data/dragon/models/small"))
        #expect(added.output.split(separator: "\n").count == 4, "three hashes and the place")
        let report = try #require(try JSONValue(parsing: Array(try run("model", "list", "--json").output.utf8)).object)
        let first = try #require(report["models"]?.array?.first?.object)
        #expect(first["name"]?.string == "small" && first["problem"]?.isNull == true)
        #expect(try run("info").output.contains("\(folder)/data/dragon/models/small"))
        #expect(try run("info", "--model", "small").output.contains("\(folder)/data/dragon/models/small"))
        expect(try run("info", "--model", "other"), status: 2, saying: "dragon model list")
        let size = ["--width", "64", "--height", "64"]
        let made = try Program.run(
            ["generate", "--model", "small", "--prompt", "a cat", "--steps", "1", "--json", "--quiet", "-o", "\(folder)/out.png"] + size,
            environment: environment, program: program)
        #expect(try JSONValue(parsing: Array(made.output.utf8)).object?["model"]?.string == "\(folder)/data/dragon/models/small")
        expect(try run("model", "add", fixture("model"), "--name", "small"), status: 2, saying: "already")
        #expect(try run("model", "remove", "small").status == 0)
        expect(try run("model", "remove", "small"), status: 2, saying: "no model small")
    }

    @Test("a model that the environment names and that is none is an error, and a warning of the list")
    func badEnvironment() throws {
        defer { _ = removeTree(folder) }
        let named = ["DRAGON_MODEL_PATH=/no/such", "XDG_DATA_HOME=\(folder)/data", "XDG_CACHE_HOME=\(folder)/cache"]
        expect(try Program.run(["info"], environment: named, program: program), status: 2, saying: "DRAGON_MODEL_PATH names /no/such")
        let list = try Program.run(["model", "list"], environment: named, program: program)
        #expect(list.status == 0 && list.errors.contains("warning: DRAGON_MODEL_PATH names /no/such"))
    }

    @Test("what cannot be added is 2, what the machine lacks 3, each with one line")
    func refused() throws {
        defer { _ = removeTree(folder) }
        expect(try run("model", "add", "/no/such"), status: 2, saying: "/no/such")
        expect(try run("model", "add", fixture("model"), "--sha256", "12"), status: 2, saying: "64 hexadecimal digits")
        expect(try run("model", "add", "--quiet", "http://127.0.0.1:1/x.safetensors"), status: 3, saying: "127.0.0.1")
        expect(try run("model", "frob"), status: 2, saying: "frob")
    }
}
