import Dispatch
import DragonModel
import Glibc
import Synchronization

/// Which models can be used for edits. A model is checked once, and again when one of its files has changed.
final class ModelChecks {
    /// What was found of a model.
    struct Check {
        fileprivate var identity = ""
        /// What is wrong with it, in one line; nil where edits can run on it.
        let problem: String?
        /// What it is good for; nil where it cannot be used.
        let purpose: ModelPurpose?
    }

    private let file: String?
    private var known: [String: Check] = [:]
    private var isChanged = false
    /// What was found ahead, and not yet asked for.
    private var ahead: [String: Found] = [:]
    private let shelf = ModelShelf()
    private let spareTokenizers: SpareTokenizers?

    /// To be raised when a check finds what it did not find before: older results are forgotten.
    private static let revision = "\(engineVersion)/4"
    /// Models that are remembered.
    private static let most = 2000

    /// - Parameters:
    ///   - file: where results are kept for the next program; nil keeps none.
    ///   - spareTokenizers: for checkpoints that have none.
    init(_ file: String?, spareTokenizers: SpareTokenizers? = nil) {
        (self.file, self.spareTokenizers) = (file, spareTokenizers)
        guard let file, let root = try? readJSON(file, limit: 4_000_000).object, root["revision"]?.string == Self.revision else { return }
        let models = root["models"]?.object ?? JSONObject()
        for path in models.names {
            guard let check = models[path]?.object, let identity = check["identity"]?.string else { continue }
            let purpose = check["purpose"]?.string.flatMap { ModelPurpose(rawValue: $0) }
            guard check["problem"]?.string != nil || purpose != nil || check["lora"]?.bool == true else { continue }
            known[path] = Check(identity: identity, problem: check["problem"]?.string, purpose: purpose)
        }
    }

    /// What is wrong with a model, in one line; nil where edits can run on it.
    func problem(_ path: String) -> String? { check(path).problem }

    /// What is wrong with a LoRA, whatever the model, in one line.
    func problem(lora path: String) -> String? { check(path, as: .lora).problem }

    /// What is wrong with a model, or what it is good for.
    func check(_ path: String) -> Check { check(path, as: .model) }

    /// Checks models or LoRAs that are not known yet, as many at once as the machine has processors.
    func lookAhead(_ paths: [String], as kind: ForeignKind) {
        let unknown = paths.filter { known[$0] == nil || known[$0]?.identity != FileIdentity(model: $0).text }
        guard unknown.count > 1 else { return }
        let found = Mutex<[String: Found]>([:])
        let (spare, shelf) = (spareTokenizers, shelf)
        DispatchQueue.concurrentPerform(iterations: unknown.count) { number in
            let result = Self.look(at: unknown[number], as: kind, spare, shelf)
            found.withLock { $0[unknown[number]] = result }
        }
        ahead = found.withLock { $0 }
    }

    /// What was found, and whether that is the files', not the moment's.
    private typealias Found = (check: Check, isLasting: Bool)

    /// What a model is good for; nil for a LoRA.
    private static func purpose(
        of path: String, as kind: ForeignKind, _ spareTokenizers: SpareTokenizers?, _ shelf: ModelShelf
    ) throws(ModelError) -> ModelPurpose? {
        guard kind == .model else {
            _ = try LoRAContents(path)
            return nil
        }
        var additions = ModelAdditions()
        additions.spareTokenizers = spareTokenizers
        let files = try ModelFiles(path: path, additions: additions)
        try files.checkForEditing(sharing: shelf)
        return files.purpose
    }

    private func check(_ path: String, as kind: ForeignKind) -> Check {
        let identity = FileIdentity(model: path).text
        if let identity, let check = known[path], check.identity == identity { return check }
        var (check, isLasting) = ahead.removeValue(forKey: path) ?? Self.look(at: path, as: kind, spareTokenizers, shelf)
        if let identity, isLasting, file != nil {
            check.identity = identity
            known[path] = check
            isChanged = true
        }
        return check
    }

    private static func look(
        at path: String, as kind: ForeignKind, _ spareTokenizers: SpareTokenizers?, _ shelf: ModelShelf
    ) -> Found {
        do {
            return (Check(problem: nil, purpose: try purpose(of: path, as: kind, spareTokenizers, shelf)), true)
        } catch {
            let check = Check(problem: error.description, purpose: nil)
            if case .unreadable = error { return (check, false) }
            return (check, !error.isLimitOfMachine)
        }
    }

    /// Keeps what was found. Where that is not possible the next program checks again.
    func save() {
        guard isChanged, let file, let folder = parent(of: file) else { return }
        try? makeFolders(folder)
        var models = JSONObject()
        for (path, check) in known.filter({ exists($0.key) }).sorted(by: { $0.key < $1.key }).prefix(Self.most) {
            let problem = check.problem.map { JSONValue.string($0) } ?? .null
            let purpose = check.purpose.map { JSONValue.string($0.rawValue) } ?? .null
            let isLoRA = JSONValue.bool(check.problem == nil && check.purpose == nil)
            models[path] = .object(
                JSONObject(["identity": .string(check.identity), "problem": problem, "purpose": purpose, "lora": isLoRA]))
        }
        let root = JSONValue.object(JSONObject(["revision": .string(Self.revision), "models": .object(models)]))
        try? writeFile(file, Array(root.text.utf8))
        isChanged = false
    }
}

/// Whether a model's files are those that they were: their names, sizes, times and numbers on the disk.
struct FileIdentity {
    /// nil where there are too many files to tell.
    let text: String?

    /// Files of a model's folder, at most: more are not looked at.
    private static let mostFiles = 1000

    init(model path: String) {
        let folder = isFolder(path) ? resolvedModel(path) : parent(of: path) ?? "."
        let parts = isFolder(path) ? ["", "loras", "scheduler", "text_encoder", "tokenizer", "unet", "vae"] : ["tokenizer"]
        var files =
            isFolder(path)
            ? [path, folder]
            : [path, ModelFiles.settingsFile(ofCheckpoint: path), ModelFiles.autoencoderFile(besideCheckpoint: path)]
        for part in parts {
            let inner = part.isEmpty ? folder : "\(folder)/\(part)"
            files += [inner] + entries(of: inner).map { "\(inner)/\($0)" }
        }
        guard files.count <= Self.mostFiles else {
            text = nil
            return
        }
        var hash = SHA256()
        for file in files { Array("\(file) \(Self.identity(file))\n".utf8).withUnsafeBytes { hash.update($0) } }
        text = hash.finished()
    }

    private static func identity(_ file: String) -> String {
        var status = stat()
        guard stat(file, &status) == 0 else { return "absent" }
        let (written, changed) = (status.st_mtim, status.st_ctim)
        return
            "\(status.st_dev) \(status.st_ino) \(status.st_size) \(written.tv_sec).\(written.tv_nsec) \(changed.tv_sec).\(changed.tv_nsec)"
    }
}
