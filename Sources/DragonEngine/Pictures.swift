import CDragon
import DragonImage
import DragonModel

/// How a pixel lies in memory.
enum PixelFormat: dragon_pixel_format {
    case bytes = 0
    case words
    case floats

    /// Bytes of a pixel.
    var size: Int {
        switch self {
        case .bytes: 4
        case .words: 8
        case .floats: 16
        }
    }

    init(checking value: dragon_pixel_format) throws {
        guard let format = PixelFormat(rawValue: value) else {
            throw Failure.badInput("the pixel format is \(value): choose DRAGON_RGBA_U8, DRAGON_RGBA_U16 or DRAGON_RGBA_FLOAT")
        }
        self = format
    }

    /// What a sample of floats may be: colours beyond sRGB and light beyond white, to the largest half, whose powers a float
    /// holds.
    private static let extremes: ClosedRange<Float> = -65504...65504

    /// A sample, 0 … 1 but for colours in floats, which may go beyond. Rows may start anywhere, so nothing is taken to be aligned.
    @inline(__always)
    func sample(_ base: UnsafeRawPointer, _ channel: Int) -> Float {
        switch self {
        case .bytes: Float(base.load(fromByteOffset: channel, as: UInt8.self)) / 255
        case .words: Float(base.loadUnaligned(fromByteOffset: channel * 2, as: UInt16.self)) / 65535
        case .floats: Self.limited(base.loadUnaligned(fromByteOffset: channel * 4, as: Float.self), channel < 3 ? Self.extremes : 0...1)
        }
    }

    @inline(__always)
    private static func limited(_ value: Float, _ range: ClosedRange<Float>) -> Float {
        value > range.lowerBound ? min(value, range.upperBound) : range.lowerBound
    }

    /// Stores a sample: in whole numbers cut to 0 … 1.
    @inline(__always)
    func store(_ value: Float, _ base: UnsafeMutableRawPointer, _ channel: Int) {
        let value = Self.limited(value, self == .floats && channel < 3 ? Self.extremes : 0...1)
        switch self {
        case .bytes: base.storeBytes(of: UInt8((value * 255).rounded()), toByteOffset: channel, as: UInt8.self)
        case .words: base.storeBytes(of: UInt16((value * 65535).rounded()), toByteOffset: channel * 2, as: UInt16.self)
        case .floats: base.storeBytes(of: value, toByteOffset: channel * 4, as: Float.self)
        }
    }
}

/// Rows of the caller's memory, their extent checked.
struct Rows {
    let width: Int
    let height: Int
    let stride: Int

    init(_ what: String, width: Int32, height: Int32, stride: Int64, pixelSize: Int) throws {
        (self.width, self.height) = (Int(width), Int(height))
        guard Limits.pictureSide.contains(self.width), Limits.pictureSide.contains(self.height) else {
            throw Failure.badInput("\(what) is \(width)×\(height): sides should be 1 to \(Limits.pictureSide.upperBound)")
        }
        guard self.width * self.height <= Limits.mostPicturePixels else {
            throw Failure.badInput("\(what) is \(width)×\(height): more than \(Limits.mostPicturePixels / 1_000_000) megapixels")
        }
        self.stride = try Self.checked(what, stride, row: self.width * pixelSize, height: self.height)
    }

    init(_ what: String, width: Int, height: Int, stride: Int64, pixelSize: Int) throws {
        (self.width, self.height) = (width, height)
        self.stride = try Self.checked(what, stride, row: width * pixelSize, height: height)
    }

    /// Bytes that lie between two addresses at most: 64-bit systems give programs 2⁴⁷ or 2⁴⁸.
    private static let mostBytes = 1 << 48

    /// Throws for rows that overlap, and for an end that no address could name.
    private static func checked(_ what: String, _ stride: Int64, row: Int, height: Int) throws -> Int {
        guard stride != 0 else { return row }
        guard let wide = Int(exactly: stride), wide >= row else {
            throw Failure.badInput("\(what) has a stride of \(stride) bytes: its rows have \(row)")
        }
        // The last row need not fill its stride.
        let (start, isBeyond) = wide.multipliedReportingOverflow(by: height - 1)
        guard !isBeyond, start <= mostBytes - row else {
            throw Failure.badInput("\(what) has a stride of \(stride) bytes: \(height) rows of it fit in no memory")
        }
        return wide
    }
}

/// A picture in the caller's memory, which outlives every use of this: nothing keeps it beyond the call.
struct CallerPicture: @unchecked Sendable {
    // Unchecked: the pixels are only read.
    private let pixels: UnsafeRawPointer
    private let rows: Rows
    private let format: PixelFormat
    /// Whether any pixel is not opaque.
    private var hasAlpha = false

    init(_ picture: dragon_picture, _ what: String) throws {
        guard let pixels = picture.pixels else { throw Failure.badInput("\(what) is missing: its pixels are NULL") }
        format = try PixelFormat(checking: picture.format)
        rows = try Rows(what, width: picture.width, height: picture.height, stride: picture.stride, pixelSize: format.size)
        self.pixels = pixels
        try checkFinite(what)
        hasAlpha = !isOpaque
    }

    private var isOpaque: Bool {
        for y in 0..<rows.height {
            let row = pixels + y * rows.stride
            for x in 0..<rows.width where format.sample(row + x * format.size, 3) < 1 { return false }
        }
        return true
    }

    private func checkFinite(_ what: String) throws {
        guard format == .floats else { return }
        for y in 0..<rows.height {
            for x in 0..<rows.width {
                let pixel = pixels + y * rows.stride + x * format.size
                for c in 0..<4 where !pixel.loadUnaligned(fromByteOffset: c * 4, as: Float.self).isFinite {
                    throw Failure.badInput("\(what) has a pixel that is no number, at \(x),\(y)")
                }
            }
        }
    }

    var width: Int { rows.width }
    var height: Int { rows.height }

    /// The picture as edits read it.
    var source: PictureSource {
        PictureSource(width: width, height: height, hasAlpha: hasAlpha) { box in colours(in: box) }
    }

    /// Three planes of a box; beyond the picture its border repeats.
    func colours(in box: PixelBox) -> Raster {
        Raster(width: box.width, height: box.height, planes: (0..<(hasAlpha ? 4 : 3)).map { plane($0, in: box) })
    }

    /// One channel of a box. Read row by row without a look at the format in between: previews wait for this.
    private func plane(_ channel: Int, in box: PixelBox) -> [Float] {
        [Float](unsafeUninitializedCapacity: box.width * box.height) { samples, count in
            for y in 0..<box.height {
                let row = pixels + min(max(y + box.y, 0), height - 1) * rows.stride
                for x in 0..<box.width {
                    samples[y * box.width + x] = format.sample(row + min(max(x + box.x, 0), width - 1) * format.size, channel)
                }
            }
            count = box.width * box.height
        }
    }
}

extension Mask {
    /// A mask of the caller's; nil where there is none.
    init?(_ mask: dragon_mask, _ what: String) throws {
        guard let pixels = mask.pixels else { return nil }
        let rows = try Rows(what, width: mask.width, height: mask.height, stride: mask.stride, pixelSize: 1)
        let shares = [UInt8](unsafeUninitializedCapacity: rows.width * rows.height) { shares, count in
            for y in 0..<rows.height {
                let row = pixels + y * rows.stride
                for x in 0..<rows.width { shares[y * rows.width + x] = row[x] }
            }
            count = rows.width * rows.height
        }
        self.init(height: rows.height, width: rows.width, shares: shares)
    }
}
