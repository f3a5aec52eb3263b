import DragonModel
import Glibc
import TestSupport
import Testing

@testable import dragon

@Suite("EXIF data, density, four inks and damage")
struct PictureDetailsTests {
    private func bytes(_ name: String) throws -> [UInt8] { try readFile(fixture("faults/\(name)"), limit: 1_000_000) }

    private func picture(_ name: String) throws -> Picture { try Picture(file: fixture("faults/\(name)")) }

    @Test("a PNG and a WebP that the camera turned stand upright", arguments: ["exif6.png", "exif6.webp"])
    func turned(name: String) throws {
        let found = try picture(name)
        #expect(found.width == 96 && found.height == 128)
        #expect(found.distance(from: try expectedPixels(name)) <= (name.hasSuffix("png") ? 0 : 2))
        // Written upright, and said so: read again, nothing turns.
        let again = try Picture(encoded: try found.encoded(as: .png, file: name), file: name)
        #expect(again == found && !found.details.exif.isEmpty)
    }

    @Test func sixteenBitsAreTurnedToo() throws {
        let samples = (0..<6).flatMap { i -> [UInt16] in [UInt16(i) * 257, 1, 2, 65535] }
        var exif: [UInt8] = [0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0]
        let stored = Picture(width: 3, height: 2, samples: .sixteen(samples), details: PictureDetails(exif: exif))
        let found = try Picture(encoded: try stored.encoded(as: .png, file: "x"), file: "x")
        exif[19] = 1
        #expect((found.width, found.height) == (2, 3) && found.details.exif == exif)
        guard case .sixteen(let turned) = found.samples else { throw PictureError.noName(option: nil) }
        #expect(stride(from: 0, to: 24, by: 4).map { turned[$0] / 257 } == [3, 0, 4, 1, 5, 2])
    }

    @Test("EXIF data and density come back in every format, upright and without the old small picture")
    func kept() throws {
        let found = try picture("camera.jpg")
        #expect(found.width == 24 && found.height == 32)
        #expect((found.details.pixelsPerMetre * 0.0254).x.rounded() == 300)
        // Maker, orientation 1, and 300 dots an inch stand where they stood; the small picture's bytes are gone.
        let exif = found.details.exif
        #expect(exif[22..<34].elementsEqual([18, 1, 3, 0, 1, 0, 0, 0, 1, 0, 0, 0]))
        #expect(count(of: Array("Maker".utf8), in: exif) == 1 && count(of: [0xFF, 0xD8, 0xFF], in: exif) == 0)
        #expect(count(of: [0xFF, 0xD8, 0xFF], in: try bytes("camera.jpg")) == 2)
        for format in [PictureFormat.png, .jpeg, .webp] {
            let again = try Picture(encoded: try found.encoded(as: format, file: "x"), file: "x").details
            #expect(again.exif == exif && again.profile == found.details.profile, "\(format)")
            // WebP has no place for a density but in EXIF data.
            if format != .webp { #expect((again.pixelsPerMetre * 0.0254).y.rounded() == 300, "\(format)") }
        }
    }

    private func count(of part: [UInt8], in bytes: [UInt8]) -> Int { bytes.indices.count { bytes[$0...].starts(with: part) } }

    @Test("four inks are read as Adobe writes them, plain, and as YCCK", arguments: ["cmyk-adobe.jpg", "cmyk-plain.jpg", "ycck.jpg"])
    func fourInks(name: String) throws {
        #expect(try picture(name).distance(from: try expectedPixels("inks")) <= 3)
    }

    @Test func fourInksAreReadByTheirProfile() throws {
        // Pillow's, by the same profile, to a step of its tables.
        let found = try picture("cmyk-profile.jpg")
        #expect(found.distance(from: try expectedPixels("cmyk-profile.jpg")) <= 2)
        #expect(found.details.profile == nil && found.details.warnings.isEmpty)
    }

    @Test func aJPEGWithoutItsLastBytesIsRead() throws {
        let found = try picture("noeoi.jpg")
        #expect(found.details.warnings.isEmpty)
        #expect(found.distance(from: try expectedPixels("noeoi.jpg")) <= 2)
        // Where pixels are missing it is not.
        let whole = try bytes("noeoi.jpg")
        #expect(throws: PictureError.self) { try Picture(encoded: Array(whole.dropLast(400)), file: "x") }
    }

    @Test func aDamagedJPEGIsReadAndWarnedOf() throws {
        #expect(try picture("flworst.jpg").details.warnings.first?.contains("Corrupt JPEG data") == true)
        let output = "/tmp/dragon-damage-\(getpid()).png"
        defer { unlink(output) }
        let arguments = [
            "drag", "--preview", "-i", fixture("faults/flworst.jpg"), "--drag", "20,20:30,20", "-o", output,
        ]
        let run = try Program.run(arguments + ["--json"])
        #expect(run.status == 0 && run.errors.hasPrefix("dragon: warning: ") && run.errors.contains("flworst.jpg"), "\(run)")
        let report = try #require(try JSONValue(parsing: Array(run.output.utf8)).object)
        #expect(report["warnings"]?.array?.first?.string?.contains("Corrupt JPEG data") == true)
    }

    @Test func damagedDetailsAreReadOrLeftOut() throws {
        var numbers = Numbers(seed: 5)
        for name in ["camera.jpg", "exif6.webp", "chrm.png", "cmyk-plain.jpg"] {
            let whole = try bytes(name)
            for _ in 0..<500 {
                var damaged = whole
                for _ in 0...numbers.below(4) {
                    damaged[numbers.below(min(damaged.count, 900))] = UInt8(numbers.below(256))
                }
                // That nothing traps is the test.
                if let found = try? Picture(encoded: damaged, file: name, memory: 1 << 28) { _ = try? found.encoded(as: .png, file: name) }
            }
        }
    }

    @Test func aPictureIsRefusedForMemoryNotForItsPixels() throws {
        let side = 9000
        let large = Picture(width: side, height: side, samples: .eight([UInt8](repeating: 255, count: side * side * 4)))
        let encoded = try large.encoded(as: .jpeg, file: "x")
        let found = try Picture(encoded: encoded, file: "x", memory: side * side * 8)
        #expect(found.width == side)
        #expect(throws: PictureError.self) { try Picture(encoded: encoded, file: "x", memory: side * side * 4) }
    }
}
