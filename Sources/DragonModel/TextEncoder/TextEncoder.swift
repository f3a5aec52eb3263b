import DragonTensor

/// CLIP's text transformer (Radford et al., 2021). Keys: `embeddings.token_embedding`,
/// `embeddings.position_embedding`, `encoder.layers.N`, `final_layer_norm`.
public struct TextEncoder: Sendable {
    /// What it was built from.
    public let configuration: TextEncoderConfiguration
    private let tokens: Weight
    private let positions: Weight
    private let layers: [TextEncoderLayer]
    private let finalNorm: LayerNorm

    /// Binds every key that the configuration asks for.
    public init(_ scope: WeightScope, configuration: TextEncoderConfiguration) throws {
        self.configuration = configuration
        let width = configuration.hiddenSize
        let embeddings = scope["embeddings"]
        tokens = try embeddings["token_embedding"].weight("weight", shape: [configuration.vocabularySize, width])
        positions = try embeddings["position_embedding"].weight("weight", shape: [configuration.maxPositions, width])
        layers = try (0..<configuration.layers).map {
            try TextEncoderLayer(scope["encoder"]["layers"]["\($0)"], configuration: configuration)
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

/// One layer. Keys: `layer_norm1`, `self_attn`, `layer_norm2`, `mlp.fc1`, `mlp.fc2`.
struct TextEncoderLayer: Sendable {
    private let norm1: LayerNorm
    private let query: Linear
    private let key: Linear
    private let value: Linear
    private let out: Linear
    private let norm2: LayerNorm
    private let widen: Linear
    private let narrow: Linear
    private let configuration: TextEncoderConfiguration

    init(_ scope: WeightScope, configuration: TextEncoderConfiguration) throws {
        self.configuration = configuration
        let (width, inner) = (configuration.hiddenSize, configuration.intermediateSize)
        let attention = scope["self_attn"]
        norm1 = try LayerNorm(scope["layer_norm1"], channels: width, epsilon: configuration.normEpsilon)
        query = try Linear(attention["q_proj"], in: width, out: width)
        key = try Linear(attention["k_proj"], in: width, out: width)
        value = try Linear(attention["v_proj"], in: width, out: width)
        out = try Linear(attention["out_proj"], in: width, out: width)
        norm2 = try LayerNorm(scope["layer_norm2"], channels: width, epsilon: configuration.normEpsilon)
        widen = try Linear(scope["mlp"]["fc1"], in: width, out: inner)
        narrow = try Linear(scope["mlp"]["fc2"], in: inner, out: width)
    }

    func callAsFunction(_ x: Tensor, in context: ComputeContext) throws -> Tensor {
        let normed = try norm1(x, in: context)
        let attended = try query(normed, in: context).causalAttention(
            key: key(normed, in: context), value: value(normed, in: context), heads: configuration.heads, in: context)
        let seen = try out(attended, adding: x, in: context)
        let wide = try widen(norm2(seen, in: context), in: context)
        let active =
            switch configuration.activation {
            case .quickGELU: try wide.quickGelu(in: context)
            case .gelu: try wide.gelu(in: context)
            }
        return try narrow(active, adding: seen, in: context)
    }
}
