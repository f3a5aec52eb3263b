import DragonTensor

/// A picture in the place of words: what every cross-attention layer attends to beside the text (IP-Adapter: Ye et al., 2023,
/// arXiv 2308.06721, equation 5; DiffEditor, section 3.1), computed once for all steps.
///
///     out = softmax(Q·Kᵀ/√d)·V + scale · softmax(Q·K'ᵀ/√d)·V'
public struct ImagePrompt: Sendable {
    /// Keys and values by the layer's path, `down_blocks.0.attentions.0.transformer_blocks.0.attn2`, `[1, channels, tokens]`: of no
    /// picture and of the picture, and both as one batch.
    private let layers: [String: Layer]
    /// Tokens of a picture.
    public let tokens: Int

    private struct Layer: Sendable {
        let shown: KeysAndValues
        let both: KeysAndValues
    }

    /// What an adapter makes of a picture's tokens.
    ///
    /// - Parameters:
    ///   - empty, shown: tokens of no picture and of the picture, `[1, crossAttentionDim, tokens]`.
    ///   - projections: each layer's linear layers to keys and values, by its path.
    init(
        empty: Tensor, shown: Tensor, _ projections: [(path: String, key: Linear, value: Linear)], in context: ComputeContext
    ) throws {
        tokens = shown.columns
        var layers: [String: Layer] = [:]
        for (path, key, value) in projections {
            let (k, v) = (try key(shown, in: context), try value(shown, in: context))
            let both = KeysAndValues(
                key: try Tensor.stacked([key(empty, in: context), k], in: context),
                value: try Tensor.stacked([value(empty, in: context), v], in: context))
            layers[path] = Layer(shown: KeysAndValues(key: k, value: v), both: both)
        }
        self.layers = layers
    }

    /// What a layer attends to: for the picture alone, or for no picture and the picture, as the batch's texts are.
    func part(of path: String, batch: Int) -> KeysAndValues? { batch == 2 ? layers[path]?.both : layers[path]?.shown }
}

/// How much a picture tells one pass.
public struct ImageInfluence: Sendable {
    /// The picture.
    public let prompt: ImagePrompt
    /// Factor of what is attended to in it; 1 is as adapters are trained, DiffEditor takes 0.1.
    public let scale: Float

    /// A picture and its factor.
    public init(_ prompt: ImagePrompt, scale: Float) { (self.prompt, self.scale) = (prompt, scale) }
}

extension UNetConfiguration {
    /// Paths and channels of the cross-attention layers in the order that adapters number them: the encoder's, the decoder's, the
    /// middle's.
    var crossAttentionLayers: [(path: String, channels: Int)] {
        func layers(_ block: String, _ level: UNetLevel, count: Int) -> [(path: String, channels: Int)] {
            (0..<count).flatMap { attention in
                (0..<level.transformerDepth).map { depth in
                    ("\(block).attentions.\(attention).transformer_blocks.\(depth).attn2", level.channels)
                }
            }
        }
        let down = downLevels.enumerated().flatMap { layers("down_blocks.\($0)", $1, count: layersPerBlock[$0]) }
        let up = upLevels.enumerated().flatMap { layers("up_blocks.\($0)", $1, count: layersPerBlock[levels - 1 - $0] + 1) }
        return down + up + layers("mid_block", midLevel, count: 1)
    }
}
