import DragonModel
import Glibc

/// The models of this machine.
public struct ModelStore: Sendable {
    /// Where they are looked for.
    public let places: ModelPlaces

    /// - Parameter places: nil takes this machine's.
    public init(places: ModelPlaces? = nil) { self.places = places ?? .current }

    /// Every model, sound or not: the named ones first, then the user's, the system's, and those of other programs; the embedded one last.
    public func models() -> [FoundModel] {
        let checks = newChecks()
        defer { checks.save() }
        let candidates = candidates()
        checks.lookAhead(candidates.map(\.path), as: .model)
        return candidates.map { found($0, checks) }
    }

    /// Every LoRA: the user's own, then those of other programs.
    public func loras() -> [FoundLoRA] {
        let checks = newChecks()
        defer { checks.save() }
        var seen: Set<String> = []
        let candidates = loraCandidates().filter { seen.insert(resolved($0.path)).inserted }
        checks.lookAhead(candidates.map(\.path), as: .lora)
        return candidates.map {
            FoundLoRA(name: $0.shownName, path: $0.path, problem: checks.problem(lora: $0.path))
        }
    }

    /// A LoRA that is given by its path, or by its name in the list, and how much of it behind a colon.
    public func lora(_ given: String) -> LoRASource {
        var source = LoRASource(given)
        guard !source.path.contains("/"), !exists(source.path) else { return source }
        source.path = loraCandidates().first { $0.shownName == source.path }?.path ?? source.path
        return source
    }

    private func loraCandidates() -> [Candidate] {
        let own = places.user.flatMap(parent).map { "\($0)/loras" }
        let mine = own.map { folder in entries(of: folder).filter(isCheckpointName).map { Candidate(path: "\(folder)/\($0)", name: nil) } }
        let others = ForeignFolders(roots: places.foreign).items().filter { $0.kind == .lora }
        return (mine ?? []) + others.map { Candidate(path: $0.path, name: $0.name) }
    }

    /// Folders in which a tiny autoencoder may lie, beside the models themselves: our own, and those of other programs.
    public var tinyPlaces: [String] {
        let own = [places.user, places.user.flatMap(parent)].compactMap { $0 } + places.shared
        return own + places.foreign.flatMap { [$0, "\($0)/models"] }
    }

    private func newChecks() -> ModelChecks { ModelChecks(places.checks, spareTokenizers: spareTokenizers) }

    /// The first model that edits can run on; rather one that is good for the use, where there is any.
    ///
    /// - Throws: ``StoreError/noModel``; ``StoreError/badRequest(_:)`` where `DRAGON_MODEL_PATH` names what is none.
    public func firstUsable(for use: ModelUse = .inverting) throws(StoreError) -> FoundModel {
        let checks = newChecks()
        defer { checks.save() }
        // Another model than the one that was asked for would be a surprise.
        for path in places.named {
            if let complaint = complaint(path, checks) { throw .badRequest(complaint) }
        }
        var other: FoundModel?
        for candidate in candidates() {
            let model = found(candidate, checks)
            guard let purpose = model.purpose else { continue }
            if use.isFor(purpose) { return model }
            other = other ?? model
        }
        guard let other else { throw .noModel }
        return other
    }

    /// What is wrong with the places that `DRAGON_MODEL_PATH` names, in one line each.
    public func complaints() -> [String] {
        let checks = newChecks()
        defer { checks.save() }
        return places.named.compactMap { complaint($0, checks) }
    }

    /// The path of a model that is given by its path, or by its name in the list of models.
    ///
    /// - Throws: ``StoreError/badRequest(_:)`` for a bare word that is neither.
    public func path(of model: String) throws(StoreError) -> String {
        if isModel(model) || isFile(model) { return model }
        guard !model.contains("/"), !model.isEmpty else { return model }
        if let candidate = candidates().first(where: { $0.shownName == model }) { return candidate.path }
        guard exists(model) else {
            throw .badRequest("there is no file, folder or model \(model): \"dragon model list\" shows the models by name")
        }
        return model
    }

    private struct Candidate {
        let path: String
        let name: String?

        var shownName: String { name ?? FoundModel.name(of: path) }
    }

    private func found(_ candidate: Candidate, _ checks: ModelChecks) -> FoundModel {
        let check = checks.check(candidate.path)
        return FoundModel(path: candidate.path, name: candidate.name, problem: check.problem, purpose: check.purpose)
    }

    /// What is wrong with a path of `DRAGON_MODEL_PATH`; nil where it has a model that can be used.
    private func complaint(_ path: String, _ checks: ModelChecks) -> String? {
        let named = "DRAGON_MODEL_PATH names \(path), which"
        guard exists(path) else { return "\(named) does not exist: correct the variable, or unset it" }
        if isModel(path) { return checks.problem(candidate(path).path).map { "\(named) cannot be used: \($0)" } }
        let isUsable = inside(path).contains { checks.problem($0.path) == nil }
        return isUsable ? nil : "\(named) has no usable model: correct the variable, or unset it"
    }

    private func candidates() -> [Candidate] {
        let named = places.named.flatMap { isModel($0) ? [candidate($0)] : inside($0) }
        var found = ([places.user].compactMap { $0 } + places.shared).flatMap { inside($0) }
        found += ForeignFolders(roots: places.foreign).items().filter { $0.kind == .model }.map { Candidate(path: $0.path, name: $0.name) }
        found += places.single.filter { exists($0) }.map { candidate($0) }
        let isEmbedded = { (model: Candidate) in model.path.hasSuffix("/\(FoundModel.embeddedName)") }
        var seen: Set<String> = []
        return (named + found.filter { !isEmbedded($0) } + found.filter(isEmbedded)).filter { seen.insert(resolved($0.path)).inserted }
    }

    /// The models in a folder of models, by name.
    private func inside(_ folder: String) -> [Candidate] {
        let names = entries(of: folder).filter { !$0.hasPrefix(".") }
        return names.filter { !isCompanion($0, among: names) }.compactMap { name in
            let path = "\(folder)/\(name)"
            return isFolder(path) || isCheckpointName(name) ? candidate(path) : nil
        }
    }

    /// A folder that holds a checkpoint and its tokenizer stands for the checkpoint.
    private func candidate(_ path: String) -> Candidate {
        guard isFolder(path), !isModel(path) else { return Candidate(path: path, name: nil) }
        let folder = resolvedModel(path)
        let checkpoints = checkpoints(among: entries(of: folder))
        guard checkpoints.count == 1, let file = checkpoints.first else { return Candidate(path: path, name: nil) }
        return Candidate(path: "\(folder)/\(file)", name: FoundModel.name(of: path))
    }

    private func isModel(_ path: String) -> Bool {
        isFolder(path) ? exists("\(resolvedModel(path))/model_index.json") : isCheckpointName(path)
    }
}
