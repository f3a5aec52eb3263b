import DragonModel

/// A model that lies in one of the places.
public struct FoundModel: Sendable, Equatable {
    /// Its name for people: its folder's, or its file's without the ending.
    public let name: String
    /// What to open: a folder in diffusers' layout, or a checkpoint.
    public let path: String
    /// What is wrong with it, in one line; nil where edits can run on it.
    public let problem: String?
    /// What it is good for; nil where it cannot be used.
    public let purpose: ModelPurpose?

    /// The name of the model that comes with the program: it gives way to any other.
    public static let embeddedName = "embedded"

    /// - Parameters:
    ///   - name: nil takes it from the path.
    ///   - problem: what a check found.
    init(path: String, name: String? = nil, problem: String?, purpose: ModelPurpose?) {
        (self.path, self.purpose) = (path, purpose)
        self.name = name ?? Self.name(of: path)
        self.problem = problem
    }

    static func name(of path: String) -> String {
        let last = path.split(separator: "/").last.map(String.init) ?? path
        // Hugging Face's cache: models--organisation--name.
        if last.hasPrefix("models--"), let own = last.split(separator: "--").last { return String(own) }
        return isCheckpointName(last) ? String(last.dropLast(checkpointSuffix.count)) : last
    }
}

/// A LoRA that lies in one of the places.
public struct FoundLoRA: Sendable, Equatable {
    /// Its name for people: its file's without the ending, or its repository's.
    public let name: String
    /// What to open.
    public let path: String
    /// What is wrong with it, in one line; nil where it is sound. Whether it fits a model is told as both are opened.
    public let problem: String?
}

/// What a model is looked for.
public enum ModelUse: Sendable {
    /// Edits of both papers.
    case inverting
    /// Edits that only paint in what is missing.
    case inpainting

    func isFor(_ purpose: ModelPurpose) -> Bool {
        switch self {
        case .inverting: purpose != .inpainting
        case .inpainting: purpose != .base
        }
    }
}

/// How a checkpoint's name ends.
let checkpointSuffix = ".safetensors"

/// The checkpoints among the names in a folder, without the autoencoders that belong to some of them: `NAME.vae.safetensors`, `taesd`.
func checkpoints(among names: [String]) -> [String] { names.filter { isCheckpointName($0) && !isCompanion($0, among: names) } }

/// Whether a file or folder of a model's neighbourhood is an autoencoder for others.
func isCompanion(_ name: String, among names: [String]) -> Bool {
    let lower = name.lowercased()
    if lower.hasPrefix("taesd") { return true }
    guard lower.hasSuffix(".vae\(checkpointSuffix)") else { return false }
    return names.contains { $0 != name && isCheckpointName($0) && ModelFiles.autoencoderFile(besideCheckpoint: $0) == name }
}

/// Whether a name is a checkpoint's, in capitals too.
func isCheckpointName(_ name: String) -> Bool { name.lowercased().hasSuffix(checkpointSuffix) }
