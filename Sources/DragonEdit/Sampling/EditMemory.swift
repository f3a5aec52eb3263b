import DragonImage
import DragonModel

#if canImport(Glibc)
    import Glibc
#endif

/// What an edit will take of the machine's memory, estimated before it starts.
package struct EditMemory {
    /// Keys and values of every decoder self-attention layer, at every step.
    package let bank: Int
    /// What is alive at the peak of a guidance pass or of the autoencoder, latents of the inversion included.
    package let work: Int

    /// Floats alive for each latent cell and channel of the finest level in a guidance pass, measured at 512².
    private static let workPerCell = 190

    package init(_ request: EditRequest, _ model: DiffusionModel, keepsFullPrecision: Bool) {
        self.init(
            request.source.size, steps: request.parameters.steps, model.unet.configuration, model.autoencoder.configuration,
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
            elements += 2 * layers * configuration.blockOutChannels[level] * (cells >> (2 * level))
        }
        bank = elements * steps * (keepsFullPrecision ? 4 : 2)
        work = Self.workPerCell * cells * configuration.blockOutChannels[0] * MemoryLayout<Float>.size
    }

    /// Whether the bank fits beside the work; throws where the work alone does not.
    package func keepsBank(limit: Int?) throws -> Bool {
        let allowed = limit ?? Self.available
        guard work <= allowed else { throw EditError.memory(needed: work, allowed: allowed) }
        return work + bank <= allowed
    }

    /// Bytes that the system could give to a new program; without a number, no limit.
    private static var available: Int {
        guard let file = fopen("/proc/meminfo", "r") else { return .max }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        while fgets(&line, Int32(line.count), file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            guard text.hasPrefix("MemAvailable:") else { continue }
            let kilobytes = text.split(separator: " ").dropFirst().first.flatMap { Int($0) }
            return kilobytes.map { $0 * 1024 } ?? .max
        }
        return .max
    }
}

extension EditRequest {
    /// Throws where the edit needs more than `limit` bytes beyond the model, or than what is free where there is no limit.
    /// The model's configuration tells: its weights are not opened.
    ///
    /// - Throws: ``EditError/memory(needed:allowed:)``.
    public func checkMemory(on files: ModelFiles, limit: Int?) throws {
        try EditMemory.check(source.size, steps: parameters.steps, on: files, limit: limit)
    }
}

extension EditMemory {
    /// The same for a working grid of given sides.
    package static func check(_ grid: PixelSize, steps: Int, on files: ModelFiles, limit: Int?) throws {
        let memory = EditMemory(grid, steps: steps, files.unetConfiguration, files.autoencoderConfiguration, keepsFullPrecision: false)
        _ = try memory.keepsBank(limit: limit)
    }
}
