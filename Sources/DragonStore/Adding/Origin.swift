import DragonModel

/// A model's source, told apart by its looks.
struct Origin {
    /// What it is.
    enum Kind: Equatable {
        case localFolder(String)
        case localFile(folder: String, name: String)
        case remoteFolder(String)
        case remoteFile(String)
    }

    /// As the user gave it, without what nobody else should see: for messages and files.
    let address: String
    let kind: Kind

    init(_ source: String) throws {
        address = shownAddress(source)
        let lower = source.lowercased()
        if ModelFiles.isPickleName(address), !isFolder(source) {
            throw StoreError.badModel(ModelError.pickle(file: address).description)
        } else if lower.hasPrefix("http://") || lower.hasPrefix("https://") {
            let files = addressOfFiles(source)
            kind = isCheckpointName(String(withoutQuery(files))) ? .remoteFile(files) : .remoteFolder(String(withoutQuery(files)))
        } else if isFolder(source) {
            kind = try Self.folder(source)
        } else if isCheckpointName(source), isFile(source) {
            // The folder's links are followed, the file's is not: the hub's cache keeps files under their hashes.
            let name = source.split(separator: "/").last.map(String.init) ?? source
            kind = .localFile(folder: resolved(source.contains("/") ? parent(of: source) ?? "/" : "."), name: name)
        } else if exists(source) {
            throw StoreError.badRequest("\(address) is no model: give a diffusers folder or a .safetensors file")
        } else if source.contains("://") {
            throw StoreError.badRequest("\(address) is no address that can be fetched: give one of http:// or https://")
        } else {
            throw StoreError.badRequest("\(address) does not exist")
        }
    }

    /// A folder around a single checkpoint stands for the checkpoint, one of the hub's cache for its snapshot.
    private static func folder(_ path: String) throws -> Kind {
        let path = resolvedModel(resolved(path))
        let checkpoints = checkpoints(among: entries(of: path))
        guard !exists("\(path)/model_index.json"), checkpoints.count == 1, let name = checkpoints.first else { return .localFolder(path) }
        return .localFile(folder: path, name: name)
    }

    var isSingleFile: Bool {
        switch kind {
        case .localFile, .remoteFile: true
        case .localFolder, .remoteFolder: false
        }
    }

    var isRemote: Bool {
        switch kind {
        case .remoteFile, .remoteFolder: true
        case .localFile, .localFolder: false
        }
    }

    /// The tokenizer that lies beside a local checkpoint.
    var tokenizerBeside: String? {
        guard case .localFile(let folder, _) = kind else { return nil }
        return ["vocab.json", "tokenizer.json"].contains { isFile("\(folder)/tokenizer/\($0)") } ? "\(folder)/tokenizer" : nil
    }

    /// The source's own name, as far as it can be one.
    var suggestedName: String {
        get throws {
            var parts = address.split(separator: "/").map(String.init)
            if let kind = parts.dropLast().last, ["resolve", "tree"].contains(kind) { parts.removeLast(2) }
            var name = parts.last ?? ""
            if [".", ".."].contains(name) { name = resolved(address).split(separator: "/").last.map(String.init) ?? "" }
            name = FoundModel.name(of: name)
            let plain = String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) ? $0 : "-" }.drop { $0 == "." })
            guard !plain.isEmpty else { throw StoreError.badRequest("\(address) has no name to take: choose one with --name") }
            return plain
        }
    }
}
