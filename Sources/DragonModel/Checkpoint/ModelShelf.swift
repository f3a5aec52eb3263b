import Synchronization

/// What the models of a collection have alike, and is looked at once: tokenizers, from one folder or from copies of it, and the tensors'
/// names, formats and shapes of checkpoints that one program wrote.
public final class ModelShelf: Sendable {
    private struct Shelf {
        var byFolder: [String: Tokenizer] = [:]
        /// One of each kind.
        var kinds: [(sources: TokenizerSources, tokenizer: Tokenizer)] = []
    }

    private let shelf = Mutex(Shelf())
    /// Hashes of tables of tensors that make whole networks.
    private let whole = Mutex(Set<Int>())
    /// Tokenizers of different files that are kept.
    private static let most = 8

    /// An empty shelf.
    public init() {}

    /// The tokenizer of a folder, which is read once. Whoever asks meanwhile waits: to read it twice would take longer.
    func tokenizer(folder: String) throws(ModelError) -> Tokenizer {
        let result = shelf.withLock { shelf in Result { () throws(ModelError) in try Self.tokenizer(folder: folder, on: &shelf) } }
        return try result.get()
    }

    /// Checks networks, unless those of another checkpoint with the same tensors were found whole.
    func checking(_ tensors: [TensorEntry], _ check: () throws(ModelError) -> Void) throws(ModelError) {
        // Where they lie in the file differs with the file's metadata, and was checked with the header.
        var hasher = Hasher()
        for tensor in tensors {
            hasher.combine(tensor.name)
            hasher.combine(tensor.format)
            hasher.combine(tensor.shape)
        }
        let hash = hasher.finalize()
        if whole.withLock({ $0.contains(hash) }) { return }
        try check()
        _ = whole.withLock { $0.insert(hash) }
    }

    private static func tokenizer(folder: String, on shelf: inout Shelf) throws(ModelError) -> Tokenizer {
        if let kept = shelf.byFolder[folder] { return kept }
        let sources = try TokenizerSources(folder: folder)
        if let kept = shelf.kinds.first(where: { $0.sources.holdsSame(as: sources) }) {
            shelf.byFolder[folder] = kept.tokenizer
            return kept.tokenizer
        }
        let tokenizer = try Tokenizer(sources)
        if shelf.kinds.count == most { shelf.kinds.removeFirst() }
        shelf.kinds.append((sources, tokenizer))
        shelf.byFolder[folder] = tokenizer
        return tokenizer
    }
}
