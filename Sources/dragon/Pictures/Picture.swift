import CPictures
import DragonModel
import DragonTensor

/// Pixels in memory: rows from the top, R G B A, alpha not multiplied in.
struct Picture: Equatable {
    /// Samples of 8 or 16 bits.
    enum Samples: Equatable {
        case eight([UInt8])
        case sixteen([UInt16])
    }

    let width: Int
    let height: Int
    let hasAlpha: Bool
    let samples: Samples
    /// What else its file says.
    let details: PictureDetails

    /// Bytes that a file may have.
    static let byteLimit = 1 << 30
    /// Quality of JPEG and WebP, of 100.
    static let quality = 95

    init(width: Int, height: Int, hasAlpha: Bool = false, samples: Samples, details: PictureDetails = PictureDetails()) {
        (self.width, self.height, self.hasAlpha, self.samples, self.details) = (width, height, hasAlpha, samples, details)
    }

    /// Other samples of the same picture.
    func with(_ samples: Samples) -> Picture {
        Picture(width: width, height: height, hasAlpha: hasAlpha, samples: samples, details: details)
    }

    /// The first picture of a batch, `[batch, 3, height, width]`, −1 … 1 to 0 … 255.
    init(_ tensor: Tensor) {
        let (height, width) = (tensor.shape[2], tensor.shape[3])
        let area = height * width
        var bytes = [UInt8](repeating: 255, count: area * 4)
        tensor.withElements { elements in
            for channel in 0..<3 {
                for pixel in 0..<area {
                    let value = (elements[channel * area + pixel] + 1) * 127.5
                    // A comparison with NaN is false: it becomes black.
                    bytes[pixel * 4 + channel] = value > 0 ? UInt8(min(value.rounded(), 255)) : 0
                }
            }
        }
        self.init(width: width, height: height, samples: .eight(bytes))
    }
}

// MARK: - Files

extension Picture {
    /// Reads a picture; its first bytes tell the format, not its name.
    init(file path: String) throws {
        if path.isEmpty { throw PictureError.noName(option: nil) }
        try self.init(encoded: try readFile(path, limit: Self.byteLimit), file: path)
    }

    /// - Parameter memory: the most bytes that reading may take. The edit needs as much again, and so does the writing.
    init(encoded bytes: [UInt8], file: String, memory: Int = Machine().freeMemory / 3) throws(PictureError) {
        var picture = codec_picture()
        var message = [CChar](repeating: 0, count: Int(CODEC_MESSAGE))
        let status = codec_picture_decode(bytes, bytes.count, memory, &picture, &message)
        defer { codec_picture_free(&picture) }
        guard status == CODEC_OK, let pixels = picture.pixels else {
            if status == CODEC_OUT_OF_MEMORY { throw .outOfMemory(file: file) }
            throw .unreadable(file: file, reason: text(message))
        }
        let count = Int(picture.width) * Int(picture.height) * 4
        let samples: Samples =
            picture.depth == 16
            ? .sixteen(Array(UnsafeBufferPointer(start: pixels.assumingMemoryBound(to: UInt16.self), count: count)))
            : .eight(Array(UnsafeBufferPointer(start: pixels.assumingMemoryBound(to: UInt8.self), count: count)))
        self.init(
            width: Int(picture.width), height: Int(picture.height), hasAlpha: picture.has_alpha != 0, samples: samples,
            details: PictureDetails(picture))
    }

    func encoded(as format: PictureFormat, file: String) throws(PictureError) -> [UInt8] {
        var encoded = codec_bytes()
        var message = [CChar](repeating: 0, count: Int(CODEC_MESSAGE))
        let status = withCPicture { picture in
            var picture = picture
            return codec_picture_encode(&picture, format.code, Int32(Self.quality), &encoded, &message)
        }
        defer { codec_bytes_free(&encoded) }
        switch status {
        case CODEC_OK: return Array(UnsafeBufferPointer(start: encoded.bytes, count: encoded.size))
        case CODEC_OUT_OF_MEMORY: throw .outOfMemory(file: file)
        default: throw .unwritable(file: file, reason: text(message))
        }
    }

    private func withCPicture<Result>(_ body: (codec_picture) -> Result) -> Result {
        func call(_ pixels: UnsafeRawBufferPointer, depth: UInt32) -> Result {
            details.withCDetails { details in
                var picture = details
                (picture.width, picture.height, picture.depth) = (UInt32(width), UInt32(height), depth)
                picture.has_alpha = hasAlpha ? 1 : 0
                picture.pixels = UnsafeMutableRawPointer(mutating: pixels.baseAddress)
                return body(picture)
            }
        }
        switch samples {
        case .eight(let bytes): return bytes.withUnsafeBytes { call($0, depth: 8) }
        case .sixteen(let words): return words.withUnsafeBytes { call($0, depth: 16) }
        }
    }
}

private func text(_ message: [CChar]) -> String {
    String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
