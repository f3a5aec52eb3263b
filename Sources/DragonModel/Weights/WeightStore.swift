import DragonTensor

/// What becomes of one tensor of a file.
enum KeyTarget: Equatable {
    /// The network's weights that it holds: one, unless a layout fuses several.
    case weights([KeyBinding])
    /// Known and not needed.
    case unused
    /// Not known: an error, unless someone else takes it.
    case unknown
}

/// A weight of the network, and the part of a file's tensor that is it.
struct KeyBinding: Equatable, Hashable {
    enum Part: Equatable, Hashable {
        case whole
        /// One of several equal bands of rows.
        case band(Int, of: Int)
        /// A linear layer that the file keeps as a 1×1 convolution, `[out, in, 1, 1]`.
        case pointwise
    }

    let key: String
    var part = Part.whole
}

/// The weights of one network under the names that the network uses, and a record of those it took.
///
/// Confined to the building of a network: the weights are `Sendable`, the store is not.
final class WeightStore {
    private struct Item {
        let entry: TensorEntry
        let file: SafetensorsFile
        let part: KeyBinding.Part
        var isBound = false
    }

    /// Bytes of a key: every prefix of it is kept, and no network's has half as many.
    private static let longestKey = 256

    /// What errors name where no single file is at fault.
    let source: String
    private var items: [String: Item] = [:]
    private var prefixes: Set<String> = []
    private(set) var bound: [(key: String, weight: Weight)] = []
    /// What is handed out instead of the files' bytes, while a network is only checked.
    private var blank: BlankPages?
    /// Low-rank changes of weights, by the network's key, in the order of their files.
    private var changes: [String: [LowRankChange]] = [:]
    /// Where changes are computed.
    private var context: ComputeContext?

    /// - Parameter target: what a key of the files stands for.
    init(_ files: [SafetensorsFile], source: String, target: (String) -> KeyTarget) throws(ModelError) {
        self.source = source
        var unknown: [String] = []
        items.reserveCapacity(files.reduce(0) { $0 + $1.entries.count })
        for file in files {
            for entry in file.entries {
                guard entry.name.utf8.count <= Self.longestKey else {
                    unknown.append(entry.name)
                    continue
                }
                switch target(entry.name) {
                case .weights(let bindings): for binding in bindings { try add(binding, entry, file) }
                case .unused: break
                case .unknown: unknown.append(entry.name)
                }
            }
        }
        guard unknown.isEmpty else { throw .surplus(keys: Array(unknown.sorted().prefix(3)), count: unknown.count, file: source) }
    }

    /// From here on hands out zeros of the right shape and format: what binds a network's keys without reading a weight.
    func handOutBlanks() throws(ModelError) {
        blank = try BlankPages(count: items.values.reduce(1) { max($0, 2 * $1.entry.range.count) }, for: source)
    }

    /// From here on hands out weights with changes.
    func change(_ weights: [String: LowRankChange]) {
        for (key, change) in weights { changes[key, default: []].append(change) }
    }

    /// Where changes are to be computed; without it, in a context of their own.
    func compute(in context: ComputeContext) { self.context = context }

    /// Keys of the network's weights.
    var keys: [String] { Array(items.keys) }

    private func add(_ binding: KeyBinding, _ entry: TensorEntry, _ file: SafetensorsFile) throws(ModelError) {
        let item = Item(entry: entry, file: file, part: binding.part)
        guard items.updateValue(item, forKey: binding.key) == nil else { throw .boundTwice(key: entry.name, file: file.path) }
        var prefix = binding.key[...]
        while let dot = prefix.utf8.lastIndex(of: UInt8(ascii: ".")) {
            prefix = prefix[..<dot]
            guard prefixes.insert(String(prefix)).inserted else { break }
        }
    }

    /// Whether a weight of that name, or any below it, is there.
    func has(_ key: String) -> Bool { items[key] != nil || prefixes.contains(key) }

    /// Whether a weight of exactly that name is there.
    func hasWeight(_ key: String) -> Bool { items[key] != nil }

    /// Hands out a weight, once.
    func take(_ key: String, shape: [Int]) throws(ModelError) -> Weight {
        guard let item = items[key] else { throw .missing(key: key, file: source) }
        guard !item.isBound else { throw .boundTwice(key: key, file: source) }
        var weight = part(item.part, of: try whole(item))
        guard weight.shape == shape else {
            throw .shapeMismatch(key: item.entry.name, expected: shape, found: weight.shape, file: item.file.path)
        }
        if let changes = changes[key] { weight = try changed(weight, by: changes) }
        items[key]?.isBound = true
        bound.append((key, weight))
        return weight
    }

    private func whole(_ item: Item) throws(ModelError) -> Weight {
        if let blank { return try item.file.blankWeight(item.entry, blank) }
        return try item.file.weight(item.entry)
    }

    /// A weight with low-rank changes, summed in float32; the file's own pages are given back.
    private func changed(_ weight: Weight, by changes: [LowRankChange]) throws(ModelError) -> Weight {
        for change in changes { try change.check(against: weight.shape) }
        guard blank == nil else { return weight }
        let context = context ?? ComputeContext()
        self.context = context
        do {
            let inner = try changes.map { try $0.inner(in: context) }
            let result = try weight.adding(in: context) { rows in
                try zip(changes, inner).reduce(nil) { sum, next in
                    try next.0.product(rows, of: next.1, adding: sum, in: context)
                }
            }
            weight.releasePages()
            return result
        } catch TensorError.outOfMemory(let bytes) {
            throw .outOfMemory(bytes: bytes, purpose: "a LoRA")
        } catch {
            throw .incompleteModel(path: source, reason: "\(error)")
        }
    }

    /// A tensor whose shape does not fit its part is handed out whole, for the check of shapes to name it.
    private func part(_ part: KeyBinding.Part, of weight: Weight) -> Weight {
        let shape = weight.shape
        switch part {
        case .whole: return weight
        case .band(let index, let count):
            // An empty tensor's other sides may be anything: their product need not be a number.
            guard let rows = shape.first, rows > 0, rows % count == 0 else { return weight }
            return weight.rows(rows / count * index..<rows / count * (index + 1))
        case .pointwise:
            return shape.count == 4 && shape[2...] == [1, 1] ? weight.reshaped(Array(shape[..<2])) : weight
        }
    }

    /// What the network's tensors are, whether bound or not; one that several weights share counts once.
    func contents() -> WeightContents {
        var seen: Set<String> = []
        var contents = WeightContents()
        for item in items.values where seen.insert("\(item.file.path)\n\(item.entry.name)").inserted {
            contents.parameters += item.entry.count
            contents.bytes += item.entry.range.count
            contents.files.insert(item.file.path)
            contents.formats.insert(item.entry.format.rawValue)
        }
        return contents
    }

    /// Checks that nothing is left.
    func finish(ignoring isIgnored: (String) -> Bool) throws(ModelError) {
        let left = items.filter { !$0.value.isBound && !isIgnored($0.key) }.map { $0.value.entry.name }
        guard left.isEmpty else { throw .surplus(keys: Array(left.sorted().prefix(3)), count: left.count, file: source) }
    }
}
