import DragonModel

/// A model that lies in one of the places.
public struct FoundModel: Sendable, Equatable {
    /// Its name for people: its folder's, or its file's without the ending.
    public let name: String
    /// What to open: a folder in diffusers' layout, or a checkpoint.
    public let path: String
    /// What is wrong with it, in one line; nil where it can be opened.
    public let problem: String?

    /// The name of the model that comes with the program: it gives way to any other.
    public static let embeddedName = "embedded"

    init(path: String, name: String? = nil) {
        self.path = path
        self.name = name ?? Self.name(of: path)
        problem = Self.problem(path)
    }

    private static func name(of path: String) -> String {
        let last = path.split(separator: "/").last.map(String.init) ?? path
        return last.hasSuffix(checkpointSuffix) ? String(last.dropLast(checkpointSuffix.count)) : last
    }

    /// Opens every file of a model, without reading its weights.
    private static func problem(_ path: String) -> String? {
        do {
            let files = try ModelFiles(path: path)
            _ = try files.tokenizer()
            _ = (try files.textEncoderWeights(), try files.unetWeights(), try files.autoencoderWeights())
            return nil
        } catch { return error.description }
    }
}

/// How a checkpoint's name ends.
let checkpointSuffix = ".safetensors"
