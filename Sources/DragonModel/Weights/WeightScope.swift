import DragonTensor

/// A place in a checkpoint, from which layers pull their weights as they are built: `scope["attn1"]["to_q"]`.
///
/// The joined path is the checkpoint's key in the diffusers layout. Every weight is handed out once; after a network is
/// built, ``finish(ignoring:)`` makes sure that none is left. A scope stays where the network is built; weights may go anywhere.
public struct WeightScope {
    private let store: WeightStore
    /// The keys' common start; empty at the root.
    public let path: String

    init(_ store: WeightStore) { self.init(store, path: "") }

    private init(_ store: WeightStore, path: String) {
        self.store = store
        self.path = path
    }

    private func key(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    /// The place below this one with that name, which may itself have dots.
    public subscript(name: String) -> WeightScope { WeightScope(store, path: key(name)) }

    /// The place below this one with that number: `scope["resnets"][0]`.
    public subscript(index: Int) -> WeightScope { self[String(index)] }

    /// The same place, whose weights are zeros of the right shape and format: their files' bytes stay unread.
    func withBlanks() throws(ModelError) -> WeightScope {
        try store.handOutBlanks()
        return self
    }

    /// Gives the network's weights an adapter's changes.
    ///
    /// - Parameter others: names of another layout that the adapter may use, with the keys that they stand for.
    func change(
        by file: LoRAFile, of network: LoRAKey.Network, others: [(name: String, key: String)] = []
    ) throws(ModelError) {
        store.change(try file.changes(of: network, LoRANames(keys: store.keys, others: others)))
    }

    /// The same place; changes of its weights are computed in that context.
    func computing(in context: ComputeContext) -> WeightScope {
        store.compute(in: context)
        return self
    }

    /// A weight that must be there.
    ///
    /// - Throws: ``ModelError/missing(key:file:)``, ``ModelError/shapeMismatch(key:expected:found:file:)``,
    ///   ``ModelError/elementTypeMismatch(key:expected:found:file:)``, ``ModelError/boundTwice(key:file:)``.
    public func weight(_ name: String, shape: [Int]) throws(ModelError) -> Weight {
        try store.take(key(name), shape: shape)
    }

    /// A weight that may be absent; if it is there it must fit.
    public func optional(_ name: String, shape: [Int]) throws(ModelError) -> Weight? {
        store.hasWeight(key(name)) ? try weight(name, shape: shape) : nil
    }

    /// Whether a weight of that name, or any below it, is there.
    public func has(_ name: String) -> Bool { store.has(key(name)) }

    /// Checks that every weight of the checkpoint was taken, wherever in the tree this scope stands.
    ///
    /// - Parameter ignored: whole keys that may be left.
    /// - Throws: ``ModelError/surplus(keys:count:file:)``.
    public func finish(ignoring ignored: Set<String> = []) throws(ModelError) {
        try store.finish { ignored.contains($0) }
    }

    /// Every weight handed out so far with its whole key, in the order of the asking.
    public var bound: [(key: String, weight: Weight)] { store.bound }

    /// How many numbers there are, in which formats, in which files; for the whole tree.
    public var contents: WeightContents { store.contents() }

    /// What errors name as the weights' file.
    public var file: String { store.source }
}

extension WeightScope {
    /// The weights of one safetensors file, or of the shards of a `*.safetensors.index.json`, under their own keys.
    public init(file path: String) throws(ModelError) {
        self.init(try WeightStore(try openWeights(path), source: path) { .weights([KeyBinding(key: $0)]) })
    }
}

/// What a network's files hold.
public struct WeightContents: Sendable, Equatable {
    /// Numbers in all.
    public internal(set) var parameters = 0
    /// Bytes of them.
    public internal(set) var bytes = 0
    /// Paths of the files.
    public internal(set) var files: Set<String> = []
    /// Formats of safetensors: `F16`, `F32`, `BF16`.
    public internal(set) var formats: Set<String> = []
}
