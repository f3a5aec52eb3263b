import Glibc
import TestSupport
import Testing

@testable import DragonModel

/// What diffusers' own converter makes of the original layout's keys, from Tests/Peers/checkpoint_keys.py.
struct PeerKeys {
    struct Row {
        let original: String
        let shape: [Int]
        let targets: [String]

        /// The shape of each target: fused weights share the rows, and 1×1 convolutions are linear layers to the network.
        var targetShape: [Int] {
            let isPointwise = original.contains(".attn_1.") && shape.count == 4
            return [shape[0] / targets.count] + (isPointwise ? shape[1..<2] : shape[1...])
        }
    }

    let rows: [Row]

    init(_ name: String) throws {
        let members = try #require(try readJSON(fixture("checkpoint-keys/\(name)")).object)
        rows = try members.names.map { name in
            let parts = try #require(members[name]?.array)
            return Row(
                original: name, shape: try #require(parts[0].array).compactMap(\.integer),
                targets: try #require(parts[1].array).compactMap(\.string))
        }
    }
}

/// A safetensors file of half-precision zeros, of any size: only its header takes room on the disk.
func writeSparse(_ path: String, _ tensors: [(String, [Int])], metadata: [String: String] = [:]) throws {
    var offset = 0
    var members = metadata.isEmpty ? [] : ["\"__metadata__\":{\(metadata.map { "\"\($0)\":\"\($1)\"" }.joined(separator: ","))}"]
    for (name, shape) in tensors {
        let end = offset + shape.reduce(2, *)
        members.append("\"\(name)\":{\"dtype\":\"F16\",\"shape\":\(shape),\"data_offsets\":[\(offset),\(end)]}")
        offset = end
    }
    let head = safetensors("{\(members.joined(separator: ","))}")
    try writeFile(path, head)
    try #require(truncate(path, head.count + offset) == 0)
}
