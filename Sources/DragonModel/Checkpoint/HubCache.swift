/// The model that a folder of Hugging Face's cache stands for: `models--x--y` keeps its files in `snapshots/HASH`, and in `refs/main`
/// which of them is the current one. Any other folder stands for itself.
public func resolvedModel(_ path: String) -> String {
    let snapshots = joined(path, "snapshots")
    guard !exists(joined(path, "model_index.json")), isFolder(snapshots) else { return path }
    let main = (try? readFile(joined(path, "refs/main"), limit: 200)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    let hash = main.filter { !$0.isWhitespace }
    let names =
        (hash.isEmpty || hash.contains("/") || hash.hasPrefix(".") ? [] : [hash]) + entries(of: snapshots).filter { !$0.hasPrefix(".") }
    let folders = names.map { joined(snapshots, $0) }.filter(isFolder)
    // One without an index may hold a checkpoint.
    return folders.first { exists(joined($0, "model_index.json")) } ?? folders.first ?? path
}
