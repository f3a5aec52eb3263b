import DragonModel
import DragonTensor
import TestSupport
import Testing

/// Gradients that torch.autograd computed in float64 (Tests/Peers/make_pullbacks.py).
private struct Recorded {
    private let file: SafetensorsFile
    private let name: String
    let options: [Int]

    /// Every case of an operator.
    static func all(_ operation: String) throws -> [Recorded] {
        let file = try SafetensorsFile(fixture("pullbacks.safetensors"))
        let count = file.entries.count { $0.name.hasPrefix(operation + ".") && $0.name.hasSuffix(".options") }
        return try (0..<count).map { number in
            let name = "\(operation).\(number)"
            return Recorded(file: file, name: name, options: try file.integers(name + ".options"))
        }
    }

    func weight(_ part: String) throws -> Weight { try file.weight("\(name).\(part)") }

    func vector(_ part: String) throws -> Vector { Vector(try weight(part)) }

    func tensor(_ part: String, in context: ComputeContext) throws -> Tensor {
        let weight = try weight(part)
        return try Tensor(weight.floats(), shape: weight.shape, in: context)
    }

    /// The error of a gradient, relative to the case's largest.
    func check(_ found: Tensor, _ part: String = "dx", relativeTo parts: [String] = []) throws {
        let expected = try weight(part)
        #expect(found.shape == expected.shape, "\(name)")
        let scale = try ([part] + parts).flatMap { try weight($0).floats() }.reduce(1e-30) { max($0, abs($1)) }
        var worst: Float = found.count == expected.count ? 0 : .infinity
        for (a, b) in zip(found.values, expected.floats()) { worst = max(worst, a.isNaN ? .infinity : abs(a - b)) }
        #expect(worst <= 1e-4 * scale, "\(name).\(part): \(worst / scale) of the largest value")
    }
}

@Suite("Pullbacks agree with torch.autograd to 1e-4, on every instruction set")
struct AutogradTests {
    @Test("linear layers", arguments: instructionSets)
    func linear(_ set: InstructionSet) throws {
        try forEach("linear", set) { recorded, context in
            try recorded.check(recorded.tensor("dy", in: context).linearInputGradient(recorded.weight("weight"), in: context))
        }
    }

    @Test("convolutions, direct and by minimal filtering, of stride 1 and 2", arguments: instructionSets)
    func convolution(_ set: InstructionSet) throws {
        try forEach("convolution", set) { recorded, context in
            let (dy, x) = (try recorded.tensor("dy", in: context), try recorded.weight("x"))
            let dense = recorded.options[0] == 1 ? dy : try dy.insertingZeros(height: x.shape[2], width: x.shape[3], in: context)
            try recorded.check(dense.convolutionInputGradient(recorded.weight("weight"), in: context))
        }
    }

    @Test("group norm, with and without SiLU", arguments: instructionSets)
    func groupNorm(_ set: InstructionSet) throws {
        try forEach("group_norm", set) { recorded, context in
            let dx = try recorded.tensor("dy", in: context).groupNormInputGradient(
                of: recorded.tensor("x", in: context), groups: recorded.options[0], scale: recorded.vector("scale"),
                shift: recorded.vector("shift"), epsilon: 1e-5, silu: recorded.options[1] == 1, in: context)
            try recorded.check(dx)
        }
    }

    @Test("layer norm", arguments: instructionSets)
    func layerNorm(_ set: InstructionSet) throws {
        try forEach("layer_norm", set) { recorded, context in
            let dx = try recorded.tensor("dy", in: context).layerNormInputGradient(
                of: recorded.tensor("x", in: context), scale: recorded.vector("scale"), epsilon: 1e-5, in: context)
            try recorded.check(dx)
        }
    }

    @Test("GEGLU", arguments: instructionSets)
    func gatedGelu(_ set: InstructionSet) throws {
        try forEach("gated_gelu", set) { recorded, context in
            let (dy, x) = (try recorded.tensor("dy", in: context), try recorded.tensor("x", in: context))
            try recorded.check(dy.gatedGeluInputGradient(of: x, in: context))
        }
    }

    @Test("attention, past the length that one task works on", arguments: instructionSets)
    func attention(_ set: InstructionSet) throws {
        try forEach("attention", set) { recorded, context in
            let record = try recorded.tensor("q", in: context).recordedAttention(
                key: recorded.tensor("k", in: context), value: recorded.tensor("v", in: context), heads: recorded.options[0], in: context)
            let found = try recorded.tensor("dy", in: context).attentionInputGradient(record, ofKeys: true, in: context)
            // Gradients of queries and keys can vanish where the one key's weight is always 1.
            try recorded.check(found.query, "dq", relativeTo: ["dv"])
            try recorded.check(#require(found.key), "dk", relativeTo: ["dv"])
            try recorded.check(#require(found.value), "dv")
        }
    }

    @Test("upsampling", arguments: instructionSets)
    func upsampling(_ set: InstructionSet) throws {
        try forEach("upsampling", set) { recorded, context in
            try recorded.check(recorded.tensor("dy", in: context).upsampledNearestInputGradient(in: context))
        }
    }

    @Test("a concatenation's two parts", arguments: instructionSets)
    func concatenation(_ set: InstructionSet) throws {
        try forEach("concatenation", set) { recorded, context in
            let dy = try recorded.tensor("dy", in: context)
            try recorded.check(dy.channels(0..<recorded.options[0], in: context), "da")
            try recorded.check(dy.channels(recorded.options[0]..<dy.channels, in: context), "db")
        }
    }

    private func forEach(_ operation: String, _ set: InstructionSet, _ body: (Recorded, ComputeContext) throws -> Void) throws {
        let cases = try Recorded.all(operation)
        #expect(!cases.isEmpty)
        for threads in [1, 3] {
            for recorded in cases { try body(recorded, ComputeContext(threads: threads, instructionSet: set)) }
        }
    }
}
