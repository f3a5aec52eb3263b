/// What can go wrong between a model's files and its networks.
public enum ModelError: Error, Equatable, Sendable {
    /// A file or folder that cannot be opened or read.
    case unreadable(file: String, reason: String)
    /// A file that cannot be written.
    case unwritable(file: String, reason: String)
    /// A file for which the disk, or the user's share of it, has no room.
    case diskFull(file: String, reason: String)
    /// The system has no room for what a file asks.
    case outOfMemory(bytes: Int, purpose: String)
    /// JSON that breaks RFC 8259 or this reader's limits; `offset` counts bytes from 0.
    case malformedJSON(file: String, offset: Int, reason: String)
    /// A safetensors file that breaks its format.
    case malformedSafetensors(file: String, reason: String)
    /// Weights kept as a Python pickle.
    case pickle(file: String)
    /// A file that is something else than its name says, with what to do; `what` ends the sentence that starts with the file.
    case notThatFile(file: String, what: String)
    /// A path that holds no model, or one with parts missing.
    case incompleteModel(path: String, reason: String)
    /// An option whose value makes no sense.
    case invalidOption(file: String, option: String, reason: String)
    /// An option that is sound but not computed by this program.
    case unsupportedOption(file: String, option: String, value: String, supported: String)
    /// A weight that the network needs and the file lacks.
    case missing(key: String, file: String)
    /// A weight of another shape than the configuration says.
    case shapeMismatch(key: String, expected: [Int], found: [Int], file: String)
    /// A tensor of a number format that cannot be used in its place.
    case elementTypeMismatch(key: String, expected: String, found: String, file: String)
    /// A weight asked for twice while a network was built.
    case boundTwice(key: String, file: String)
    /// Weights that no part of the network took; `keys` holds the first few.
    case surplus(keys: [String], count: Int, file: String)
    /// Changes of layers that the model has not; `keys` holds the first few.
    case unmatched(keys: [String], count: Int, file: String)
    /// A weight with an element that is NaN or infinite.
    case nonFinite(key: String, file: String)
    /// Tokenizer files that contradict each other or themselves.
    case malformedTokenizer(file: String, reason: String)

    /// Whether the machine, not the input, is at fault: a full disk, too little memory.
    public var isLimitOfMachine: Bool {
        switch self {
        case .diskFull, .outOfMemory: true
        default: false
        }
    }
}

extension ModelError: CustomStringConvertible {
    /// One line that says what is wrong and what to do.
    public var description: String {
        switch self {
        case .unreadable(let file, let reason): "cannot read \(shown(file)): \(shown(reason))"
        case .unwritable(let file, let reason): "cannot write \(shown(file)): \(shown(reason))"
        case .diskFull(let file, let reason): "no room to write \(shown(file)): \(shown(reason)); free some and run again"
        case .outOfMemory(let bytes, let purpose):
            "out of memory: \(shown(purpose)) needs \(bytes / 1_000_000 + 1) MB; close other programs"
        case .malformedJSON(let file, let offset, let reason): "\(shown(file)) is not valid JSON at byte \(offset): \(shown(reason))"
        case .malformedSafetensors(let file, let reason):
            "\(shown(file)) is not a valid safetensors file: \(shown(reason)); fetch it again"
        case .pickle(let file):
            "\(shown(file)) is a Python pickle, which can run code and is never opened; convert it with safetensors.torch.save_file"
        case .notThatFile(let file, let what): "\(shown(file)) \(shown(what))"
        case .incompleteModel(let path, let reason): "no usable model in \(shown(path)): \(shown(reason))"
        case .malformedTokenizer(let file, let reason): "\(shown(file)) is not a CLIP tokenizer file: \(shown(reason))"
        default: descriptionOfContent
        }
    }

    private var descriptionOfContent: String {
        switch self {
        case .invalidOption(let file, let option, let reason): "\(shown(file)): option \(shown(option)) \(shown(reason))"
        case .unsupportedOption(let file, let option, let value, let supported):
            "\(shown(file)): option \(shown(option)) is \(shown(value)), which is not supported; supported: \(supported)"
        case .missing(let key, let file): "\(shown(file)) lacks the weight \(shown(key)); its configuration may belong to another model"
        case .shapeMismatch(let key, let expected, let found, let file):
            "\(shown(file)): weight \(shown(key)) has shape \(found), expected \(expected); its configuration may belong to another model"
        case .elementTypeMismatch(let key, let expected, let found, let file):
            "\(shown(file)): tensor \(shown(key)) holds \(found), expected \(expected)"
        case .boundTwice(let key, let file): "\(shown(file)): weight \(shown(key)) was bound twice"
        case .surplus(let keys, let count, let file):
            "\(shown(file)) has \(count) weights that the model does not use: \(shown(keys.joined(separator: ", ")))\(count > keys.count ? ", …" : "")"
        case .unmatched(let keys, let count, let file):
            "\(shown(file)) changes \(count) weights that the model does not have, or that are not known here: "
                + "\(shown(keys.joined(separator: ", ")))\(count > keys.count ? ", …" : ""); it was made for another kind of model"
        case .nonFinite(let key, let file): "\(shown(file)): weight \(shown(key)) holds NaN or infinity; fetch the file again"
        default: ""
        }
    }
}

/// `text` as it may stand in a one-line message: control characters replaced, and cut where it grows long.
///
/// Names come from files that anyone may have written.
func shown(_ text: String, limit: Int = 240) -> String {
    var result = ""
    for (count, scalar) in text.unicodeScalars.enumerated() {
        guard count < limit else { return result + "…" }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: result.unicodeScalars.append("\u{FFFD}")
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result
}
