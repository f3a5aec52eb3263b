import DragonTensor
import Foundation
import Testing

@testable import DragonModel

@Suite("The patch autoencoder is a convolution, its transpose, and what neighbours add")
struct PatchAutoencoderTests {
    private let side = 2
    private let latents = 3
    private var sizes: [(name: String, shape: [Int])] {
        [
            ("encoder.weight", [latents, 3, side, side]), ("encoder.bias", [latents]), ("decoder.weight", [latents, 3, side, side]),
            ("decoder.bias", [3]), ("context.weight", [3 * side * side, latents, 3, 3]), ("context.bias", [3 * side * side]),
        ]
    }

    private func numbers(_ count: Int, from seed: Int) -> [Float] { (0..<count).map { Float(($0 * 37 + seed * 11) % 23) / 23 - 0.5 } }

    private func weights() -> [String: [Float]] {
        Dictionary(
            uniqueKeysWithValues: sizes.enumerated().map { ($1.name, numbers($1.shape.reduce(1, *), from: $0)) })
    }

    private func autoencoder(hasContext: Bool) throws -> PatchAutoencoder {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).safetensors").path
        defer { try? FileManager.default.removeItem(atPath: file) }
        var writer = SafetensorsWriter()
        let values = weights()
        for (name, shape) in sizes where hasContext || !name.hasPrefix("context") {
            writer.add(name, values[name] ?? [], shape: shape)
        }
        try writer.write(to: file)
        let scope = WeightScope(
            try WeightStore(try openWeights(file), source: file) { .weights([KeyBinding(key: $0)]) })
        var configuration = AutoencoderConfiguration()
        configuration.latentChannels = latents
        let result = try PatchAutoencoder(scope, side: side, hasContext: hasContext, configuration: configuration)
        try scope.finish()
        return result
    }

    /// What the definition says of one pixel.
    private func decoded(_ z: [Float], _ h: Int, _ w: Int, at place: (c: Int, y: Int, x: Int), hasContext: Bool) -> Float {
        let all = weights()
        guard let decoder = all["decoder.weight"], let bias = all["decoder.bias"], let around = all["context.weight"],
            let offset = all["context.bias"]
        else { return .nan }
        let (c, y, x) = place
        let (cell, inner) = ((y / side, x / side), (y % side, x % side))
        var sum = bias[c]
        for l in 0..<latents {
            sum += z[(l * h + cell.0) * w + cell.1] * decoder[((l * 3 + c) * side + inner.0) * side + inner.1]
        }
        guard hasContext else { return sum }
        let output = (c * side + inner.0) * side + inner.1
        sum += offset[output]
        for l in 0..<latents {
            for (j, i) in (0..<9).map({ ($0 / 3, $0 % 3) }) {
                let (row, column) = (cell.0 + j - 1, cell.1 + i - 1)
                guard (0..<h).contains(row), (0..<w).contains(column) else { continue }
                sum += z[(l * h + row) * w + column] * around[((output * latents + l) * 3 + j) * 3 + i]
            }
        }
        return sum
    }

    @Test("decoding", arguments: [false, true])
    func decode(hasContext: Bool) throws {
        let context = ComputeContext(threads: 1)
        let (h, w) = (3, 4)
        let z = numbers(latents * h * w, from: 9)
        let found = try autoencoder(hasContext: hasContext).decode(Tensor(z, shape: [1, latents, h, w], in: context), in: context).values
        for c in 0..<3 {
            for y in 0..<h * side {
                for x in 0..<w * side {
                    let wanted = decoded(z, h, w, at: (c, y, x), hasContext: hasContext)
                    #expect(abs(found[(c * h * side + y) * w * side + x] - wanted) < 1e-5)
                }
            }
        }
    }
}
