import DragonEdit
import DragonImage
public import DragonModel
public import DragonSelect
public import DragonTensor

extension DiffusionModel {
    /// What the cells of a picture attend to: one pass of the network, the picture with some noise and without a prompt, tells it
    /// (M2N2, Karmann and Urfalioglu, CVPR 2025, arXiv 2411.10411, section 3.1).
    ///
    /// - Parameter picture: `[1, 3, height, width]` in −1 … 1, sides multiples of the coarsest level's cell.
    func selfAttention(of picture: Tensor, in context: ComputeContext) throws -> SelfAttention {
        context.job.expect([Job.Part(.encode, cost: 1), Job.Part(.sample, cost: 1)])
        context.job.begin(.encode)
        let latent = try (quickAutoencoder ?? autoencoder).encode(picture, in: context)
        context.job.finish(.encode)
        let step = schedule.trainTimesteps * Noising.share.numerator / Noising.share.denominator
        let alpha = try Schedule(schedule, steps: 1).alpha(step)
        let noise = try GaussianNoise(seed: Noising.seed).tensor(latent.shape, in: context)
        let noisy = try latent.scaled(
            by: Float(alpha.squareRoot()), adding: noise, scaledBy: Float((1 - alpha).squareRoot()), in: context)
        // To an inpainting network nothing is to be painted.
        let input =
            unet.configuration.isInpainting
            ? try noisy.concatenatingChannels(
                Tensor(repeating: 0, shape: [1, 1] + latent.shape[2...], in: context).concatenatingChannels(latent, in: context),
                in: context) : noisy
        let attention = try unet.selfAttention(of: input, timestep: step, text: embed("", in: context), in: context)
        try attention.weights.checkFinite(after: "attention", step: 1)
        context.job.finish(.sample)
        return attention
    }
}

/// How much noise the picture is given: little enough to be seen through.
private enum Noising {
    static let share = (numerator: 3, denominator: 20)
    static let seed: UInt64 = 0
}

extension ObjectFinder {
    /// Cells of the attention's grid along a side, at most: of more the matrix would outgrow what it is worth.
    private static let mostCells = 64

    /// Has a network look at the picture. Objects that are searched from then on are told by what it attends to as well; until then,
    /// and where it fails, by colours and edges alone.
    ///
    /// - Parameter side: of the pictures that the model works best on.
    /// - Throws: ``EditError/memory(needed:allowed:remedy:)`` before any heavy work; ``NumericError``; ``CancellationError``.
    public func attend(by model: DiffusionModel, side: Int, in context: ComputeContext) throws {
        let (network, pixels) = (model.unet.configuration, model.autoencoder.configuration.downsampling)
        let (cell, multiple) = (pixels << network.finestAttention, pixels << (network.levels - 1))
        let longer = max(multiple, min(side, Self.mostCells * cell) / multiple * multiple)
        let picture = picture(atLeast: longer)
        let step = Double(max(picture.width, picture.height)) / Double(longer)
        let sides = [picture.width, picture.height].map { pixels in
            max(1, Int((Double(pixels) / step / Double(multiple) - 1e-9).rounded(.up))) * multiple
        }
        let grid = PixelSize(width: sides[0], height: sides[1])
        let cells = grid.width / cell * (grid.height / cell)
        _ = try EditMemory(grid, steps: 0, network, model.autoencoder.configuration, keepsFullPrecision: false)
            .keepsBank(limit: nil, held: 2 * cells * cells * MemoryLayout<Float>.size)
        let seen = WorkingPicture(
            picture.colours(in: picture.size.box).resampled(
                origin: (0, 0), step: step, width: grid.width, height: grid.height, isLight: true))
        let attention = try model.selfAttention(
            of: Tensor(seen.values, shape: [1, 3, grid.height, grid.width], in: context), in: context)
        let chain = attention.weights.withElements {
            AttentionChain(weights: $0, height: attention.height, width: attention.width, span: Double(longer) / Double(cell))
        }
        try context.checkCancellation()
        attend(chain)
    }
}
