/// A model's source, told apart by its looks.
struct Origin {
    /// What it is.
    enum Kind: Equatable {
        case localFolder(String)
        case localFile(folder: String, name: String)
        case remoteFolder(String)
        case remoteFile(String)
    }

    /// As the user gave it.
    let address: String
    let kind: Kind

    init(_ source: String) throws {
        address = source
        let lower = source.lowercased()
        if lower.hasPrefix("http://") || lower.hasPrefix("https://") {
            let plain = Self.withoutQuery(source)
            kind = plain.hasSuffix(checkpointSuffix) ? .remoteFile(source) : .remoteFolder(Self.files(of: plain))
        } else if isFolder(source) {
            kind = try Self.folder(source)
        } else if source.hasSuffix(checkpointSuffix), isFile(source) {
            let path = resolved(source)
            kind = .localFile(folder: parent(of: path) ?? "/", name: path.split(separator: "/").last.map(String.init) ?? path)
        } else if exists(source) {
            throw StoreError.badRequest("\(source) is no model: give a diffusers folder or a .safetensors file")
        } else if source.contains("://") {
            throw StoreError.badRequest("\(source) is no address that can be fetched: give one of http:// or https://")
        } else {
            throw StoreError.badRequest("\(source) does not exist")
        }
    }

    /// A folder around a single checkpoint stands for the checkpoint.
    private static func folder(_ path: String) throws -> Kind {
        let path = resolved(path)
        let checkpoints = entries(of: path).filter { $0.hasSuffix(checkpointSuffix) }
        guard !exists("\(path)/model_index.json"), checkpoints.count == 1, let name = checkpoints.first else { return .localFolder(path) }
        return .localFile(folder: path, name: name)
    }

    private static func withoutQuery(_ url: String) -> String { String(url.prefix { $0 != "?" && $0 != "#" }) }

    /// Where the files of a model's address lie: a page of Hugging Face shows them, its `resolve/main` gives them.
    private static func files(of url: String) -> String {
        var url = url
        while url.hasSuffix("/") { url.removeLast() }
        let parts = url.split(separator: "/").dropFirst().map(String.init)
        if parts.count == 3, parts[0].lowercased() == "huggingface.co" { return url + "/resolve/main" }
        return url.replacing("/tree/main", with: "/resolve/main")
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
        guard case .localFile(let folder, _) = kind, isFile("\(folder)/tokenizer/vocab.json") else { return nil }
        return "\(folder)/tokenizer"
    }

    /// The source's own name, as far as it can be one.
    var suggestedName: String {
        get throws {
            var parts = Self.withoutQuery(address).split(separator: "/").map(String.init)
            if parts.suffix(2) == ["resolve", "main"] || parts.suffix(2) == ["tree", "main"] { parts.removeLast(2) }
            var name = parts.last ?? ""
            if [".", ".."].contains(name) { name = resolved(address).split(separator: "/").last.map(String.init) ?? "" }
            if name.hasSuffix(checkpointSuffix) { name.removeLast(checkpointSuffix.count) }
            let plain = String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) ? $0 : "-" }.drop { $0 == "." })
            guard !plain.isEmpty else { throw StoreError.badRequest("\(address) has no name to take: choose one with --name") }
            return plain
        }
    }
}
