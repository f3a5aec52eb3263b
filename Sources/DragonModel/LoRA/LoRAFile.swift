import DragonTensor

/// An adapter's file: the changes of layers that it holds.
struct LoRAFile: Sendable {
    /// The change of one layer: alpha / rank · up · (middle ·) down.
    struct Layer: Sendable {
        let network: LoRAKey.Network
        let name: String
        let isFlat: Bool
        var down: TensorEntry?
        var up: TensorEntry?
        var middle: TensorEntry?
        var alpha: TensorEntry?
        /// A key of it, for messages.
        let key: String
    }

    let source: LoRASource
    let file: SafetensorsFile
    let layers: [Layer]
    private let alphas: LoRAAlphas

    /// Opens a file and sorts its keys.
    ///
    /// - Throws: ``ModelError``; what is no LoRA is called what it is, and keys of no known style are named.
    init(_ source: LoRASource) throws(ModelError) {
        self.source = source
        if ModelFiles.isPickleName(source.path) { throw .pickle(file: source.path) }
        guard LoRASource.scales.contains(source.scale) else {
            let (low, high) = (Int(LoRASource.scales.lowerBound), Int(LoRASource.scales.upperBound))
            throw .invalidOption(file: source.path, option: "the LoRA's scale", reason: "should be a number from \(low) to \(high)")
        }
        file = try SafetensorsFile(source.path).unwrapped
        if let stranger = LoRAKey.stranger(in: KeyList(file.entries)) { throw .notThatFile(file: source.path, what: stranger) }
        var found: [String: Layer] = [:]
        var unknown: [String] = []
        for entry in file.entries {
            guard let key = LoRAKey(entry.name) else {
                unknown.append(entry.name)
                continue
            }
            let name = "\(key.network) \(key.layer)"
            var layer = found[name] ?? Layer(network: key.network, name: key.layer, isFlat: key.isFlat, key: entry.name)
            guard layer.put(entry, as: key.role) else { throw .boundTwice(key: entry.name, file: source.path) }
            found[name] = layer
        }
        guard unknown.isEmpty else { throw .unmatched(keys: Array(unknown.sorted().prefix(3)), count: unknown.count, file: source.path) }
        guard !found.isEmpty else { throw .notThatFile(file: source.path, what: "has no weights in it: it is no LoRA") }
        layers = found.values.sorted { $0.key < $1.key }
        for layer in layers where layer.down == nil || layer.up == nil {
            throw .missing(key: "\(layer.name), its \(layer.down == nil ? "down" : "up") factor", file: source.path)
        }
        alphas = try LoRAAlphas(file)
        if layers.contains(where: \.attendsToXL) { throw .notThatFile(file: source.path, what: LoRAKey.words(of: "Stable Diffusion XL")) }
    }

    /// The changes of a network's weights.
    ///
    /// - Parameter weights: the network's keys by what the file may call them.
    /// - Throws: ``ModelError/unmatched(keys:count:file:)`` for layers that the network has not.
    func changes(
        of network: LoRAKey.Network, _ weights: LoRANames
    ) throws(ModelError) -> [String: LowRankChange] {
        var result: [String: LowRankChange] = [:]
        var unmatched: [String] = []
        for layer in layers where layer.network == network {
            guard let key = weights.key(layer.name, isFlat: layer.isFlat) else {
                unmatched.append(layer.key)
                continue
            }
            guard result.updateValue(try change(layer, of: key), forKey: key) == nil else {
                throw .boundTwice(key: layer.key, file: source.path)
            }
        }
        guard unmatched.isEmpty else {
            throw .unmatched(keys: Array(unmatched.sorted().prefix(3)), count: unmatched.count, file: source.path)
        }
        return result
    }

    private func change(_ layer: Layer, of key: String) throws(ModelError) -> LowRankChange {
        guard let down = layer.down, let up = layer.up else { throw .missing(key: layer.key, file: source.path) }
        let name = key.without(ending: ".weight") ?? key
        let rank = max(1, down.shape.first ?? 1)
        var alpha: Float?
        if let entry = layer.alpha {
            let values = try file.weight(entry).floats()
            guard values.count == 1, let value = values.first, value.isFinite else {
                throw .shapeMismatch(key: entry.name, expected: [], found: entry.shape, file: source.path)
            }
            alpha = value
        }
        let scale = alpha.map { $0 / Float(rank) } ?? alphas.scale(of: name, network: layer.network, rank: rank)
        return LowRankChange(
            down: try file.weight(down), middle: try layer.middle.map { entry throws(ModelError) in try file.weight(entry) },
            up: try file.weight(up), scale: scale * source.scale, key: layer.key, file: source.path)
    }
}

extension LoRAFile.Layer {
    /// Whether it reads the two text encoders of Stable Diffusion XL, which are 2048 wide together.
    fileprivate var attendsToXL: Bool {
        guard network == .unet, let width = down?.shape.dropFirst().first, width == 2048 else { return false }
        return ["to_k", "to_v"].contains { name.hasSuffix("attn2.\($0)") || name.hasSuffix("attn2_\($0)") }
    }

    /// - Returns: false where there is one already.
    fileprivate mutating func put(_ entry: TensorEntry, as role: LoRAKey.Role) -> Bool {
        let place: WritableKeyPath<Self, TensorEntry?> =
            switch role {
            case .down: \.down
            case .up: \.up
            case .middle: \.middle
            case .alpha: \.alpha
            }
        guard self[keyPath: place] == nil else { return false }
        self[keyPath: place] = entry
        return true
    }
}

/// What an adapter's file may call the weights of a network.
struct LoRANames {
    private var dotted: [String: String] = [:]
    private var flat: [String: String] = [:]

    /// - Parameters:
    ///   - keys: of the network's weights.
    ///   - others: names of another layout, with the keys that they stand for.
    init(keys: some Sequence<String>, others: [(name: String, key: String)] = []) {
        for (name, key) in keys.map({ ($0, $0) }) + others {
            guard let layer = name.without(ending: ".weight") else { continue }
            dotted[layer] = key
            flat[String(decoding: layer.utf8.map { $0 == UInt8(ascii: ".") ? UInt8(ascii: "_") : $0 }, as: UTF8.self)] = key
        }
    }

    /// The key of a layer's weight.
    func key(_ layer: String, isFlat: Bool) -> String? { isFlat ? flat[layer] : dotted[layer] }
}
