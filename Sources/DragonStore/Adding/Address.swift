import DragonModel

/// An address as it may be shown and stored: without user, password, query and fragment, where tokens stand. A path stays as it is.
func shownAddress(_ source: String) -> String {
    guard let scheme = source.firstRange(of: "://") else { return source }
    var rest = withoutQuery(source[scheme.upperBound...])
    let host = rest.prefix { $0 != "/" }
    if let at = host.lastIndex(of: "@") { rest = rest[rest.index(after: at)...] }
    return String(source[..<scheme.upperBound] + rest)
}

/// An address without query and fragment.
func withoutQuery(_ url: some StringProtocol) -> Substring { Substring(url.prefix { $0 != "?" && $0 != "#" }) }

/// Where the files lie that a page of Hugging Face shows: `/tree/`, `/blob/` and the bare name are pages, `/resolve/` gives files.
/// Any other address stays as it is, without slashes at its end.
func addressOfFiles(_ url: String) -> String {
    let (plain, query) = (withoutQuery(url), url.dropFirst(withoutQuery(url).count))
    var parts = plain.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    while parts.count > 3, parts.last?.isEmpty == true { parts.removeLast() }
    // https:, nothing, host, organisation, name, kind of page, revision …
    let host = parts.count > 2 ? parts[2].split(separator: "@").last?.lowercased() : nil
    guard host == "huggingface.co" || host == "hf.co", parts.count > 4 else { return parts.joined(separator: "/") + query }
    if parts.count == 5 { parts += ["resolve", "main"] }
    if ["tree", "blob", "raw"].contains(parts[5]) { parts[5] = "resolve" }
    return parts.joined(separator: "/") + query
}
