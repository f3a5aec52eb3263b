import Testing

@testable import DragonModel

@Suite struct WeightBinding {
    let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    private func scope(_ tensors: [(String, [Int])]) throws -> WeightScope {
        var writer = SafetensorsWriter()
        for (name, shape) in tensors { writer.add(name, [Float](repeating: 1, count: shape.reduce(1, *)), shape: shape) }
        try writer.write(to: folder.file("w.safetensors"))
        return try WeightScope(file: folder.file("w.safetensors"))
    }

    @Test func aPathJoinsToTheKey() throws {
        let root = try scope([("down_blocks.0.attentions.1.to_q.weight", [2, 3])])
        let layer = root["down_blocks"][0]["attentions"][1]["to_q"]
        #expect(layer.path == "down_blocks.0.attentions.1.to_q")
        #expect(try layer.weight("weight", shape: [2, 3]).shape == [2, 3])
        try root.finish()
        #expect(root.bound.map(\.key) == ["down_blocks.0.attentions.1.to_q.weight"])
    }

    @Test func aMissingWeightIsNamedWithItsFile() throws {
        let root = try scope([("a.weight", [1])])
        #expect(modelError { _ = try root["b"].weight("weight", shape: [1]) } == .missing(key: "b.weight", file: root.file))
        #expect(try root["a"].optional("bias", shape: [1]) == nil)
    }

    @Test func aWrongShapeIsNamedWithBothShapes() throws {
        let root = try scope([("a.weight", [2, 3])])
        let expected = ModelError.shapeMismatch(key: "a.weight", expected: [3, 2], found: [2, 3], file: root.file)
        #expect(modelError { _ = try root["a"].weight("weight", shape: [3, 2]) } == expected)
        #expect(modelError { _ = try root["a"].optional("weight", shape: [3, 2]) } == expected)
        #expect("\(expected)".contains("a.weight has shape [2, 3], expected [3, 2]"))
    }

    @Test func aWeightIsHandedOutOnce() throws {
        let root = try scope([("a", [1])])
        _ = try root.weight("a", shape: [1])
        #expect(modelError { _ = try root.weight("a", shape: [1]) } == .boundTwice(key: "a", file: root.file))
    }

    @Test func whatIsLeftOverIsNamed() throws {
        let root = try scope([("a", [1]), ("b", [1]), ("c", [1]), ("d", [1]), ("e", [1])])
        _ = try root.weight("c", shape: [1])
        #expect(modelError { try root["a"].finish() } == .surplus(keys: ["a", "b", "d"], count: 4, file: root.file))
        #expect(modelError { try root.finish(ignoring: ["a", "b", "d"]) } == .surplus(keys: ["e"], count: 1, file: root.file))
        try root.finish(ignoring: ["a", "b", "d", "e"])
    }

    @Test func hasFindsWeightsAndPlaces() throws {
        let root = try scope([("a.b.weight", [1])])
        #expect(root.has("a") && root.has("a.b") && root["a"].has("b") && root["a"]["b"].has("weight"))
        #expect(!root.has("b") && !root.has("a.b.w") && !root["a"].has("weight"))
    }
}

@Suite struct Shards {
    let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    private func index(_ map: [(String, String)]) throws -> String {
        let members = map.map { "\"\($0.0)\":\"\($0.1)\"" }.joined(separator: ",")
        return try folder.write("m.safetensors.index.json", "{\"metadata\":{\"total_size\":8},\"weight_map\":{\(members)}}")
    }

    private func shard(_ name: String, _ keys: [String]) throws {
        var writer = SafetensorsWriter()
        for key in keys { writer.add(key, [1] as [Float], shape: [1]) }
        try writer.write(to: folder.file(name))
    }

    @Test func weightsComeFromEveryShard() throws {
        try shard("1.safetensors", ["a"])
        try shard("2.safetensors", ["b"])
        let root = try WeightScope(file: try index([("a", "1.safetensors"), ("b", "2.safetensors")]))
        _ = try root.weight("a", shape: [1])
        _ = try root.weight("b", shape: [1])
        try root.finish()
    }

    @Test(arguments: ["../1.safetensors", "/etc/passwd", "sub/1.safetensors", "1.bin", ""])
    func aShardStaysInItsFolder(name: String) throws {
        let path = try index([("a", name)])
        guard case .invalidOption(path, "weight_map", _)? = modelError({ _ = try WeightScope(file: path) }) else {
            Issue.record("accepted \(name)")
            return
        }
    }

    @Test func indexAndShardsMustAgree() throws {
        try shard("1.safetensors", ["a", "stranger"])
        #expect(modelError { _ = try WeightScope(file: try index([("a", "1.safetensors")])) } != nil)
        try shard("1.safetensors", ["a"])
        let error = modelError { _ = try WeightScope(file: try index([("a", "1.safetensors"), ("b", "1.safetensors")])) }
        #expect(error == .missing(key: "b", file: folder.file("1.safetensors")))
    }
}
