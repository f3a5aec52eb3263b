/// Where tiny autoencoders lie by themselves: TAESD, under the names that its author and other programs give it.
enum TinyPlaces {
    /// Folders of such files, within a model's own or a program's.
    private static let folders = ["taesd", "models--madebyollin--taesd", "vae_approx", "VAE-approx", "VAE-taesd"]
    /// Either half says where both are.
    private static let halves = ["taesd_encoder.safetensors", "taesd_decoder.safetensors", "taesd_decoder.pth"]

    /// What may be one, in folders or in their `taesd`, `vae_approx` and the like.
    static func candidates(in places: [String]) -> [String] {
        var seen: Set<String> = []
        return places.flatMap { place in [place] + folders.map { joined(place, $0) }.filter(isFolder) }.compactMap(candidate)
            .filter { seen.insert($0).inserted }
    }

    /// Folders beside a model, and above a checkpoint: programs keep their models' kinds side by side.
    static func places(beside model: String) -> [String] {
        guard !isFolder(model) else { return [model, folder(of: model)] }
        let own = folder(of: model)
        return [own, folder(of: own), folder(of: folder(of: own))]
    }

    private static func candidate(in place: String) -> String? {
        let place = resolvedModel(place)
        let name = place.split(separator: "/").last.map(String.init) ?? ""
        if let half = halves.map({ joined(place, $0) }).first(where: exists) { return half }
        let single = joined(place, "taesd.safetensors")
        if exists(single) { return single }
        let isOwn = name == "taesd" || place.has("models--madebyollin--taesd/")
        return isOwn && exists(joined(place, "config.json")) ? place : nil
    }
}
