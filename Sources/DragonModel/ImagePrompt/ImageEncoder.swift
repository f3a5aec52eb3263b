import DragonTensor

/// CLIP's encoder of pictures, a vision transformer (Radford et al., 2021; Dosovitskiy et al., 2021): transformers'
/// CLIPVisionModelWithProjection. Keys: `vision_model.embeddings`, `vision_model.pre_layrnorm`, `vision_model.encoder.layers.N`,
/// `vision_model.post_layernorm`, `visual_projection`.
public struct ImageEncoder: Sendable {
    /// What it was built from.
    public let configuration: ImageEncoderConfiguration
    private let wholeToken: Weight
    private let patchEmbedding: Weight
    private let positions: Weight
    private let preNorm: LayerNorm
    private let layers: [CLIPLayer]
    private let postNorm: LayerNorm
    private let projection: Linear

    /// Binds every key that the configuration asks for.
    public init(_ scope: WeightScope, configuration: ImageEncoderConfiguration) throws {
        self.configuration = configuration
        let (width, side) = (configuration.hiddenSize, configuration.patchSide)
        let vision = scope["vision_model"]
        wholeToken = try vision["embeddings"].weight("class_embedding", shape: [width])
        patchEmbedding = try vision["embeddings"]["patch_embedding"].weight("weight", shape: [width, 3, side, side])
        positions = try vision["embeddings"]["position_embedding"].weight("weight", shape: [configuration.tokens, width])
        // The key is misspelt in every file there is.
        preNorm = try LayerNorm(vision["pre_layrnorm"], channels: width, epsilon: configuration.normEpsilon)
        let shape = CLIPLayer.Shape(
            channels: width, inner: configuration.intermediateSize, heads: configuration.heads, activation: configuration.activation,
            normEpsilon: configuration.normEpsilon, isCausal: false)
        layers = try (0..<configuration.layers).map { try CLIPLayer(vision["encoder"]["layers"][$0], shape: shape) }
        postNorm = try LayerNorm(vision["post_layernorm"], channels: width, epsilon: configuration.normEpsilon)
        projection = try Linear(scope["visual_projection"], in: width, out: configuration.projectionDim, bias: false)
    }

    /// What a picture looks like, part by part: the tokens before the last layer.
    ///
    /// - Parameter picture: `[1, 3, imageSide, imageSide]`, normalised as CLIP's are.
    /// - Returns: `[1, hiddenSize, tokens]`, the whole picture's token first.
    public func hidden(_ picture: Tensor, in context: ComputeContext) throws -> Tensor {
        var x = try preNorm(embedded(picture, in: context), in: context)
        for layer in layers.dropLast() { x = try layer(x, in: context) }
        return x
    }

    /// What a picture shows as a whole, in the space that CLIP shares with text: `[1, projectionDim, 1]`; of a picture as
    /// ``hidden(_:in:)`` takes it.
    public func embedding(_ picture: Tensor, in context: ComputeContext) throws -> Tensor {
        var x = try hidden(picture, in: context)
        if let last = layers.last { x = try last(x, in: context) }
        return try projection(postNorm(x.columns([0], in: context), in: context), in: context)
    }

    /// The patches' tokens behind the whole picture's, each with its place added: `[1, hiddenSize, tokens]`.
    private func embedded(_ picture: Tensor, in context: ComputeContext) throws -> Tensor {
        let (width, side, grid) = (configuration.hiddenSize, configuration.patchSide, configuration.imageSide / configuration.patchSide)
        guard picture.shape == [1, 3, configuration.imageSide, configuration.imageSide] else {
            throw TensorError.shapeMismatch(
                operation: "image encoder", expected: [1, 3, configuration.imageSide, configuration.imageSide], found: picture.shape)
        }
        let weight = patchEmbedding.reshaped([width, 3 * side * side])
        let patches = try unfolded(picture, in: context).linear(weight, in: context).values
        let (whole, places) = (wholeToken.floats(), positions.floats())
        let count = grid * grid + 1
        var tokens = [Float](repeating: 0, count: width * count)
        for c in 0..<width {
            tokens[c * count] = whole[c] + places[c]
            for t in 1..<count { tokens[c * count + t] = patches[c * (count - 1) + t - 1] + places[t * width + c] }
        }
        return try Tensor(tokens, shape: [1, width, count], in: context)
    }

    /// Each patch's pixels as one column: `[1, 3·patchSide², patches]`.
    private func unfolded(_ picture: Tensor, in context: ComputeContext) throws -> Tensor {
        let (side, pixels) = (configuration.patchSide, configuration.imageSide)
        let grid = pixels / side
        let values = picture.values
        var columns = [Float](repeating: 0, count: values.count)
        for c in 0..<3 {
            for y in 0..<pixels {
                for x in 0..<pixels {
                    let row = (c * side + y % side) * side + x % side
                    columns[row * grid * grid + y / side * grid + x / side] = values[(c * pixels + y) * pixels + x]
                }
            }
        }
        return try Tensor(columns, shape: [1, 3 * side * side, grid * grid], in: context)
    }
}
