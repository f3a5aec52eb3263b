import CPictures

/// What a picture's file says beside its pixels. An edited picture says the same.
struct PictureDetails: Equatable {
    /// What its numbers stand for; nil is sRGB.
    var profile: ColourProfile?
    /// Whether a PNG says that they are sRGB's.
    var saysSRGB = false
    /// EXIF data from its byte order mark on; empty where there is none.
    var exif: [UInt8] = []
    /// Density; zero where it is not said.
    var pixelsPerMetre = SIMD2<Double>.zero
    /// What was wrong with the file.
    var warnings: [String] = []
}

extension PictureDetails {
    /// What was read with a picture.
    init(_ picture: codec_picture) {
        exif = Array(picture.exif)
        saysSRGB = picture.colours.is_srgb != 0
        pixelsPerMetre = SIMD2(picture.pixels_per_metre.0, picture.pixels_per_metre.1)
        let damage = withUnsafeBytes(of: picture.warning) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        if !damage.isEmpty { warnings.append("it is read as far as it can be: \(damage)") }
        let icc = Array(picture.profile)
        if !icc.isEmpty {
            profile = ColourProfile(icc: icc)
            if profile == nil { warnings.append("its colour profile cannot be used; it is taken for sRGB") }
        } else {
            profile = ColourProfile(picture.colours)
        }
    }

    /// Calls `body` with a C picture that has these details and no pixels.
    func withCDetails<Result>(_ body: (codec_picture) -> Result) -> Result {
        var icc = profile?.icc ?? []
        var exif = exif
        return icc.withUnsafeMutableBufferPointer { icc in
            exif.withUnsafeMutableBufferPointer { exif in
                var picture = codec_picture()
                picture.profile = codec_bytes(bytes: icc.baseAddress, size: icc.count)
                picture.colours.is_srgb = saysSRGB ? 1 : 0
                picture.exif = codec_bytes(bytes: exif.baseAddress, size: exif.count)
                picture.pixels_per_metre = (pixelsPerMetre.x, pixelsPerMetre.y)
                return body(picture)
            }
        }
    }
}

extension Array where Element == UInt8 {
    fileprivate init(_ bytes: codec_bytes) { self.init(UnsafeBufferPointer(start: bytes.bytes, count: bytes.size)) }
}
