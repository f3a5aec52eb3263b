/// What stands in the place of a model's file when a download or a copy went wrong.
enum Impostor: Equatable {
    case lfsPointer
    case webPage
    case json
    case pickle
    case gguf

    /// Tells by the first bytes of a file that was found to be no good.
    init?(_ bytes: UnsafeRawBufferPointer) {
        let start = bytes.prefix(64)
        // Blanks and a byte-order mark may stand before a text.
        let text = String(decoding: start.drop { [0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF].contains($0) }, as: UTF8.self).lowercased()
        if text.hasPrefix("version https://git-lfs") || text.hasPrefix("version https://hawser") {
            self = .lfsPointer
        } else if ["<!doctype", "<html", "<head", "<?xml", "<!--"].contains(where: { text.hasPrefix($0) }) {
            self = .webPage
        } else if Self.startsLikePickle(start) {
            self = .pickle
        } else if start.starts(with: "GGUF".utf8) {
            self = .gguf
        } else if text.hasPrefix("{\"") || text.hasPrefix("{ ") || text.hasPrefix("{\n") || text.hasPrefix("[") {
            self = .json
        } else {
            return nil
        }
    }

    /// PyTorch writes zip archives, and before 1.6 plain pickles: 0x80, and the protocol's number.
    private static func startsLikePickle(_ start: Slice<UnsafeRawBufferPointer>) -> Bool {
        start.starts(with: [0x50, 0x4B, 0x03, 0x04]) || (start.first == 0x80 && (2...5).contains(start.dropFirst().first ?? 0))
    }

    func error(file: String) -> ModelError {
        switch self {
        case .pickle: .pickle(file: file)
        case .lfsPointer:
            .notThatFile(file: file, what: "is a git LFS pointer, not the file itself: run \"git lfs pull\" in its folder")
        case .webPage:
            .notThatFile(file: file, what: "is a web page, not the file itself: log in with a browser, and download it again")
        case .json:
            .notThatFile(file: file, what: "is a server's answer in JSON, not weights: log in where it came from, and download it again")
        case .gguf: .notThatFile(file: file, what: "is a GGUF file, which is not read here: get the model as .safetensors")
        }
    }
}
