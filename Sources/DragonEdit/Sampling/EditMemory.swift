import DragonImage
import DragonModel
import DragonTensor

/// What an edit will take of the machine's memory, estimated before it starts.
package struct EditMemory {
    /// What keys and values of every decoder self-attention layer are made of, at every step.
    package let bank: Int
    /// What is alive at the peak of a guidance pass or of the autoencoder, latents of the inversion included.
    package let work: Int

    /// Floats alive for each latent cell and channel of the finest level in a guidance pass, measured at 512².
    private static let workPerCell = 190

    package init(_ request: EditRequest, _ model: DiffusionModel, keepsFullPrecision: Bool) {
        self.init(
            request.source.size, steps: request.bankedSteps, model.unet.configuration, model.autoencoder.configuration,
            keepsFullPrecision: keepsFullPrecision)
    }

    /// - Parameters:
    ///   - grid: the working grid's sides in pixels.
    ///   - configuration: of the UNet, `autoencoder` of the autoencoder; no weights are needed.
    package init(
        _ grid: PixelSize, steps: Int, _ configuration: UNetConfiguration, _ autoencoder: AutoencoderConfiguration,
        keepsFullPrecision: Bool
    ) {
        let cells = (grid.height / autoencoder.downsampling) * (grid.width / autoencoder.downsampling)
        var elements = 0
        for (position, block) in configuration.upBlocks.enumerated() where block == .crossAttention {
            let level = configuration.levels - 1 - position
            let layers = (configuration.layersPerBlock[level] + 1) * configuration.transformerDepths[level]
            elements += layers * configuration.blockOutChannels[level] * (cells >> (2 * level))
        }
        bank = elements * steps * (keepsFullPrecision ? 4 : 2)
        work = Self.workPerCell * cells * configuration.blockOutChannels[0] * MemoryLayout<Float>.size
    }

    /// Whether the bank fits beside the work; throws where the work alone does not.
    ///
    /// - Parameters:
    ///   - held: what else is alive meanwhile.
    ///   - peak: what is needed before or after.
    package func keepsBank(limit: Int?, held: Int = 0, peak: Int = 0) throws -> Bool {
        let (allowed, needed) = (limit ?? Machine().freeMemory, max(work + held, peak))
        guard needed <= allowed else { throw EditError.memory(needed: needed, allowed: allowed, remedy: .smallerSide) }
        return work + held + bank <= allowed
    }
}

extension EditRequest {
    /// Throws where the edit needs more than `limit` bytes beyond the model, or than what is free where there is no limit.
    /// The model's configuration tells: its weights are not opened.
    ///
    /// - Throws: ``EditError/memory(needed:allowed:remedy:)``.
    public func checkMemory(on files: ModelFiles, limit: Int?) throws {
        _ = try EditMemory(source.size, steps: bankedSteps, on: files).keepsBank(limit: limit)
    }

    /// Steps that a memory bank keeps: of a generated picture all that it was made in.
    fileprivate var bankedSteps: Int { if case .generated = source { parameters.steps } else { parameters.bankedSteps } }
}

extension EditMemory {
    /// Of a working grid, by the model's configuration.
    package init(_ grid: PixelSize, steps: Int, on files: ModelFiles) {
        self.init(grid, steps: steps, files.unetConfiguration, files.autoencoderConfiguration, keepsFullPrecision: false)
    }
}
