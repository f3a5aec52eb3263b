import DragonImage
import DragonModel
import DragonTensor
import Foundation
import TestSupport
import Testing

@testable import DragonEdit

@Suite("What is made in a hole looks at its surroundings alone")
struct HoleAttentionTests {
    private let context = ComputeContext(threads: 2)
    /// Sides of the layer, of two heads of eight channels, and items of the batch.
    private let side = 8
    private let heads = 2
    private let channels = 16
    private let batch = 2

    private func tensor(_ stream: UInt32) throws -> Tensor {
        try GaussianNoise(seed: 3, stream: stream).tensor([batch, channels, side * side], in: context)
    }

    private func box(_ x: Range<Int>, _ y: Range<Int>) -> Mask {
        Mask(height: side, width: side, cells: (0..<side * side).map { x.contains($0 % side) && y.contains($0 / side) })
    }

    private var hole: Mask { box(1..<4, 2..<6) }
    private var object: Mask { box(3..<7, 3..<8) }

    /// What a layer makes of an exchange, by the tensors' own operators.
    private func attended(_ attention: HoleAttention, _ query: Tensor, _ key: Tensor, _ value: Tensor) throws -> [Float] {
        let own = KeysAndValues(key: key, value: value)
        let found = try attention.exchange(layer: 0, input: key, project: { _ in own }, in: context)
        let all = try query.attention(to: found.parts, heads: heads, in: context)
        guard let (tokens, parts) = found.blinkered else { return all.values }
        let less = try query.columns(tokens, in: context).attention(to: parts, heads: heads, in: context)
        return try all.replacingColumns(tokens, by: less, in: context).values
    }

    /// softmax(factor·q·k/√d)·v, token by token.
    ///
    /// - Parameter factor: of the logit of a query and a key; nil is not seen.
    private func plain(_ query: Tensor, _ key: Tensor, _ value: Tensor, _ factor: (Int, Int) -> Float?) -> [Float] {
        let (tokens, depth) = (side * side, channels / heads)
        let (q, k, v) = (query.values, key.values, value.values)
        var result = [Float](repeating: 0, count: q.count)
        for first in stride(from: 0, to: batch * channels, by: depth) {
            for i in 0..<tokens {
                var (sum, means) = (0.0, [Double](repeating: 0, count: depth))
                for j in 0..<tokens {
                    guard let factor = factor(i, j) else { continue }
                    var dot = 0.0
                    for c in first..<first + depth { dot += Double(q[c * tokens + i]) * Double(k[c * tokens + j]) }
                    let weight = exp(Double(factor) * dot / Double(depth).squareRoot())
                    sum += weight
                    for c in 0..<depth { means[c] += weight * Double(v[(first + c) * tokens + j]) }
                }
                for c in 0..<depth { result[(first + c) * tokens + i] = Float(means[c] / sum) }
            }
        }
        return result
    }

    private func worst(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) } }

    @Test("as computed token by token", arguments: [false, true])
    func asPlain(isLowered: Bool) throws {
        let (query, key, value) = (try tensor(0), try tensor(1), try tensor(2))
        let attention = HoleAttention(made: hole, unseen: object)
        attention.lowersOwn = isLowered
        let (made, hidden) = (hole, object)
        let wanted = plain(query, key, value) { i, j in
            guard made.cells[i] else { return 1 }
            return made.cells[j] ? (isLowered ? HoleAttention.factor : 1) : hidden.cells[j] ? nil : 1
        }
        let found = try attended(attention, query, key, value)
        #expect(worst(found, wanted) < 1e-5)
        #expect(worst(found, try query.attention(key: key, value: value, heads: heads, in: context).values) > 0.01)
    }

    /// Against diffusers' UNet with an attention processor of its own (Tests/Peers/make_hole_attention.py).
    @Test("a whole prediction as diffusers'", arguments: ["hidden", "lowered"])
    func asDiffusers(_ name: String) throws {
        let expected = try SafetensorsFile(fixture("hole-attention.safetensors"))
        let floats = { (name: String) in try expected.weight(name).floats() }
        let model = try DiffusionModel(files: ModelFiles(path: fixture("model")), in: context)
        let text = try floats("context")
        let turned = (0..<text.count).map { text[$0 % 77 * 32 + $0 / 77] }
        let mask = { (name: String) in Mask(height: 16, width: 16, cells: try floats(name).map { $0 > 0.5 }) }
        let attention = HoleAttention(made: try mask("hole"), unseen: try mask("unseen"))
        attention.lowersOwn = name == "lowered"
        let found = try model.unet(
            Tensor(floats("latent"), shape: [1, 4, 16, 16], in: context), timestep: 481,
            text: Tensor(turned, shape: [1, 32, 77], in: context), exchange: attention, in: context)
        let (wanted, plain) = (try floats(name), try floats("plain"))
        let largest = wanted.reduce(0) { max($0, abs($1)) }
        print("hole attention, \(name): \(worst(found.values, wanted) / largest) of the largest value")
        #expect(worst(found.values, wanted) / largest < 1e-5 && worst(plain, wanted) / largest > 1e-4)
    }

    @Test("plain attention where nothing is hidden or lowered, and where there is no hole")
    func nothing() throws {
        let (query, key, value) = (try tensor(0), try tensor(1), try tensor(2))
        let wanted = try query.attention(key: key, value: value, heads: heads, in: context).values
        let none = box(0..<0, 0..<0)
        #expect(try attended(HoleAttention(made: hole, unseen: none), query, key, value) == wanted)
        let lowered = HoleAttention(made: none, unseen: object)
        lowered.lowersOwn = true
        #expect(try attended(lowered, query, key, value) == wanted)
    }

    @Test("nothing of what is hidden reaches the hole")
    func leaks() throws {
        let attention = HoleAttention(made: hole, unseen: object)
        let (query, key, value) = (try tensor(0), try tensor(1), try tensor(2))
        let columns = (object & !hole).indices
        let other = { (tensor: Tensor, stream: UInt32) in
            try tensor.replacingColumns(columns, by: try self.tensor(stream).columns(columns, in: self.context), in: self.context)
        }
        let first = try attended(attention, query, key, value)
        let second = try attended(attention, query, other(key, 4), other(value, 5))
        let tokens = side * side
        for at in first.indices where hole.cells[at % tokens] { #expect(first[at] == second[at]) }
        #expect(first.indices.contains { !hole.cells[$0 % tokens] && first[$0] != second[$0] })
    }

    @Test("the hole's own keys are lowered in a fifth of the steps, the first")
    func steps() {
        #expect((0..<10).map { HoleAttention.lowersOwn(at: $0, of: 10) } == [true, true] + Array(repeating: false, count: 8))
        #expect(HoleAttention.lowersOwn(at: 0, of: 1))
    }
}
