import DragonTensor

/// How an adapter makes tokens of what an encoder sees in a picture (IP-Adapter: Ye et al., 2023, arXiv 2308.06721, section 3.2).
/// Keys: `image_proj.…`, as the adapters' authors keep them.
enum ImageProjection: Sendable {
    /// A few tokens of the picture's embedding. Keys: `proj`, `norm`.
    case embedding(Linear, LayerNorm, tokens: Int)
    /// One token of each of the encoder's. Keys: `proj.0`, `proj.2`, `proj.3`.
    case everyToken(Linear, Linear, LayerNorm)
    /// Tokens that ask the encoder's.
    case resampler(Resampler)

    /// - Parameter channels: of the tokens that the UNet attends to.
    init(_ scope: WeightScope, _ shapes: ImageProjectionShapes, channels: Int) throws {
        switch shapes.kind {
        case .embedding:
            self = .embedding(
                try Linear(scope["proj"], in: shapes.input, out: shapes.tokens * channels),
                try LayerNorm(scope["norm"], channels: channels),
                tokens: shapes.tokens)
        case .everyToken:
            self = .everyToken(
                try Linear(scope["proj"][0], in: shapes.input, out: shapes.inner),
                try Linear(scope["proj"][2], in: shapes.inner, out: channels), try LayerNorm(scope["proj"][3], channels: channels))
        case .resampler: self = .resampler(try Resampler(scope, shapes, channels: channels))
        }
    }

    /// Tokens of a picture, `[1, channels, tokens]`.
    ///
    /// - Parameter picture: as ``ImageEncoder`` takes it; nil stands for none at all.
    func tokens(_ picture: Tensor?, _ encoder: ImageEncoder, in context: ComputeContext) throws -> Tensor {
        let configuration = encoder.configuration
        switch self {
        case .embedding(let linear, let norm, let count):
            // Without a picture there is no embedding; the others are shown a picture of zeros. So they were trained.
            let seen =
                try picture.map { try encoder.embedding($0, in: context) }
                ?? Tensor(repeating: 0, shape: [1, configuration.projectionDim, 1], in: context)
            let row = try linear(seen, in: context)
            let channels = row.channels / count
            let tokens = Self.transposed(row.values, rows: count, columns: channels)
            return try norm(Tensor(tokens, shape: [1, channels, count], in: context), in: context)
        case .everyToken(let first, let second, let norm):
            let hidden = try encoder.hidden(shownPicture(picture, configuration, in: context), in: context)
            return try norm(second(first(hidden, in: context).gelu(in: context), in: context), in: context)
        case .resampler(let resampler):
            return try resampler(encoder.hidden(shownPicture(picture, configuration, in: context), in: context), in: context)
        }
    }

    private func shownPicture(_ picture: Tensor?, _ configuration: ImageEncoderConfiguration, in context: ComputeContext) throws -> Tensor {
        try picture ?? Tensor(repeating: 0, shape: [1, 3, configuration.imageSide, configuration.imageSide], in: context)
    }

    static func transposed(_ values: [Float], rows: Int, columns: Int) -> [Float] {
        var result = [Float](repeating: 0, count: values.count)
        for r in 0..<rows { for c in 0..<columns { result[c * rows + r] = values[r * columns + c] } }
        return result
    }
}

/// Learnt tokens that attend to an encoder's and to themselves, layer after layer (Perceiver: Jaegle et al., 2021; IP-Adapter Plus,
/// and DiffEditor's image prompt encoder, section 3.1). Keys: `latents`, `proj_in`, `layers.N.0` (`norm1`, `norm2`, `to_q`, `to_kv`,
/// `to_out`), `layers.N.1` (`0`, `1`, `3`), `proj_out`, `norm_out`.
struct Resampler: Sendable {
    /// Width of a head: of all resamplers there are.
    static let headWidth = 64

    private struct Layer: Sendable {
        let normOfSeen, normOfTokens: LayerNorm
        let query, keyAndValue, out: Linear
        let normOfFeedForward: LayerNorm
        let widen, narrow: Linear
    }

    private let latents: Weight
    private let projectIn: Linear
    private let layers: [Layer]
    private let projectOut: Linear
    private let normOut: LayerNorm
    private let inner: Int

    init(_ scope: WeightScope, _ shapes: ImageProjectionShapes, channels: Int) throws {
        let width = shapes.width
        inner = shapes.inner
        latents = try scope.weight("latents", shape: [1, shapes.tokens, width])
        projectIn = try Linear(scope["proj_in"], in: shapes.input, out: width)
        layers = try (0..<shapes.layers).map { index in
            let (attention, feedForward) = (scope["layers"][index][0], scope["layers"][index][1])
            return Layer(
                normOfSeen: try LayerNorm(attention["norm1"], channels: width),
                normOfTokens: try LayerNorm(attention["norm2"], channels: width),
                query: try Linear(attention["to_q"], in: width, out: shapes.inner, bias: false),
                keyAndValue: try Linear(attention["to_kv"], in: width, out: 2 * shapes.inner, bias: false),
                out: try Linear(attention["to_out"], in: shapes.inner, out: width, bias: false),
                normOfFeedForward: try LayerNorm(feedForward[0], channels: width),
                widen: try Linear(feedForward[1], in: width, out: shapes.wide, bias: false),
                narrow: try Linear(feedForward[3], in: shapes.wide, out: width, bias: false))
        }
        projectOut = try Linear(scope["proj_out"], in: width, out: channels)
        normOut = try LayerNorm(scope["norm_out"], channels: channels)
    }

    /// - Parameter hidden: the encoder's tokens, `[1, input, tokens]`.
    func callAsFunction(_ hidden: Tensor, in context: ComputeContext) throws -> Tensor {
        let shape = latents.shape
        var tokens = try Tensor(
            ImageProjection.transposed(latents.floats(), rows: shape[1], columns: shape[2]), shape: [1, shape[2], shape[1]], in: context)
        let seen = try projectIn(hidden, in: context)
        for layer in layers {
            let own = try layer.normOfTokens(tokens, in: context)
            let parts = try [layer.normOfSeen(seen, in: context), own].map { try keysAndValues($0, layer, in: context) }
            let attended = try layer.query(own, in: context).attention(to: parts, heads: inner / Self.headWidth, in: context)
            tokens = try layer.out(attended, adding: tokens, in: context)
            let wide = try layer.widen(layer.normOfFeedForward(tokens, in: context), in: context).gelu(in: context)
            tokens = try layer.narrow(wide, adding: tokens, in: context)
        }
        return try normOut(projectOut(tokens, in: context), in: context)
    }

    private func keysAndValues(_ x: Tensor, _ layer: Layer, in context: ComputeContext) throws -> KeysAndValues {
        let both = try layer.keyAndValue(x, in: context)
        return KeysAndValues(key: try both.channels(0..<inner, in: context), value: try both.channels(inner..<2 * inner, in: context))
    }
}

/// What the shapes of an adapter's `image_proj.…` tell.
struct ImageProjectionShapes: Sendable, Equatable {
    enum Kind: Sendable, Equatable { case embedding, everyToken, resampler }

    let kind: Kind
    /// Width of what it takes of the encoder: of the embedding, or of a token.
    let input: Int
    /// Tokens that it makes; as many as the encoder's where that is 0.
    var tokens = 0
    /// Width of a resampler's tokens.
    var width = 0
    /// Width of all heads together, or between two linear layers.
    var inner = 0
    /// Width inside a resampler's feed-forward layers.
    var wide = 0
    /// A resampler's layers.
    var layers = 0

    /// - Parameter channels: of the tokens that the UNet attends to.
    /// - Throws: ``ModelError/notThatFile(file:what:)`` for adapters that need more than a picture.
    init(_ file: SafetensorsFile, channels: Int) throws(ModelError) {
        func shape(_ key: String) -> [Int] { file.entry("image_proj.\(key)")?.shape ?? [] }
        if file.entries.contains(where: { $0.name.hasPrefix("image_proj.perceiver_resampler.") })
            || (shape("proj.0.weight").count == 2 && shape("norm.weight").count == 1)
        {
            throw .notThatFile(file: file.path, what: "is an adapter for faces, which takes a face recogniser's numbers: give a plain one")
        }
        let (linear, first, latents) = (shape("proj.weight"), shape("proj.0.weight"), shape("latents"))
        if linear.count == 2, linear[0] % channels == 0, linear[0] > 0 {
            (kind, input, tokens) = (.embedding, linear[1], linear[0] / channels)
        } else if first.count == 2 {
            (kind, input, inner) = (.everyToken, first[1], first[0])
        } else if latents.count == 3, let query = shape("layers.0.0.to_q.weight").first, query % Resampler.headWidth == 0, query > 0,
            let wide = shape("layers.0.1.1.weight").first, let input = shape("proj_in.weight").last
        {
            (kind, self.input, self.wide, inner) = (.resampler, input, wide, query)
            (tokens, width) = (latents[1], latents[2])
            layers = file.count(upTo: 64) { "image_proj.layers.\($0).0.to_q.weight" }
        } else {
            throw .notThatFile(
                file: file.path, what: "is no IP-Adapter of Stable Diffusion 1 or 2, or one made for another width of text than \(channels)"
            )
        }
    }
}
