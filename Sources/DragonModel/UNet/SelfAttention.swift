import DragonTensor

/// What the cells of a picture attend to in a network: the mean over heads and layers.
public struct SelfAttention: Sendable {
    /// Rows of the grid of cells.
    public let height: Int
    /// Columns of it.
    public let width: Int
    /// `[1, cells, cells]`, keys by queries: a column is what one cell attends to, and sums to 1.
    public let weights: Tensor
}

extension UNet {
    /// The self-attention of the finest layers that have one, in a pass of which no more is run than they need (as M2N2 takes it,
    /// Karmann and Urfalioglu, CVPR 2025, arXiv 2411.10411).
    ///
    /// - Parameters: as those of a prediction, for one latent.
    public func selfAttention(of latent: Tensor, timestep: Int, text: Tensor, in context: ComputeContext) throws -> SelfAttention {
        let level = configuration.finestAttention
        let grid = (height: latent.shape[2] >> level, width: latent.shape[3] >> level)
        let mean = try AttentionMean(
            tokens: grid.height * grid.width, layers: configuration.attentionLayers(level: level).count, in: context)
        let conditions = UNetConditions(time: try timeEmbedding(timestep, in: context), text: text, mean: mean)
        let encoded = try encode(latent, conditions, in: context).encoded
        _ = try decode(encoded, conditions, blocks: configuration.attentionLayers(level: level).lastBlock, in: context)
        return SelfAttention(height: grid.height, width: grid.width, weights: mean.weights)
    }
}

extension UNetConfiguration {
    /// The finest level with self-attention; the block between encoder and decoder always has it.
    public var finestAttention: Int {
        (0..<levels).first { downBlocks[$0] == .crossAttention || upBlocks[levels - 1 - $0] == .crossAttention } ?? levels - 1
    }

    /// How many self-attention layers a level has, and the number of the decoder's blocks until the last of them.
    func attentionLayers(level: Int) -> (count: Int, lastBlock: Int) {
        var (layers, lastBlock) = (0, 0)
        if downBlocks[level] == .crossAttention { layers += layersPerBlock[level] }
        if level == levels - 1 { layers += 1 }
        if upBlocks[levels - 1 - level] == .crossAttention {
            layers += layersPerBlock[level] + 1
            lastBlock = levels - level
        }
        return (layers * transformerDepths[level], lastBlock)
    }
}
