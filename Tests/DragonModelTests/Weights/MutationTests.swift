import DragonTensor
import Testing

@testable import DragonModel

/// Damaged files of every kind, 100,000 in all: each is read or refused with an error of ours, and nothing traps. Seeds are fixed,
/// so that what fails once fails again. Under `--sanitize=address` reads beyond a file's bytes are found too.
@Suite struct DamagedFiles {
    /// Runs `body` on damaged copies; anything but a ``ModelError`` of one line fails the test. Returns how many were read.
    private func tryAll(_ original: [UInt8], seed: UInt64, count: Int, _ body: ([UInt8]) throws -> Void) -> Int {
        var mutator = Mutator(seed: seed)
        var accepted = 0
        for number in 0..<count {
            do {
                try body(mutator.mutated(original))
                accepted += 1
            } catch let error as ModelError {
                if error.description.isEmpty || error.description.contains("\n") { Issue.record("case \(number): \(error)") }
            } catch is JSONError {
            } catch is SafetensorsFlaw {
            } catch { Issue.record("case \(number): \(error)") }
        }
        return accepted
    }

    private let configuration = Array(
        (#"{"_class_name":"UNet2DConditionModel","block_out_channels":[32,32,64,64],"attention_head_dim":[4,4,8,8],"norm_eps":1e-05,"#
            + #""down_block_types":["CrossAttnDownBlock2D","CrossAttnDownBlock2D","CrossAttnDownBlock2D","DownBlock2D"],"layers_per_block":2,"#
            + #""time_embedding_dim":null,"name":"\u00e9\ud83d\ude00\n","use_linear_projection":false,"x":[[1,-2.5e3,true],{"y":{}}]}"#)
            .utf8)

    @Test func configurations() {
        let accepted = tryAll(configuration, seed: 1, count: cases(40_000)) { bytes in
            let options = OptionReader(try JSONValue(parsing: bytes), file: "config.json")
            _ = try UNetConfiguration(options)
            _ = try? AutoencoderConfiguration(options)
            _ = try? TextEncoderConfiguration(options)
            _ = try? ScheduleConfiguration(options)
        }
        // Some damage does no harm; if all of it did, the test would try nothing but the parser.
        #expect(accepted > 100)
    }

    private var weights: [UInt8] {
        safetensors(
            #"{"__metadata__":{"format":"pt"},"a.weight":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"#
                + #""b":{"dtype":"F16","shape":[4],"data_offsets":[24,32]},"c":{"dtype":"BF16","shape":[2,1],"data_offsets":[32,36]},"#
                + #""ids":{"dtype":"I64","shape":[1],"data_offsets":[36,44]},"e":{"dtype":"F32","shape":[0],"data_offsets":[44,44]}} "#,
            data: 44)
    }

    @Test func weightFilesInMemory() {
        let accepted = tryAll(weights, seed: 2, count: cases(35_000)) { bytes in
            // Storage of its own, so that a read beyond the end is one beyond an allocation.
            try Array(bytes).withUnsafeBytes { bytes in
                let header = try SafetensorsHeader(bytes)
                var reached = bytes.count - header.entries.reduce(0) { $0 + $1.range.count }
                for entry in header.entries {
                    guard entry.range.lowerBound == reached, entry.range.upperBound <= bytes.count else {
                        Issue.record("\(entry) is out of place")
                        return
                    }
                    reached = entry.range.upperBound
                }
            }
        }
        #expect(accepted > 100)
    }

    @Test func headersAreReadQuicklyToTheSame() {
        let header = Array(weights[8..<weights.count - 44])
        var quick = 0
        let accepted = tryAll(header, seed: 9, count: cases(20_000)) { bytes in
            guard let table = bytes.withUnsafeBytes({ HeaderTable($0) }) else { return }
            quick += 1
            // What the quick reader takes the careful one takes too; a name that stands twice is for the caller to see.
            let names = table.rows.map(\.name)
            guard Set(names).count == names.count else { return }
            let members = try JSONValue(parsing: bytes).object
            #expect(members?.names.filter { $0 != "__metadata__" } == names)
            for row in table.rows {
                let said = members?[row.name]?.object
                #expect(said?["shape"]?.array?.map(\.integer) == row.shape && said?["dtype"]?.string == row.format.rawValue)
                #expect(said?["data_offsets"]?.array?.map(\.integer) == [row.offsets.start, row.offsets.end])
            }
        }
        #expect(accepted == cases(20_000) && quick > 100)
    }

    @Test func weightFilesOnDisk() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("w.safetensors")
        let accepted = tryAll(weights, seed: 3, count: cases(5_000)) { bytes in
            writeFast(path, bytes)
            let file = try SafetensorsFile(path)
            for entry in file.entries {
                if entry.format.elementType != nil { _ = try file.weight(entry).floats() }
                _ = try? file.integers(entry.name)
            }
            _ = try WeightScope(file: path)["a"].weight("weight", shape: [2, 3])
        }
        #expect(accepted > 10)
    }

    @Test func indicesOfShards() throws {
        let folder = try TemporaryFolder()
        try writeSparse(folder.file("1.safetensors"), [("a", [1])])
        let index = Array(#"{"metadata":{"total_size":2},"weight_map":{"a":"1.safetensors"}}"#.utf8)
        let path = folder.file("m.index.json")
        let accepted = tryAll(index, seed: 4, count: cases(4_000)) { bytes in
            writeFast(path, bytes)
            _ = try WeightScope(file: path)
        }
        #expect(accepted > 10)
    }

    @Test func checkpoints() throws {
        let folder = try TemporaryFolder()
        let rows = try ["unet-sd1.json", "vae.json", "clip-sd1.json"].flatMap { try PeerKeys($0).rows }
        let path = folder.file("model.safetensors")
        try writeSparse(path, rows.map { ($0.original, $0.shape.map { _ in 0 }) })
        let original = try readFile(path, limit: 1_000_000)
        _ = tryAll(original, seed: 5, count: cases(1_000)) { bytes in
            // Damage is everywhere in the header, but its length is set right, so that the shapes are reached.
            writeFast(path, safetensors(String(decoding: bytes.dropFirst(8), as: UTF8.self)))
            let files = try ModelFiles(path: path)
            try files.unetWeights().finish()
        }
    }

    @Test(arguments: [("vocab.json", 6), ("merges.txt", 7), ("tokenizer_config.json", 8)] as [(String, UInt64)])
    func tokenizers(name: String, seed: UInt64) throws {
        let folder = try TemporaryFolder()
        let letters = (UInt8(0x21)...0x7E).map { code in
            let character = Character(UnicodeScalar(code))
            return "\"\(character == "\"" || character == "\\" ? "\\" : "")\(character)\":\(code)"
        }
        let vocabulary =
            letters + [#""a</w>":200,"t</w>":201,"at</w>":202,"c":203,"cat</w>":204,"<|startoftext|>":205,"<|endoftext|>":206"#]
        let files = [
            "vocab.json": "{\(vocabulary.joined(separator: ", "))}".replacing("\"c\":99, ", with: ""),
            "merges.txt": "#version: 0.2\na t</w>\nc at</w>\n",
            "tokenizer_config.json":
                #"{"bos_token":{"content":"<|startoftext|>","normalized":true},"pad_token":"!","added_tokens_decoder":{"206":{"content":"<|endoftext|>"}}}"#,
        ]
        for (name, text) in files { writeFast(folder.file(name), Array(text.utf8)) }
        #expect(try Tokenizer(folder: folder.path).encode("CAT!", length: 5) == [205, 204, 33, 206, 33])
        let accepted = tryAll(Array((files[name] ?? "").utf8), seed: seed, count: cases(5_000)) { bytes in
            writeFast(folder.file(name), bytes)
            let tokenizer = try Tokenizer(folder: folder.path)
            if tokenizer.encode("a cat's <|endoftext|> é!", length: 12).count != 12 { Issue.record("a wrong number of tokens") }
        }
        #expect(accepted > 10)
    }
}
