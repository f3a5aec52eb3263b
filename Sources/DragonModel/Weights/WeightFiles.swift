/// Opens the safetensors file or files that a path stands for: one file, or an index of shards beside it.
///
/// - Throws: ``ModelError`` where a file is not sound, or the index and its shards do not tell the same.
func openWeights(_ path: String) throws(ModelError) -> [SafetensorsFile] {
    guard path.hasSuffix(".json") else { return [try SafetensorsFile(path)] }
    let index = try ShardIndex(path)
    var files: [SafetensorsFile] = []
    var fileOfShard: [String: SafetensorsFile] = [:]
    for shard in index.shards {
        let file = try SafetensorsFile(joined(folder(of: path), shard))
        if let stranger = file.entries.first(where: { index.shardOfKey[$0.name] != shard }) {
            throw .malformedSafetensors(file: file.path, reason: "its index does not say that it holds \(stranger.name)")
        }
        files.append(file)
        fileOfShard[shard] = file
    }
    for key in index.keys {
        guard let file = fileOfShard[index.shardOfKey[key] ?? ""] else { continue }
        guard file.entry(key) != nil else { throw .missing(key: key, file: file.path) }
    }
    return files
}

/// `*.safetensors.index.json`: which of several files holds which weight.
struct ShardIndex {
    let keys: [String]
    let shardOfKey: [String: String]
    /// File names in the order of their first key.
    let shards: [String]

    init(_ path: String) throws(ModelError) {
        guard let map = try readJSON(path).object?["weight_map"]?.object else {
            throw .invalidOption(file: path, option: "weight_map", reason: "should be an object of file names")
        }
        var shardOfKey: [String: String] = [:]
        var shards: [String] = []
        var seen: Set<String> = []
        for key in map.names {
            guard let shard = map[key]?.string, Self.isPlainName(shard) else {
                throw .invalidOption(
                    file: path, option: "weight_map",
                    reason: "should name .safetensors files beside it, not \(shown("\(map[key] ?? .null)", limit: 80))")
            }
            shardOfKey[key] = shard
            if seen.insert(shard).inserted { shards.append(shard) }
        }
        guard shards.count <= Limits.mostShards else {
            throw .invalidOption(
                file: path, option: "weight_map", reason: "names \(shards.count) files: a model may have \(Limits.mostShards)")
        }
        (keys, self.shardOfKey, self.shards) = (map.names, shardOfKey, shards)
    }

    /// Whether a name stays in its folder: an index may come from anyone.
    private static func isPlainName(_ name: String) -> Bool {
        name.lowercased().hasSuffix(".safetensors") && !name.utf8.contains(UInt8(ascii: "/")) && !name.utf8.contains(0)
    }
}

/// `folder/name`
func joined(_ folder: String, _ name: String) -> String { folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)" }

/// The folder that a path lies in.
func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
}
