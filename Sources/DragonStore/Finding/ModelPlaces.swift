import Glibc

/// Where models are looked for.
public struct ModelPlaces: Sendable, Equatable {
    /// Named by the variable `DRAGON_MODEL_PATH`: models, or folders of models.
    public var named: [String]
    /// The user's folder of models, where new ones go; nil where there is no home.
    public var user: String?
    /// The system's folders of models.
    public var shared: [String]
    /// Single models that lie elsewhere: the embedded one of a source tree.
    public var single: [String]
    /// Where CLIP's merges may lie, for checkpoints without a tokenizer.
    public var tokenizers: [String]

    /// Folders of other programs, which are read alone.
    public var foreign: [String]

    /// The file that remembers which models were checked; nil checks them anew each time.
    public var checks: String?

    /// Places as given.
    public init(
        named: [String] = [], user: String? = nil, shared: [String] = [], single: [String] = [], tokenizers: [String] = [],
        foreign: [String] = [], checks: String? = nil
    ) {
        self.foreign = foreign
        (self.named, self.user, self.shared, self.single, self.tokenizers) = (named, user, shared, single, tokenizers)
        self.checks = checks
    }

    /// The places of this machine.
    ///
    /// - Parameters:
    ///   - environment: a variable's value.
    ///   - binaries: paths of the program and of the library: models may lie in their prefix, or in their source tree.
    public init(environment: (String) -> String?, binaries: [String]) {
        func value(_ name: String) -> String? { environment(name).flatMap { $0.isEmpty ? nil : $0 } }
        named = (value("DRAGON_MODEL_PATH") ?? "").split(separator: ":").map(String.init)
        // A relative XDG_DATA_HOME is invalid by its specification, and ignored.
        let data = value("XDG_DATA_HOME").flatMap { $0.hasPrefix("/") ? $0 : nil } ?? value("HOME").map { "\($0)/.local/share" }
        user = data.map { "\($0)/dragon/models" }
        let cache = value("XDG_CACHE_HOME").flatMap { $0.hasPrefix("/") ? $0 : nil } ?? value("HOME").map { "\($0)/.cache" }
        checks = cache.map { "\($0)/dragon/checked-models.json" }
        // An empty one says that there are none.
        foreign =
            environment("DRAGON_FOREIGN_MODELS").map { $0.split(separator: ":").map(String.init) }
            ?? ForeignFolders.usual(value, data: data, cache: cache)
        let prefixes = binaries.compactMap { parent(of: $0).flatMap(parent) }.filter { $0 != "/" }
        let shares = (prefixes + ["/usr/local", "/usr"]).map { "\($0)/share/dragon" }
        let trees = binaries.compactMap(Self.sourceTree)
        shared = shares.map { "\($0)/models" }
        single = trees.map { "\($0)/Install/model/embedded" }
        tokenizers =
            ([data.map { "\($0)/dragon" }].compactMap { $0 } + shares).map { "\($0)/tokenizer/merges.txt" }
            + trees.map { "\($0)/Tests/Fixtures/tokenizer/merges.txt" }
    }

    /// The places as this process finds them.
    public static var current: ModelPlaces {
        ModelPlaces(environment: { getenv($0).map { String(cString: $0) } }, binaries: [executablePath].compactMap { $0 })
    }

    /// The source tree that a binary was built in: the folder around `.build`.
    private static func sourceTree(of binary: String) -> String? {
        var folder = parent(of: binary)
        while let here = folder, here != "/" {
            if here.split(separator: "/").last?.hasPrefix(".build") == true { return parent(of: here) }
            folder = parent(of: here)
        }
        return nil
    }

    private static var executablePath: String? {
        guard let path = realpath("/proc/self/exe", nil) else { return nil }
        defer { free(path) }
        return String(cString: path)
    }
}

/// The folder that holds a path; nil for the root.
func parent(of path: String) -> String? {
    guard path != "/", let slash = path.lastIndex(of: "/") else { return nil }
    return slash == path.startIndex ? "/" : String(path[..<slash])
}
