import DragonTensor

/// CLIP's text transformer (Radford et al., 2021). Keys: `embeddings.token_embedding`,
/// `embeddings.position_embedding`, `encoder.layers.N`, `final_layer_norm`.
public struct TextEncoder: Sendable {
    /// What it was built from.
    public let configuration: TextEncoderConfiguration
    private let tokens: Weight
    private let positions: Weight
    private let layers: [CLIPLayer]
    private let finalNorm: LayerNorm

    /// Binds every key that the configuration asks for.
    public init(_ scope: WeightScope, configuration: TextEncoderConfiguration) throws {
        self.configuration = configuration
        let width = configuration.hiddenSize
        let embeddings = scope["embeddings"]
        tokens = try embeddings["token_embedding"].weight("weight", shape: [configuration.vocabularySize, width])
        positions = try embeddings["position_embedding"].weight("weight", shape: [configuration.maxPositions, width])
        layers = try (0..<configuration.layers).map {
            try CLIPLayer(scope["encoder"]["layers"]["\($0)"], shape: configuration.layerShape)
        }
        finalNorm = try LayerNorm(scope["final_layer_norm"], channels: width, epsilon: configuration.normEpsilon)
    }

    /// The last hidden state after the final norm.
    ///
    /// - Parameter ids: token ids, at most `maxPositions`, each below `vocabularySize`.
    /// - Returns: `[1, hiddenSize, tokens]`.
    public func callAsFunction(_ ids: [Int], in context: ComputeContext) throws -> Tensor {
        let width = configuration.hiddenSize
        guard !ids.isEmpty, ids.count <= configuration.maxPositions else {
            throw TensorError.shapeMismatch(operation: "text encoder", expected: [configuration.maxPositions], found: [ids.count])
        }
        var embedded = [Float](repeating: 0, count: width * ids.count)
        for (position, id) in ids.enumerated() {
            guard (0..<configuration.vocabularySize).contains(id) else {
                throw TensorError.shapeMismatch(operation: "token id", expected: [configuration.vocabularySize], found: [id])
            }
            let token = tokens.rows(id..<id + 1).floats()
            let place = positions.rows(position..<position + 1).floats()
            for c in 0..<width { embedded[c * ids.count + position] = token[c] + place[c] }
        }
        var x = try Tensor(embedded, shape: [1, width, ids.count], in: context)
        for layer in layers { x = try layer(x, in: context) }
        return try finalNorm(x, in: context)
    }
}

extension TextEncoderConfiguration {
    /// One layer's; a token sees those before it.
    fileprivate var layerShape: CLIPLayer.Shape {
        CLIPLayer.Shape(
            channels: hiddenSize, inner: intermediateSize, heads: heads, activation: activation, normEpsilon: normEpsilon, isCausal: true)
    }
}
