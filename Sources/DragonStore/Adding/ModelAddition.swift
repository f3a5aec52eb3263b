import DragonModel
import DragonTensor
import Glibc

extension ModelStore {
    /// Copies or downloads a model into the user's folder. Under its name it appears whole or not at all; what a broken
    /// download brought so far is kept for the next try.
    ///
    /// - Parameter job: told of every piece of a file, in bytes, and of the checks; asked several times a second.
    /// - Throws: ``StoreError``; ``CancellationError``.
    public func add(_ request: AddRequest, job: Job = Job()) throws -> AddedModel {
        let origin = try Origin(request.source)
        let name = try request.name ?? origin.suggestedName
        guard let folder = places.user else { throw StoreError.lacking("there is no folder for models: set HOME or XDG_DATA_HOME") }
        try Self.check(name)
        for taken in ["\(folder)/\(name)", "\(folder)/\(name)\(checkpointSuffix)"] where exists(taken) {
            throw StoreError.badRequest("there is a model \(name) already: remove it first, or choose another name with --name")
        }
        let expected = try request.sha256.map(Self.checkedHash)
        guard expected == nil || origin.isSingleFile else {
            throw StoreError.badRequest("--sha256 is for a single file: \(origin.address) is a folder")
        }
        StagingLock.sweep(folder, sparing: StagingLock.prefix + name)
        let addition = ModelAddition(
            origin: origin, request: request, expectedHash: expected, tokenizers: places.tokenizers, target: "\(folder)/\(name)",
            staging: "\(folder)/\(StagingLock.prefix)\(name)", job: job)
        return try addition.run()
    }

    private static func check(_ name: String) throws {
        let isPlain = name.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ":") }
        guard !name.isEmpty, name.utf8.count <= 100, !name.hasPrefix("."), isPlain else {
            throw StoreError.badRequest("\"\(name)\" cannot be a model's name: choose letters, digits, dots and dashes")
        }
    }

    private static func checkedHash(_ text: String) throws -> String {
        let digits = text.lowercased()
        guard digits.utf8.count == 64, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }) else {
            throw StoreError.badRequest("\"\(text)\" is no SHA-256: it should be 64 hexadecimal digits")
        }
        return digits
    }

    /// Removes one of the user's models, or what an unfinished download of it left.
    ///
    /// - Throws: ``StoreError``: there is none of that name, or it is not the user's.
    public func remove(_ name: String) throws {
        let staging = StagingLock.prefix + name
        let own = [name, name + checkpointSuffix, staging].map { "\(places.user ?? "")/\($0)" }
        let isPlain = !name.isEmpty && !name.contains("/") && !name.hasPrefix(".")
        guard isPlain, places.user != nil, let path = own.first(where: exists) else {
            if let other = models().first(where: { $0.name == name }) {
                throw StoreError.badRequest("\(other.path) is not in your models: remove it where it was installed from")
            }
            throw StoreError.badRequest("there is no model \(name): \"dragon model list\" shows all")
        }
        // An addition that runs is its program's; what a broken one left is anybody's.
        guard !path.hasSuffix("/\(staging)") else { return try StagingLock.remove(path) }
        guard removeTree(path) else { throw StoreError.lacking("cannot remove \(path): \(systemReason())") }
    }
}

/// One model on its way into a folder of models.
struct ModelAddition {
    let origin: Origin
    let request: AddRequest
    let expectedHash: String?
    let tokenizers: [String]
    let target: String
    /// Where the files gather: hidden, and on the target's own disk.
    let staging: String
    let job: Job

    func run() throws -> AddedModel {
        let lock = try StagingLock(staging, source: origin.address, isResumed: origin.isRemote)
        defer { lock.release() }
        do {
            let hashes = try fetch()
            try job.check()
            job.tell(.check, step: 0, total: 1, fraction: FetchPart.all.upperBound, subject: origin.address)
            let files = try check()
            job.tell(.check, step: 1, total: 1, fraction: 1, subject: origin.address)
            lock.forgetSource()
            guard rename(staging, target) == 0 else { throw StoreError.lacking("cannot write \(target): \(systemReason())") }
            let path = origin.isSingleFile ? "\(target)/\(checkpointName)" : target
            return AddedModel(
                model: FoundModel(
                    path: path, name: target.split(separator: "/").last.map(String.init), problem: nil,
                    purpose: files.purpose), hashes: hashes,
                isPredictionAssumed: files.isPredictionAssumed)
        } catch {
            if !isWorthKeeping(error) { _ = removeTree(staging) }
            throw error
        }
    }

    /// What a broken connection, a full disk or Ctrl-C left of a download is good.
    private func isWorthKeeping(_ error: any Error) -> Bool {
        guard origin.isRemote else { return false }
        if case StoreError.lacking = error { return true }
        return error is CancellationError
    }

    private var checkpointName: String { (target.split(separator: "/").last.map(String.init) ?? "model") + checkpointSuffix }

    private func fetch() throws -> [(file: String, sha256: String)] {
        switch origin.kind {
        case .localFolder(let folder):
            return try FolderCollector(source: LocalSource(folder: folder, job: job), folder: staging).collect()
        case .remoteFolder(let address):
            return try FolderCollector(source: RemoteSource(address: address, job: job), folder: staging).collect()
        case .localFile(let folder, let name):
            let source = LocalSource(folder: folder, job: job)
            let hashes = try single(source.fetch(name, to: checkpointPath, .single))
            let end = FetchPart.all.upperBound
            _ = try source.fetch(
                ModelFiles.autoencoderFile(besideCheckpoint: name), to: ModelFiles.autoencoderFile(besideCheckpoint: checkpointPath),
                FetchPart(share: end...end, limit: FetchPart.mostWeightBytes))
            return hashes
        case .remoteFile(let address):
            return try single(Download(url: address, job: job).run(to: checkpointPath))
        }
    }

    private func single(_ hash: String?) throws -> [(file: String, sha256: String)] {
        guard let hash else { throw StoreError.badRequest("\(origin.address) does not exist") }
        if let expectedHash, hash != expectedHash {
            throw StoreError.badModel(
                "\(origin.address) has SHA-256 \(hash), expected \(expectedHash): it is another file, or was damaged on its way")
        }
        return [(checkpointName, hash)]
    }

    private var checkpointPath: String { "\(staging)/\(checkpointName)" }

    /// Checks that edits can run on what was fetched; a checkpoint gets its tokenizer first.
    private func check() throws -> ModelFiles {
        try remember()
        do {
            let path = origin.isSingleFile ? checkpointPath : staging
            if origin.isSingleFile { try addTokenizer(try ModelFiles(path: path)) }
            let files = try ModelFiles(path: path)
            try files.checkForEditing()
            return files
        } catch let error as ModelError {
            let words = error.description.replacing(checkpointPath, with: origin.address).replacing(staging, with: origin.address)
            throw StoreError.badModel("\(origin.address) is no usable model: \(words)")
        }
    }

    /// Writes what the user said about the model where it is read from.
    private func remember() throws {
        guard request.prediction != nil || request.solver != nil || !request.loras.isEmpty else { return }
        let file = origin.isSingleFile ? ModelFiles.settingsFile(ofCheckpoint: checkpointPath) : "\(staging)/dragon.json"
        var settings = exists(file) ? try readJSON(file, limit: FetchPart.mostTextBytes).object ?? JSONObject() : JSONObject()
        if let prediction = request.prediction { settings["prediction_type"] = .string(prediction.rawValue) }
        if let solver = request.solver { settings["sampler"] = .string(solver.rawValue) }
        if !request.loras.isEmpty { settings["loras"] = .array((settings["loras"]?.array ?? []) + (try request.loras.map(addLoRA))) }
        try writeFile(file, Array(JSONValue.object(settings).text.utf8))
    }

    /// Copies a LoRA beside the model.
    ///
    /// - Returns: how the model's settings name it.
    private func addLoRA(_ lora: LoRASource) throws -> JSONValue {
        let name = lora.path.split(separator: "/").last.map(String.init) ?? lora.path
        let part = FetchPart(share: FetchPart.all.upperBound...FetchPart.all.upperBound, limit: FetchPart.mostWeightBytes)
        try makeFolders("\(staging)/loras")
        let source = LocalSource(folder: parent(of: lora.path) ?? ".", job: job)
        guard try source.fetch(name, to: "\(staging)/loras/\(name)", part) != nil else {
            throw StoreError.badRequest("there is no file \(lora.path)")
        }
        return .object(JSONObject(["file": .string("loras/\(name)"), "scale": .number(Double("\(lora.scale)") ?? 1)]))
    }

    private func addTokenizer(_ files: ModelFiles) throws {
        let folder = "\(staging)/tokenizer"
        mkdir(folder, 0o755)
        if let given = request.tokenizer ?? origin.tokenizerBeside {
            let source = LocalSource(folder: given, job: job)
            let part = FetchPart(share: FetchPart.all.upperBound...FetchPart.all.upperBound, limit: FetchPart.mostTextBytes)
            func fetch(_ file: String) throws -> Bool { try source.fetch(file, to: "\(folder)/\(file)", part) != nil }
            for file in ["vocab.json", "merges.txt"] where try !fetch(file) {
                guard try fetch("tokenizer.json") else { throw StoreError.badRequest("\(given) has no \(file)") }
                break
            }
            for file in ["tokenizer_config.json", "special_tokens_map.json"] { _ = try fetch(file) }
        } else if let merges = tokenizers.first(where: isFile) {
            // Stable Diffusion 2 has OpenCLIP's wider text encoder.
            let padsWithZero = files.textEncoderConfiguration.hiddenSize >= 1024
            try StandardTokenizer(merges: merges).write(to: folder, padsWithZero: padsWithZero)
        } else {
            throw StoreError.badRequest("a checkpoint has no tokenizer: give the folder of CLIP's vocab.json and merges.txt by --tokenizer")
        }
    }
}
