import DragonModel
import TestSupport
import Testing

@testable import dragon

@Suite struct Pictures {
    private func bytes(_ name: String) throws -> [UInt8] { try readFile(fixture("pictures/\(name)"), limit: 1_000_000) }

    @Test func everyKindHasThePixelsThatPillowSees() throws {
        let expected = try #require(try JSONValue(parsing: try bytes("expected.json")).object)
        #expect(expected.count == 16)
        for name in expected.names {
            let parts = try #require(expected[name]?.array)
            let picture = try Picture(file: fixture("pictures/\(name)"))
            #expect([picture.width, picture.height] == parts[..<2].map(\.integer), "\(name)")
            #expect(picture.hasAlpha == parts[3].bool, "\(name)")
            let found: [Int]
            switch picture.samples {
            case .eight(let samples): found = samples.map(Int.init)
            case .sixteen(let samples): found = samples.map(Int.init)
            }
            #expect((parts[2].integer == 16) == { if case .sixteen = picture.samples { true } else { false } }(), "\(name)")
            let wanted = try #require(parts[4].array).compactMap(\.integer)
            #expect(found.count == wanted.count, "\(name)")
            // Decoders of JPEG and WebP may round differently.
            let tolerance = name.hasSuffix(".png") || name == "lossless.webp" ? 0 : 2
            let worst = zip(found, wanted).map { abs($0 - $1) }.max() ?? 0
            #expect(worst <= tolerance, "\(name): off by \(worst)")
        }
    }

    @Test(arguments: ["rgba.png", "rgba16.png", "rgb16.png"])
    func pngKeepsEveryBit(name: String) throws {
        let picture = try Picture(file: fixture("pictures/\(name)"))
        #expect(try Picture(encoded: try picture.encoded(as: .png, file: "x.png"), file: "x.png") == picture)
    }

    @Test(arguments: [PictureFormat.jpeg, .webp])
    func lossyFormatsKeepTheLook(format: PictureFormat) throws {
        let side = 64
        let smooth = (0..<side * side).flatMap { pixel -> [UInt8] in [UInt8(pixel % side * 3), UInt8(pixel / side * 3), 100, 255] }
        let picture = Picture(width: side, height: side, samples: .eight(smooth))
        let again = try Picture(encoded: try picture.encoded(as: format, file: "x"), file: "x")
        guard case .eight(let found) = again.samples else { throw PictureError.unknownExtension(file: "") }
        #expect(again.width == side && !again.hasAlpha)
        let worst = zip(found, smooth).map { abs(Int($0) - Int($1)) }.max() ?? 255
        #expect(worst <= 12)
    }

    @Test func theNameDecidesTheFormatWritten() throws {
        #expect(try PictureFormat(path: "a/b.PNG") == .png)
        #expect(try PictureFormat(path: "x.y.jpeg") == .jpeg)
        #expect(try PictureFormat(path: ".webp") == .webp)
        for path in ["x", "x.gif", "png", "a.png/x", ""] {
            #expect(throws: PictureError.unknownExtension(file: path)) { try PictureFormat(path: path) }
        }
    }

    @Test(arguments: ["rgba.png", "rgb16.png", "palette-alpha.png", "rgb.jpg", "progressive.jpg", "lossy.webp", "lossless.webp"])
    func aTruncatedPictureIsRefused(name: String) throws {
        let whole = try bytes(name)
        for length in stride(from: 0, to: whole.count - 16, by: 3) {
            #expect(throws: PictureError.self, "\(length) of \(whole.count)") { try Picture(encoded: Array(whole[..<length]), file: name) }
        }
    }

    @Test func hugeAnimatedAndForeignPicturesAreRefused() throws {
        // A header of 60,000 × 60,000 pixels, with the checksum it would have.
        var huge = try bytes("rgb.png")
        huge.replaceSubrange(16..<24, with: [0, 0, 0xEA, 0x60, 0, 0, 0xEA, 0x60])
        huge.replaceSubrange(29..<33, with: checksum(huge[12..<29]))
        guard case .unreadable(_, let reason)? = error({ _ = try Picture(encoded: huge, file: "x", memory: 1 << 30) }) else {
            throw PictureError.outOfMemory(file: "")
        }
        #expect(reason.contains("60000 x 60000"))
        #expect(error { _ = try Picture(file: fixture("pictures/animation.webp")) } != nil)
        #expect(
            error { _ = try Picture(encoded: Array("GIF89a".utf8), file: "x.png") }
                == .unreadable(file: "x.png", reason: "it is not a PNG, JPEG or WebP picture"))
    }

    @Test(arguments: ["rgba.png", "palette-alpha.png", "rgba16.png", "progressive.jpg", "cmyk.jpg", "lossy.webp", "lossless.webp"])
    func damagedPicturesAreReadOrRefused(name: String) throws {
        let whole = try bytes(name)
        var state: UInt64 = 1
        func random(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        for _ in 0..<2000 {
            var damaged = whole
            for _ in 0...random(4) { damaged[random(damaged.count)] = UInt8(random(256)) }
            if name.hasSuffix("png") {
                // Right checksums, or libpng would stop at once: IHDR here, the rest as it comes.
                damaged.replaceSubrange(29..<33, with: checksum(damaged[12..<29]))
            }
            // Only `PictureError` can come, by its type; that nothing traps is the test.
            let picture = try? Picture(encoded: damaged, file: name, memory: 1 << 28)
            #expect((picture?.width ?? 1) * (picture?.height ?? 1) <= 1 << 26)
        }
    }

    /// The file with an EXIF segment of that orientation, after the first marker.
    private func turned(_ bytes: [UInt8], _ orientation: UInt8, isBig: Bool) -> [UInt8] {
        let entry: [UInt8] =
            isBig
            ? [0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0]
            : [0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0]
        let body = Array("Exif".utf8) + [0, 0] + entry
        return bytes[..<2] + [0xFF, 0xE1, 0, UInt8(body.count + 2)] + body + bytes[2...]
    }

    @Test(arguments: 1...8 as ClosedRange<UInt8>)
    func aPictureThatTheCameraTurnedStandsUpright(orientation: UInt8) throws {
        let whole = try bytes("rgb.jpg")
        let plain = try Picture(encoded: whole, file: "x")
        let (w, h) = (plain.width, plain.height)
        #expect(w != h)
        for isBig in [false, true] {
            let found = try Picture(encoded: turned(whole, orientation, isBig: isBig), file: "x")
            #expect((found.width, found.height) == (orientation < 5 ? (w, h) : (h, w)))
            guard case .eight(let a) = found.samples, case .eight(let b) = plain.samples else { throw PictureError.outOfMemory(file: "") }
            // Where row 0 and column 0 of the stored picture are seen, as the standard words it.
            for y in 0..<found.height {
                for x in 0..<found.width {
                    let (sx, sy) = [
                        (x, y), (w - 1 - x, y), (w - 1 - x, h - 1 - y), (x, h - 1 - y), (y, x), (y, h - 1 - x), (w - 1 - y, h - 1 - x),
                        (w - 1 - y, x),
                    ][Int(orientation) - 1]
                    guard a[(y * found.width + x) * 4] != b[(sy * w + sx) * 4] else { continue }
                    Issue.record("orientation \(orientation) at \(x), \(y)")
                    return
                }
            }
        }
    }

    @Test func aDamagedOrientationIsNone() throws {
        let whole = try bytes("rgb.jpg")
        let plain = try Picture(encoded: whole, file: "x")
        for value: UInt8 in [0, 9, 255] {
            #expect(try Picture(encoded: turned(whole, value, isBig: true), file: "x").samples == plain.samples)
        }
        var state: UInt64 = 7
        for _ in 0..<2000 {
            var damaged = turned(whole, 6, isBig: state % 2 == 0)
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            damaged[6 + Int(state >> 33) % 32] = UInt8(truncatingIfNeeded: state >> 20)
            _ = try? Picture(encoded: damaged, file: "x")
        }
    }

    private func error(_ body: () throws -> Void) -> PictureError? {
        do {
            try body()
            return nil
        } catch { return error as? PictureError }
    }

    /// CRC-32, as PNG has it.
    private func checksum(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var value: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            value ^= UInt32(byte)
            for _ in 0..<8 { value = value >> 1 ^ (value & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
        return withUnsafeBytes(of: (~value).bigEndian) { [UInt8]($0) }
    }
}
