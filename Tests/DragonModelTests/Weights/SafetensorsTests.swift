import DragonTensor
import Glibc
import Testing

@testable import DragonModel

@Suite struct SafetensorsReading {
    let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    private func open(_ bytes: [UInt8]) throws -> SafetensorsFile { try SafetensorsFile(try folder.write("x.safetensors", bytes)) }

    private func reason(_ bytes: [UInt8]) -> String {
        guard case .malformedSafetensors(_, let reason)? = modelError({ _ = try open(bytes) }) else { return "accepted" }
        return reason
    }

    @Test func weightsOfEveryFormatAreRead() throws {
        var bytes = safetensors(
            #"{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"#
                + #""b":{"dtype":"F16","shape":[1,2],"data_offsets":[8,12]},"c":{"dtype":"BF16","shape":[2],"data_offsets":[12,16]}}"#)
        bytes += [0, 0, 0x80, 0x3F, 0, 0, 0x20, 0xC0]  // 1, -2.5
        bytes += [0x00, 0x3C, 0x01, 0x00]  // 1, 2⁻²⁴
        bytes += [0x80, 0x3F, 0x20, 0xC0]  // 1, -2.5
        let file = try open(bytes)
        #expect(file.metadata == ["format": "pt"])
        #expect(try file.weight("a").floats() == [1, -2.5])
        #expect(try file.weight("b").floats() == [1, 0x1p-24])
        #expect(try file.weight("b").shape == [1, 2])
        #expect(try file.weight("c").floats() == [1, -2.5])
    }

    @Test func integersAreReadApart() throws {
        var bytes = safetensors(
            #"{"ids":{"dtype":"I64","shape":[2],"data_offsets":[0,16]},"s":{"dtype":"I32","shape":[],"data_offsets":[16,20]}}"#)
        bytes += [7, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF] + [9, 0, 0, 0]
        let file = try open(bytes)
        #expect(try file.integers("ids") == [7, -1])
        #expect(try file.integers("s") == [9])
        #expect(
            modelError { _ = try file.weight("ids") }
                == .elementTypeMismatch(key: "ids", expected: "F32, F16, BF16, F8_E4M3 or F8_E5M2", found: "I64", file: file.path))
        #expect(modelError { _ = try file.weight("none") } == .missing(key: "none", file: file.path))
    }

    @Test func emptyTensorsAndNoTensorsAreSound() throws {
        #expect(try open(safetensors("{}")).entries.isEmpty)
        let file = try open(safetensors(#"{"e":{"dtype":"F32","shape":[0,5],"data_offsets":[0,0]}}   "#))
        #expect(try file.weight("e").floats() == [])
    }

    @Test func aWeightOutlivesItsFile() throws {
        var weight: Weight?
        do { weight = try open(safetensors(#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, data: 8)).weight("a") }
        #expect(weight?.floats() == [0, 0])
    }

    @Test(arguments: [
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 4, "lie outside the file"),
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 9, "1 bytes at its end belong to no tensor"),
        (#"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#, 8, "does not fill"),
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#, 8, "lie outside the file"),
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,9223372036854775807]}}"#, 8, "lie outside the file"),
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,9223372036854775808]}}"#, 8, "not a list of sizes"),
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}"#, 8, "not a list of sizes"),
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}}"#, 8, "should be two numbers"),
        (#"{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]}}"#, 8, "does not fill"),
        (#"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}"#, 0, "does not fill"),
        (#"{"a":{"dtype":"F32","shape":[-2,-1],"data_offsets":[0,8]}}"#, 8, "not a list of sizes"),
        (#"{"a":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}"#, 8, "not a list of sizes"),
        (#"{"a":{"dtype":"F32","shape":"2","data_offsets":[0,8]}}"#, 8, "not a list of sizes"),
        (#"{"a":{"dtype":"F4","shape":[2],"data_offsets":[0,8]}}"#, 8, "dtype F4"),
        (#"{"a":{"shape":[2],"data_offsets":[0,8]}}"#, 8, "has no dtype"),
        (#"{"a":[1]}"#, 0, "not described by an object"),
        (#"{"__metadata__":{"a":1}}"#, 0, "something other than text"),
        (
            #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#, 12,
            "b overlaps"
        ),
        (
            #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[12,20]}}"#, 20,
            "gap stands before tensor b"
        ),
        (
            #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}"#, 16,
            "stands twice"
        ),
        ("[]", 0, "does not start with"), (" {}", 0, "does not start with"), ("{", 0, "not valid JSON"), ("", 0, "does not start with"),
    ])
    func hostileHeadersAreNamed(header: String, data: Int, expected: String) {
        #expect(reason(safetensors(header, data: data)).contains(expected))
    }

    @Test func deepJSONInTheHeaderIsRefused() {
        #expect(reason(safetensors(#"{"a":"# + String(repeating: "[", count: 200_000))).contains("nested more than 64 deep"))
    }

    @Test func aTruncatedFileIsRefusedAtEveryLength() throws {
        let whole = safetensors(#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, data: 8)
        for length in 0..<whole.count { #expect(reason(Array(whole[..<length])) != "accepted", "\(length) bytes") }
    }

    @Test func aHeaderBeyondTheFileOrTheLimitIsRefused() throws {
        func length(_ claimed: UInt64) -> [UInt8] { withUnsafeBytes(of: claimed.littleEndian) { [UInt8]($0) } + Array("{}".utf8) }
        #expect(reason(length(3)).contains("beyond the end of the file"))
        #expect(reason(length(100_000_000)).contains("beyond the end of the file"))
        #expect(reason(length(100_000_001)).contains("more than the 100000000 allowed"))
        #expect(reason(length(.max)).contains("more than the 100000000 allowed"))
    }

    @Test func aHundredMegabyteHeaderOfTinyValuesEndsSoonAndSmall() throws {
        let start = #"{"a":["#
        var header = [UInt8](repeating: UInt8(ascii: "0"), count: 100_000_000)
        header.replaceSubrange(..<start.utf8.count, with: start.utf8)
        for index in stride(from: start.utf8.count + 1, to: header.count, by: 2) { header[index] = UInt8(ascii: ",") }
        let bytes = withUnsafeBytes(of: UInt64(header.count).littleEndian) { [UInt8]($0) } + header
        #expect(reason(bytes).contains("more than 400000 values"))
    }

    @Test func whatIsNoRegularFileIsRefused() throws {
        #expect(modelError { _ = try SafetensorsFile(folder.path) } == .unreadable(file: folder.path, reason: "it is a folder"))
        #expect(modelError { _ = try SafetensorsFile("/dev/null") } == .unreadable(file: "/dev/null", reason: "it is not a regular file"))
        let absent = folder.file("absent")
        #expect(modelError { _ = try SafetensorsFile(absent) } == .unreadable(file: absent, reason: "No such file or directory"))
        mkfifo(folder.file("pipe"), 0o644)
        #expect(
            modelError { _ = try SafetensorsFile(folder.file("pipe")) }
                == .unreadable(file: folder.file("pipe"), reason: "it is not a regular file"))
    }

    @Test(.enabled(if: getuid() != 0, "root may read everything"))
    func aFileWithoutRightsIsRefused() throws {
        let path = try folder.write("secret.safetensors", safetensors("{}"))
        chmod(path, 0)
        #expect(modelError { _ = try SafetensorsFile(path) } == .unreadable(file: path, reason: "Permission denied"))
    }
}

@Suite struct SafetensorsWriting {
    let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    @Test func whatIsWrittenIsReadBack() throws {
        var writer = SafetensorsWriter()
        writer.add("z0", [1.5, -2, .infinity], shape: [1, 3])
        writer.add("tokens \"é\\\n", integers: [49406, -1], shape: [2])
        writer.add("empty", [], shape: [0])
        let path = folder.file("trace.safetensors")
        try writer.write(to: path)
        let file = try SafetensorsFile(path)
        #expect(try file.weight("z0").floats() == [1.5, -2, .infinity])
        #expect(try file.integers("tokens \"é\\\n") == [49406, -1])
        #expect(try file.weight("empty").shape == [0])
        #expect(file.entries.allSatisfy { $0.range.lowerBound % 8 == 0 || $0.format == .float32 })
    }

    @Test func aFullDiskIsAnErrorAndLeavesTheDevice() throws {
        let error = modelError { try writeFile("/dev/full", [1, 2, 3]) }
        #expect(error == .diskFull(file: "/dev/full", reason: "No space left on device"))
        #expect(error?.isLimitOfMachine == true)
        #expect(exists("/dev/full"))
    }

    @Test func aFailedWriteLeavesWhatWasThere() throws {
        let path = folder.file("no/such/folder/x")
        #expect(modelError { try writeFile(path, [1]) } == .unwritable(file: path, reason: "No such file or directory"))
        let kept = try folder.write("kept", "old")
        try writeFile(kept, Array("new".utf8))
        #expect(try readFile(kept, limit: 10) == Array("new".utf8))
        #expect(modelError { _ = try readFile(kept, limit: 2) } != nil)
    }

    @Test func aLinkKeepsLeadingToItsFile() throws {
        let target = try folder.write("target", "old")
        symlink(target, folder.file("link"))
        try writeFile(folder.file("link"), Array("new".utf8))
        #expect(try readFile(target, limit: 10) == Array("new".utf8))
    }
}
