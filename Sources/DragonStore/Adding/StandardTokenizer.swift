import DragonModel
import Glibc

extension ModelStore {
    /// CLIP's tokenizers, made once from its merges and kept beside what is known of models; nil where either is missing.
    public var spareTokenizers: SpareTokenizers? {
        guard let cache = places.checks.flatMap(parent), let merges = places.tokenizers.first(where: isFile) else { return nil }
        let folders = [false, true].map { "\(cache)/tokenizers/\($0 ? "openclip" : "clip")" }
        for (folder, padsWithZero) in zip(folders, [false, true]) where !isFolder(folder) {
            // Made aside, for another program may ask meanwhile.
            let aside = "\(folder)-\(getpid())"
            guard (try? makeFolders(aside)) != nil,
                (try? StandardTokenizer(merges: merges).write(to: aside, padsWithZero: padsWithZero)) != nil,
                rename(aside, folder) == 0 || isFolder(folder)
            else { return nil }
            if isFolder(aside) { _ = removeTree(aside) }
        }
        return SpareTokenizers(clip: folders[0], openCLIP: folders[1])
    }

    /// What a model may be given beside its own files, whoever opens it.
    public var additions: ModelAdditions {
        var additions = ModelAdditions()
        (additions.spareTokenizers, additions.tinyPlaces) = (spareTokenizers, tinyPlaces)
        return additions
    }
}

/// CLIP's tokenizer, for checkpoints that come without one: every Stable Diffusion 1 and 2 has the same.
struct StandardTokenizer {
    /// The file of CLIP's merges; from it the vocabulary follows.
    let merges: String

    /// Writes `vocab.json` and `merges.txt` into a folder.
    ///
    /// - Parameter padsWithZero: OpenCLIP, of Stable Diffusion 2, fills up with token 0, CLIP with its end.
    func write(to folder: String, padsWithZero: Bool) throws {
        mkdir(folder, 0o755)
        let bytes = try readFile(merges, limit: 16_000_000)
        try writeFile("\(folder)/merges.txt", bytes)
        try writeFile("\(folder)/vocab.json", Array(vocabulary(String(decoding: bytes, as: UTF8.self)).text.utf8))
        guard padsWithZero else { return }
        try writeFile("\(folder)/special_tokens_map.json", Array("{\"pad_token\": \"!\"}".utf8))
    }

    /// Every byte, every byte at a word's end, every merge in order, and the two marks.
    private func vocabulary(_ text: String) -> JSONValue {
        let pairs = text.split(separator: "\n").filter { !$0.hasPrefix("#version") }.map { line in
            String(line.filter { $0 != " " && $0 != "\r" })
        }
        let ends = Self.byteCharacters.map { "\($0)</w>" }
        let tokens: [String] = Self.byteCharacters + ends + pairs + ["<|startoftext|>", "<|endoftext|>"]
        var result = JSONObject()
        for (number, token) in tokens.enumerated() { result[token] = .integer(number) }
        return .object(result)
    }

    /// CLIP's order of bytes: those that can be printed first, then the others under characters from U+0100 on.
    private static let byteCharacters: [String] = {
        let printable = (0..<256).filter { (0x21...0x7E).contains($0) || (0xA1...0xAC).contains($0) || (0xAE...0xFF).contains($0) }
        let others = (0..<256 - printable.count).map { 0x100 + $0 }
        return (printable + others).compactMap { number in
            let scalar: Unicode.Scalar? = Unicode.Scalar(UInt32(number))
            return scalar.map { String(Character($0)) }
        }
    }()
}
