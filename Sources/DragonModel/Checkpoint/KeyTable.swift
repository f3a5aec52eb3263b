/// How one layout's keys stand for another's: every key of the one written out, each with what it becomes.
///
/// Tables are made from a configuration, are anchored (a key matches whole or not at all), and no two keys become the same.
struct KeyTable {
    var bindings: [String: [KeyBinding]] = [:]
    /// Keys that are known and not needed, with the reason.
    private(set) var unused: [String: String] = [:]

    /// What a key stands for.
    func target(_ key: String) -> KeyTarget {
        if let found = bindings[key] { return .weights(found) }
        return unused[key] == nil ? .unknown : .unused
    }

    /// Keys that stand for one whole weight, with it.
    var names: [(name: String, key: String)] { bindings.compactMap { name, found in found.count == 1 ? (name, found[0].key) : nil } }

    mutating func bind(_ key: String, _ target: String) { bindings[key] = [KeyBinding(key: target)] }

    /// Binds a module's weight and bias.
    mutating func bind(module: String, _ target: String) {
        bind("\(module).weight", "\(target).weight")
        bind("\(module).bias", "\(target).bias")
    }

    /// Binds the modules of a block, by their names in both layouts.
    mutating func bind(block: String, _ target: String, _ modules: [(String, String)]) {
        for (from, to) in modules { bind(module: "\(block).\(from)", "\(target).\(to)") }
    }

    /// Binds a linear layer that the file keeps as a 1×1 convolution.
    mutating func bind(pointwise module: String, _ target: String) {
        bindings["\(module).weight"] = [KeyBinding(key: "\(target).weight", part: .pointwise)]
        bind("\(module).bias", "\(target).bias")
    }

    /// Binds a tensor that holds several weights, one band of rows each.
    mutating func bind(fused key: String, _ targets: [String]) {
        bindings[key] = targets.enumerated().map { KeyBinding(key: $1, part: .band($0, of: targets.count)) }
    }

    mutating func ignore(_ keys: [String], because reason: String) {
        for key in keys { unused[key] = reason }
    }
}
