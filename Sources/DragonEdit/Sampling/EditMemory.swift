import DragonModel

#if canImport(Glibc)
    import Glibc
#endif

/// What an edit will take of the machine's memory, estimated before it starts.
struct EditMemory {
    /// Keys and values of every decoder self-attention layer, at every step.
    let bank: Int
    /// What is alive at the peak of a guidance pass or of the autoencoder, latents of the inversion included.
    let work: Int

    /// Floats alive for each latent cell and channel of the finest level in a guidance pass, measured at 512².
    private static let workPerCell = 190

    init(_ request: EditRequest, _ model: DiffusionModel, keepsFullPrecision: Bool) {
        let configuration = model.unet.configuration
        let side = model.autoencoder.configuration.downsampling
        let cells = (request.source.height / side) * (request.source.width / side)
        var elements = 0
        for (position, block) in configuration.upBlocks.enumerated() where block == .crossAttention {
            let level = configuration.levels - 1 - position
            elements += 2 * (configuration.layersPerBlock[level] + 1) * configuration.blockOutChannels[level] * (cells >> (2 * level))
        }
        bank = elements * request.parameters.steps * (keepsFullPrecision ? 4 : 2)
        work = Self.workPerCell * cells * configuration.blockOutChannels[0] * MemoryLayout<Float>.size
    }

    /// Whether the bank fits beside the work; throws where the work alone does not.
    func keepsBank(limit: Int?) throws -> Bool {
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
