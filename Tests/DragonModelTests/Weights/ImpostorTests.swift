import TestSupport
import Testing

@testable import DragonModel

/// Files that are something else than their names say are named as what they are, and texts are read in any encoding.
@Suite struct Impostors {
    let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    @Test(arguments: [("lfs", "git lfs pull"), ("html", "web page"), ("json", "JSON"), ("zip", "pickle")])
    func whatIsNoWeightsIsNamed(name: String, words: String) {
        let error = modelError { _ = try ModelFiles(path: fixture("faults/not-weights/\(name).safetensors")) }
        #expect(error?.description.contains(words) == true, "\(String(describing: error))")
        #expect(error?.description.contains("header claims") == false)
    }

    @Test(arguments: [
        ("\u{FEFF}  <HTML>", "web page"), ("\u{80}", "valid"), ("GGUF....", "GGUF"), ("version https://git-lfs.github.com", "LFS"),
    ])
    func otherShapesOfThemToo(text: String, words: String) throws {
        let path = try folder.write("x.safetensors", text)
        #expect(modelError { _ = try SafetensorsFile(path) }?.description.contains(words) == true)
    }

    @Test func plainPicklesAreNamed() throws {
        let path = try folder.write("x.safetensors", [0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9])
        #expect(modelError { _ = try SafetensorsFile(path) } == .pickle(file: path))
    }

    @Test func configurationsThatArePagesAreNamed() throws {
        let path = try folder.write("config.json", "<!DOCTYPE html><html>")
        #expect(modelError { _ = try readJSON(path) }?.description.contains("web page") == true)
    }

    @Test func marksAndUTF16AreRead() throws {
        let text = #"{"name":"é猫"}"#
        let units = Array(text.utf16)
        let (little, big) = (units.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }, units.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] })
        for bytes in [[0xEF, 0xBB, 0xBF] + Array(text.utf8), [0xFF, 0xFE] + little, [0xFE, 0xFF] + big, little, big] {
            let path = try folder.write("x.json", bytes)
            #expect(try readJSON(path).object?["name"]?.string == "é猫")
        }
        for bytes: [UInt8] in [[0xFF, 0xFE], [0xFF, 0xFE, 0x00], [0xFE, 0xFF, 0xD8, 0x00], [0xEF, 0xBB, 0xBF], [0x7B, 0x00, 0x00]] {
            let path = try folder.write("x.json", bytes)
            guard case .malformedJSON? = modelError({ _ = try readJSON(path) }) else { throw TestFailure(nil) }
        }
    }

    @Test func anIndexOfEndlessShardsIsRefused() throws {
        let map = (0..<200_000).map { "\"k\($0)\":\"\($0).safetensors\"" }.joined(separator: ",")
        let path = try folder.write("w.safetensors.index.json", "{\"weight_map\":{\(map)}}")
        let time = ContinuousClock().measure {
            #expect(modelError { _ = try openWeights(path) }?.description.contains("200000 files") == true)
        }
        // On the slowest machine seconds; looking through all for each would take many minutes.
        #expect(time < .seconds(60))
    }
}
