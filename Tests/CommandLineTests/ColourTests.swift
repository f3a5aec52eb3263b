import DragonImage
import DragonModel
import Glibc
import TestSupport
import Testing

@testable import dragon

/// Numbers of `faults/expected.json`: Pillow's, or worked out from the standards' formulas.
func expectedPixels(_ name: String) throws -> [[Double]] {
    let all = try #require(try JSONValue(parsing: try readFile(fixture("faults/expected.json"), limit: 1_000_000)).object)
    return try #require(all[name]?.array).map { ($0.array ?? []).compactMap(\.number) }
}

extension Picture {
    fileprivate var numbers: [Int] {
        switch samples {
        case .eight(let bytes): bytes.map(Int.init)
        case .sixteen(let words): words.map(Int.init)
        }
    }

    /// The largest distance from pixels x, y, r, g, b of 8 bits.
    func distance(from expected: [[Double]]) -> Double {
        expected.map { row in
            (0..<3).map { abs(Double(numbers[(Int(row[1]) * width + Int(row[0])) * 4 + $0]) - row[2 + $0]) }.max() ?? 0
        }.max() ?? .infinity
    }
}

@Suite("Pictures keep what their numbers stand for")
struct ColourTests {
    private let mask = fixture("faults/p3-mask.png")

    private func picture(_ name: String) throws -> Picture { try Picture(file: fixture("faults/\(name)")) }

    private func temporary(_ name: String) -> String { "/tmp/dragon-colour-\(getpid())-\(name)" }

    /// A move's preview, of which nothing but the mask's place and where it goes changes.
    private func moved(_ input: String, to output: String) throws -> Picture {
        let run = try Program.run(["move", "--preview", "-i", input, "--mask", mask, "--from", "40,48", "--to", "80,48", "-o", output])
        #expect(run.status == 0 && run.errors.isEmpty, "\(run)")
        return try Picture(file: output)
    }

    @Test("every format's profile comes back in every format", arguments: ["png", "jpg", "webp"], ["png", "jpg", "webp"])
    func profile(from: String, to: String) throws {
        let output = temporary("\(from)-as.\(to)")
        defer { unlink(output) }
        let icc = try readFile(fixture("faults/p3.icc"), limit: 10_000)
        #expect(try moved(fixture("faults/p3.\(from)"), to: output).details.profile?.icc == icc)
    }

    @Test("what an edit does not touch keeps its own numbers, of 8 and of 16 bits", arguments: ["p3.png", "p3.webp"])
    func untouched(name: String) throws {
        let output = temporary("untouched.png")
        defer { unlink(output) }
        let (before, after) = (try picture(name), try moved(fixture("faults/\(name)"), to: output))
        let changed = zip(before.numbers, after.numbers).count { $0 != $1 }
        #expect(changed > 1000 && changed < before.numbers.count / 4)
        #expect(before.numbers[..<(128 * 4 * 8)] == after.numbers[..<(128 * 4 * 8)])
    }

    @Test func sixteenBitsOfAProfileComeBack() throws {
        let (input, output, mask) = (fixture("faults/p3-16.png"), temporary("16.png"), temporary("mask16.png"))
        defer { for path in [output, mask] { unlink(path) } }
        let cells = (0..<64 * 48).flatMap { i -> [UInt8] in
            let isSet = (8..<20).contains(i % 64) && (8..<40).contains(i / 64)
            return [isSet ? 255 : 0, isSet ? 255 : 0, isSet ? 255 : 0, 255]
        }
        try OutputPicture(mask).write(Picture(width: 64, height: 48, samples: .eight(cells)))
        let run = try Program.run([
            "paste", "--preview", "-i", input, "--reference", input, "--mask", mask, "--offset", "0,0", "-o", output,
        ])
        #expect(run.status == 0, "\(run)")
        let (before, after) = (try Picture(file: input), try Picture(file: output))
        guard case .sixteen = after.samples else { throw PictureError.noName(option: nil) }
        // Laid where it was, within its soft edge: to sRGB and back, to a part in twenty thousand.
        let inside = (9..<39).flatMap { y in (9..<19).map { x in (y * 64 + x) * 4 } }.flatMap { $0..<$0 + 4 }
        let worst = inside.map { abs(before.numbers[$0] - after.numbers[$0]) }.max() ?? .max
        #expect(worst <= 3, "\(worst) of 65535")
        #expect(after.details == before.details)
    }

    /// The first three numbers at some pixels, as the edit sees them.
    private func seen(_ picture: Picture, at places: [[Double]]) -> [[Double]] {
        let raster = picture.seen(in: PixelBox(x: 0, y: 0, width: picture.width, height: picture.height))
        return places.map { place in (0..<3).map { Double(raster.planes[$0][Int(place[1]) * picture.width + Int(place[0])]) } }
    }

    private func worst(_ name: String, _ expected: String, scale: Double = 1) throws -> Double {
        let wanted = try expectedPixels(expected)
        return zip(seen(try picture(name), at: wanted), wanted).map { found, wanted in
            (0..<3).map { abs(min(max(found[$0], 0), 1) - wanted[2 + $0] / scale) }.max() ?? 1
        }.max() ?? 1
    }

    @Test("an edit works in sRGB, whatever the file's profile, gamma or primaries")
    func worksInSRGB() throws {
        // Pillow's have 8 bits.
        #expect(try worst("p3.png", "p3_to_srgb", scale: 255) <= 0.6 / 255)
        for name in ["gamma1.png", "chrm.png", "grey18.png"] { #expect(try worst(name, name) <= 0.002, "\(name)") }
    }

    @Test func aPlainGammaOfSRGBIsSRGB() throws {
        #expect(try picture("gamma-srgb.png").details.profile == nil)
        #expect(try picture("photo.png").details.profile == nil)
    }

    @Test func whatAPNGSaysOfSRGBComesBack() throws {
        let said = Picture(width: 1, height: 1, samples: .eight([1, 2, 3, 255]), details: PictureDetails(saysSRGB: true))
        let encoded = try said.encoded(as: .png, file: "x")
        #expect(encoded.indices.contains { encoded[$0...].starts(with: Array("sRGB".utf8)) })
        #expect(try Picture(encoded: encoded, file: "x") == said)
    }

    @Test func numbersInsteadOfAProfileBecomeOneThatReadsTheSame() throws {
        for name in ["gamma1.png", "chrm.png", "grey18.png"] {
            let before = try picture(name)
            for format in [PictureFormat.png, .webp, .jpeg] {
                let after = try Picture(encoded: try before.encoded(as: format, file: name), file: name)
                #expect(after.details.profile == before.details.profile && before.details.profile != nil, "\(name)")
            }
        }
    }

    @Test("a reference in another profile is pasted in the picture's own colours")
    func references() throws {
        let output = temporary("pasted.png")
        defer { unlink(output) }
        for (base, reference, expected) in [("photo.png", "p3.png", "p3_to_srgb"), ("p3.png", "plain.png", "srgb_to_p3")] {
            // The same numbers without the profile.
            let plain = temporary("plain.png")
            defer { unlink(plain) }
            let source = try picture("p3.png")
            try OutputPicture(plain).write(Picture(width: source.width, height: source.height, samples: source.samples))
            let run = try Program.run([
                "paste", "--preview", "-i", fixture("faults/\(base)"), "--reference",
                reference == "plain.png" ? plain : fixture("faults/\(reference)"), "--mask", mask, "--offset", "0,0", "-o", output,
            ])
            #expect(run.status == 0, "\(run)")
            let cells = try Picture(file: mask).mask(file: mask)
            // Well inside the object, whose own edge is soft.
            let inside = try expectedPixels(expected).filter { place in
                (-4...4).allSatisfy { d in
                    [(d, 0), (0, d)].allSatisfy { dx, dy in
                        let (x, y) = (Int(place[0]) + dx, Int(place[1]) + dy)
                        return x >= 0 && y >= 0 && x < 128 && y < 96 && cells[y, x]
                    }
                }
            }
            #expect(inside.count >= 2)
            #expect(try Picture(file: output).distance(from: inside) <= 1, "\(base)")
        }
    }

    @Test func aDamagedProfileIsToldOfAndLeftOut() throws {
        let whole = try picture("p3.png")
        var bytes = try whole.encoded(as: .webp, file: "x")
        let mark = Array("acsp".utf8)
        let place = try #require(bytes.indices.first { bytes[$0...].starts(with: mark) })
        bytes[place] = 0
        let found = try Picture(encoded: bytes, file: "x")
        #expect(found.details.profile == nil && found.details.warnings.count == 1)
    }
}
