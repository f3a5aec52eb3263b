import CPictures

/// The formats of picture files.
enum PictureFormat: Equatable {
    case png, jpeg, webp

    /// The format that a file's name asks for.
    init(path: String) throws(PictureError) {
        let name = path.split(separator: "/").last ?? ""
        switch name.lastIndex(of: ".").map({ name[name.index(after: $0)...].lowercased() }) {
        case "png": self = .png
        case "jpg", "jpeg": self = .jpeg
        case "webp": self = .webp
        default: throw .unknownExtension(file: path)
        }
    }

    /// Throws where a picture of that size cannot be written so.
    func checkHolds(width: Int, height: Int, file: String) throws(PictureError) {
        let most = Int(codec_longest_side(code))
        guard max(width, height) <= most else { throw .tooLargeForFormat(file: file, width: width, height: height, most: most) }
    }

    var code: codec_picture_format {
        switch self {
        case .png: CODEC_PNG
        case .jpeg: CODEC_JPEG
        case .webp: CODEC_WEBP
        }
    }
}

/// What can be wrong with a picture's file.
enum PictureError: Error, Equatable, CustomStringConvertible {
    /// No name at all.
    case noName(option: String?)
    /// A name that ends in no known format's extension.
    case unknownExtension(file: String)
    /// A file that cannot be decoded.
    case unreadable(file: String, reason: String)
    /// A picture that cannot be encoded.
    case unwritable(file: String, reason: String)
    /// A picture with longer sides than its format can have.
    case tooLargeForFormat(file: String, width: Int, height: Int, most: Int)
    /// A mask that marks nothing by the rules of masks, though something is in it.
    case unclearMask(file: String, brightest: Int)
    /// The system has no room for the pixels.
    case outOfMemory(file: String)

    /// Whether the machine, not the input, is at fault.
    var isLimitOfMachine: Bool { if case .outOfMemory = self { true } else { false } }

    var description: String {
        switch self {
        case .noName(let option): "\(option ?? "a picture's name") is empty: name a file"
        case .unknownExtension(let file): "\(file) should end in .png, .jpg or .webp"
        case .unreadable(let file, let reason): "cannot read the picture \(file): \(reason)"
        case .unwritable(let file, let reason): "cannot write the picture \(file): \(reason)"
        case .tooLargeForFormat(let file, let width, let height, let most):
            "cannot write \(width)×\(height) pixels as \(file): a side has at most \(most) in that format; name a .png"
        case .unclearMask(let file, let brightest):
            "the mask \(file) has marks but none brighter than half, the brightest being \(brightest) % of white: "
                + "paint white what belongs, or leave all else transparent"
        case .outOfMemory(let file): "out of memory at the picture \(file); close other programs or take a smaller one"
        }
    }
}
