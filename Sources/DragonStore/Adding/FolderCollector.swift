import DragonModel
import Glibc

/// Brings the files that a model in diffusers' layout needs, and no others: such folders hold the same weights several times.
struct FolderCollector {
    let source: any ModelSource
    /// Where they go.
    let folder: String

    private static let required = [
        "scheduler/scheduler_config.json", "text_encoder/config.json", "unet/config.json", "vae/config.json",
    ]
    private static let optional = [
        "dragon.json", "README.md", "LICENSE", "LICENSE.md", "LICENSE.txt", "tokenizer/tokenizer_config.json",
        "tokenizer/special_tokens_map.json",
    ]
    /// Of one that is a folder.
    private static let autoencoder = ["config.json", "diffusion_pytorch_model.safetensors"]
    private static let tokenizer = ["tokenizer/vocab.json", "tokenizer/merges.txt"]
    private static let wholeTokenizer = "tokenizer/tokenizer.json"
    /// The parts in their order, and how much of Stable Diffusion's bytes each is.
    private static let networks: [(part: String, stem: String, share: ClosedRange<Double>)] = [
        (part: "text_encoder", stem: "model", share: 0.02...0.13), ("unet", "diffusion_pytorch_model", 0.13...0.91),
        ("vae", "diffusion_pytorch_model", 0.91...FetchPart.all.upperBound),
    ]

    /// - Returns: the hashes of the weights files.
    func collect() throws -> [(file: String, sha256: String)] {
        guard try fetch("model_index.json") else {
            throw StoreError.badRequest(
                "\(source.name) is no model: it has no model_index.json; give a diffusers folder or a .safetensors file")
        }
        for file in Self.required where try !fetch(file) { throw StoreError.badModel("\(source.name) lacks \(file)") }
        for file in Self.tokenizer where try !fetch(file) {
            guard try fetch(Self.wholeTokenizer) else { throw StoreError.badModel("\(source.name) lacks \(file)") }
            break
        }
        for file in Self.optional { _ = try fetch(file) }
        try additions()
        return try Self.networks.flatMap { try weights($0.part, stem: $0.stem, share: $0.share) }
    }

    /// Brings what `dragon.json` names within the model's own folder: its LoRAs, and the files of other autoencoders.
    private func additions() throws {
        let settings = "\(folder)/dragon.json"
        guard exists(settings) else { return }
        let defaults = try ModelDefaults(file: settings)
        let autoencoders = [defaults.autoencoder, defaults.tinyAutoencoder].compactMap { $0 }
        for path in defaults.loras.map(\.path) + autoencoders where path.hasPrefix("\(folder)/") {
            let name = String(path.dropFirst(folder.count + 1))
            guard !name.isEmpty, !name.split(separator: "/").contains("..") else { continue }
            let end = FetchPart.all.upperBound
            for file in isCheckpointName(name) ? [name] : Self.autoencoder.map({ "\(name)/\($0)" }) {
                guard try fetch(file, FetchPart(share: end...end, limit: FetchPart.mostWeightBytes)) != nil else {
                    throw StoreError.badModel("\(source.name) lacks \(file), which its dragon.json names")
                }
            }
        }
    }

    /// Brings a small file, which counts for nothing in the progress.
    private func fetch(_ file: String) throws -> Bool {
        try fetch(file, FetchPart(share: 0...0, limit: FetchPart.mostTextBytes)) != nil
    }

    private func fetch(_ file: String, _ part: FetchPart) throws -> String? {
        var made = folder
        for name in file.split(separator: "/").dropLast() {
            made += "/\(name)"
            mkdir(made, 0o755)
        }
        return try source.fetch(file, to: "\(folder)/\(file)", part)
    }

    /// One file or its shards, whichever there is.
    private func weights(_ part: String, stem: String, share: ClosedRange<Double>) throws -> [(file: String, sha256: String)] {
        let full = ["\(stem).safetensors", "\(stem).safetensors.index.json"]
        let half = ["\(stem).fp16.safetensors", "\(stem).safetensors.index.fp16.json", "\(stem).fp16.safetensors.index.json"]
        for name in source.prefersHalf ? half + full : full + half {
            let (file, isIndex) = ("\(part)/\(name)", name.hasSuffix(".json"))
            let limit = isIndex ? FetchPart.mostTextBytes : FetchPart.mostWeightBytes
            guard let hash = try fetch(file, FetchPart(share: isIndex ? share.lowerBound...share.lowerBound : share, limit: limit)) else {
                continue
            }
            return isIndex ? try shards(part, index: "\(folder)/\(file)", share: share) : [(file, hash)]
        }
        throw StoreError.badModel("\(source.name) has no .safetensors weights in \(part)/: convert them, or take another copy of the model")
    }

    /// Brings the files that an index names.
    private func shards(_ part: String, index: String, share: ClosedRange<Double>) throws -> [(file: String, sha256: String)] {
        let names = try shards(index)
        let width = (share.upperBound - share.lowerBound) / Double(names.count)
        return try names.enumerated().map { number, shard in
            let start = share.lowerBound + width * Double(number)
            let piece = FetchPart(share: start...start + width, limit: FetchPart.mostWeightBytes)
            guard let hash = try fetch("\(part)/\(shard)", piece) else {
                throw StoreError.badModel("\(source.name) lacks \(part)/\(shard)")
            }
            return ("\(part)/\(shard)", hash)
        }
    }

    private func shards(_ index: String) throws -> [String] {
        let map = try readJSON(index).object?["weight_map"]?.object
        let names = Set((map?.names ?? []).compactMap { map?[$0]?.string })
        guard !names.isEmpty, names.allSatisfy({ isCheckpointName($0) && !$0.contains("/") && !$0.hasPrefix(".") }) else {
            throw StoreError.badModel("\(index) names no shards")
        }
        guard names.count <= Limits.mostShards else {
            throw StoreError.badModel("\(index) names \(names.count) files: a part of a model may have \(Limits.mostShards)")
        }
        return names.sorted()
    }
}
