import DragonModel
import Glibc

/// Brings the files that a model in diffusers' layout needs, and no others: such folders hold the same weights several times.
struct FolderCollector {
    let source: any ModelSource
    /// Where they go.
    let folder: String

    private static let required = [
        "scheduler/scheduler_config.json", "text_encoder/config.json", "unet/config.json", "vae/config.json", "tokenizer/vocab.json",
        "tokenizer/merges.txt",
    ]
    private static let optional = [
        "dragon.json", "README.md", "LICENSE", "LICENSE.md", "LICENSE.txt", "tokenizer/tokenizer_config.json",
        "tokenizer/special_tokens_map.json",
    ]
    private static let weights = [
        "text_encoder": "model", "unet": "diffusion_pytorch_model", "vae": "diffusion_pytorch_model",
    ]

    /// - Returns: the hashes of the weights files.
    func collect() throws -> [(file: String, sha256: String)] {
        guard try fetch("model_index.json") != nil else {
            throw StoreError.badRequest(
                "\(source.name) is no model: it has no model_index.json; give a diffusers folder or a .safetensors file")
        }
        for file in Self.required where try fetch(file) == nil { throw StoreError.badModel("\(source.name) lacks \(file)") }
        for file in Self.optional { _ = try fetch(file) }
        return try Self.weights.sorted { $0.key < $1.key }.flatMap { try weights($0.key, stem: $0.value) }
    }

    private func fetch(_ file: String) throws -> String? {
        var made = folder
        for part in file.split(separator: "/").dropLast() {
            made += "/\(part)"
            mkdir(made, 0o755)
        }
        return try source.fetch(file, to: "\(folder)/\(file)")
    }

    /// One file or its shards, whichever there is.
    private func weights(_ part: String, stem: String) throws -> [(file: String, sha256: String)] {
        let full = ["\(stem).safetensors", "\(stem).safetensors.index.json"]
        let half = ["\(stem).fp16.safetensors", "\(stem).safetensors.index.fp16.json", "\(stem).fp16.safetensors.index.json"]
        for name in source.prefersHalf ? half + full : full + half {
            let file = "\(part)/\(name)"
            guard let hash = try fetch(file) else { continue }
            guard name.hasSuffix(".json") else { return [(file, hash)] }
            return try shards("\(folder)/\(file)").map { shard in
                guard let hash = try fetch("\(part)/\(shard)") else { throw StoreError.badModel("\(source.name) lacks \(part)/\(shard)") }
                return ("\(part)/\(shard)", hash)
            }
        }
        throw StoreError.badModel("\(source.name) has no .safetensors weights in \(part)/: convert them, or take another copy of the model")
    }

    /// The files that an index names.
    private func shards(_ index: String) throws -> [String] {
        let map = try JSONValue(parsing: try readFile(index, limit: 16_000_000)).object?["weight_map"]?.object
        let names = Set((map?.names ?? []).compactMap { map?[$0]?.string })
        guard !names.isEmpty, names.allSatisfy({ $0.hasSuffix(checkpointSuffix) && !$0.contains("/") && !$0.hasPrefix(".") }) else {
            throw StoreError.badModel("\(index) names no shards")
        }
        return names.sorted()
    }
}
