import DragonModel
import Glibc

/// The models of this machine.
public struct ModelStore: Sendable {
    /// Where they are looked for.
    public let places: ModelPlaces

    /// - Parameter places: nil takes this machine's.
    public init(places: ModelPlaces? = nil) { self.places = places ?? .current }

    /// Every model, sound or not: the named ones first, then the user's, then the system's; the embedded one last.
    public func models() -> [FoundModel] { candidates().map { FoundModel(path: $0.path, name: $0.name) } }

    /// The first model that can be opened.
    ///
    /// - Throws: ``StoreError/noModel``.
    public func firstUsable() throws(StoreError) -> FoundModel {
        for candidate in candidates() {
            let model = FoundModel(path: candidate.path, name: candidate.name)
            if model.problem == nil { return model }
        }
        throw .noModel
    }

    private struct Candidate {
        let path: String
        let name: String?
    }

    private func candidates() -> [Candidate] {
        var found: [Candidate] = []
        for path in places.named { found += isModel(path) ? [candidate(path, name: nil)] : inside(path) }
        for folder in [places.user].compactMap({ $0 }) + places.shared { found += inside(folder) }
        found += places.single.filter { exists($0) }.map { candidate($0, name: nil) }
        var seen: Set<String> = []
        let once = found.filter { seen.insert(resolved($0.path)).inserted }
        let isEmbedded = { (model: Candidate) in model.path.hasSuffix("/\(FoundModel.embeddedName)") }
        return once.filter { !isEmbedded($0) } + once.filter(isEmbedded)
    }

    /// The models in a folder of models, by name.
    private func inside(_ folder: String) -> [Candidate] {
        entries(of: folder).filter { !$0.hasPrefix(".") }.compactMap { name in
            let path = "\(folder)/\(name)"
            guard isFolder(path) || name.hasSuffix(checkpointSuffix) else { return nil }
            return candidate(path, name: nil)
        }
    }

    /// A folder that holds a checkpoint and its tokenizer stands for the checkpoint.
    private func candidate(_ path: String, name: String?) -> Candidate {
        guard isFolder(path), !exists("\(path)/model_index.json") else { return Candidate(path: path, name: name) }
        let checkpoints = entries(of: path).filter { $0.hasSuffix(checkpointSuffix) }
        guard checkpoints.count == 1, let file = checkpoints.first else { return Candidate(path: path, name: name) }
        return Candidate(path: "\(path)/\(file)", name: path.split(separator: "/").last.map(String.init))
    }

    private func isModel(_ path: String) -> Bool { path.hasSuffix(checkpointSuffix) || exists("\(path)/model_index.json") }
}
