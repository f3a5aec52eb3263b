@testable import DragonImage
import Glibc
import TestSupport
import Testing

@testable import dragon

@Suite("Masks of every kind are taken, or refused with what was looked for")
struct MaskFileTests {
    private func mask(_ name: String) throws -> Mask {
        let path = fixture("faults/\(name).png")
        return try Picture(file: path).mask(file: path)
    }

    /// Cells whose alpha is at least half.
    private func opaque(_ name: String) throws -> [Bool] {
        let picture = try Picture(file: fixture("faults/\(name).png"))
        return (0..<picture.width * picture.height).map { picture.sample($0 * 4 + 3) >= 0.5 }
    }

    @Test("black on nothing, and a photo's cut-out, are taken by their alpha", arguments: ["mask-black-alpha", "cutout-alpha"])
    func byAlpha(name: String) throws {
        let (found, opaque) = (try mask(name), try opaque(name))
        #expect(found.cells == opaque && found.count > 100 && found.count < found.cells.count)
    }

    @Test("marks of which none is bright enough are told of", arguments: ["mask-half", "mask-red", "mask01"])
    func unclear(name: String) throws {
        #expect(throws: PictureError.self) { try mask(name) }
        let output = "/tmp/dragon-mask-\(getpid()).png"
        let run = try Program.run([
            "move", "--preview", "-i", fixture("faults/photo.png"), "--mask", fixture("faults/\(name).png"), "--from", "40,48", "--to",
            "60,48",
            "-o", output,
        ])
        #expect(run.status == 2 && run.errors.contains("marks but none brighter than half") && run.errors.contains("\(name).png"), "\(run)")
    }

    private func drawn(_ pixels: [[UInt8]]) throws -> [UInt8] {
        let mask = try Picture(width: pixels.count, height: 1, hasAlpha: true, samples: .eight(pixels.flatMap { $0 })).mask(file: "x")
        return (0..<pixels.count).map { mask.shares?[$0] ?? (mask.cells[$0] ? 255 : 0) }
    }

    @Test func whiteOnNothingAndWhiteOnBlackAreWhatTheyWere() throws {
        let (white, black, none): ([UInt8], [UInt8], [UInt8]) = ([255, 255, 255, 255], [0, 0, 0, 255], [0, 0, 0, 0])
        #expect(try drawn([white, none, [255, 255, 255, 128], none]) == [255, 0, 128, 0])
        #expect(try drawn([white, black, black, none]) == [255, 0, 0, 0])
        #expect(try drawn([white, black, black, [128, 128, 128, 255], black]) == [255, 0, 0, 128, 0])
    }

    @Test func oneColourOnNothingAndAGreyCutOutAreTakenByAlpha() throws {
        #expect(try drawn([[255, 200, 0, 255], [0, 0, 0, 0], [255, 200, 0, 128], [0, 0, 0, 0]]) == [255, 0, 128, 0])
        #expect(try drawn([[90, 90, 90, 255], [170, 170, 170, 255], [30, 30, 30, 255], [0, 0, 0, 0]]) == [255, 255, 255, 0])
    }

    @Test func anEmptyMaskIsEmpty() throws {
        #expect(try drawn([[0, 0, 0, 255], [0, 0, 0, 255]]) == [0, 0])
        #expect(try drawn([[255, 255, 255, 0], [0, 0, 0, 0]]) == [0, 0])
    }
}
