import DragonTensor

/// The tiny autoencoder that goes with a model: it shows what is being sampled, and stands for the model's own in instant edits.
public enum TinyChoice: Sendable {
    /// There is none, or the model's own is tiny.
    case none
    /// The one that lies there.
    case used(Autoencoder, path: String)
    /// One was found and is no good.
    case leftOut(path: String, reason: String)

    /// The network, where there is one.
    public var autoencoder: Autoencoder? { if case .used(let autoencoder, _) = self { autoencoder } else { nil } }
}

extension ModelFiles {
    /// Opens the tiny autoencoder: the one that was asked for, or the first good one that lies where such files are kept.
    ///
    /// - Throws: what is wrong with one that was asked for; one that was found by itself is left out.
    public func tinyAutoencoder(in context: ComputeContext) throws -> TinyChoice {
        if case .tiny = autoencoderConfiguration.architecture { return .none }
        if let given = additions.tinyAutoencoder { return .used(try tiny(given, in: context), path: given) }
        guard isOfTinyFamily else { return .none }
        var leftOut: TinyChoice?
        for path in TinyPlaces.candidates(in: TinyPlaces.places(beside: self.path) + additions.tinyPlaces) {
            do {
                return .used(try tiny(path, in: context), path: path)
            } catch let error as ModelError where !error.isLimitOfMachine {
                leftOut = leftOut ?? .leftOut(path: path, reason: error.description)
            }
        }
        return leftOut ?? .none
    }

    /// Throws where a tiny autoencoder was asked for that does not go with the model. Reads the heads of its files alone.
    func checkTiny() throws(ModelError) {
        guard let given = additions.tinyAutoencoder else { return }
        if case .tiny = autoencoderConfiguration.architecture { return }
        let file = try tinyFile(given)
        do {
            let weights = try file.weights().withBlanks()
            _ = try Autoencoder(weights, configuration: file.configuration)
            try weights.finish()
        } catch let error as ModelError {
            throw error
        } catch {
            throw .notThatFile(file: given, what: "is no tiny autoencoder: \(error)")
        }
    }

    /// Whether the latents are those of Stable Diffusion 1 and 2, which TAESD was distilled for. Another version's are scaled otherwise.
    private var isOfTinyFamily: Bool {
        let own = autoencoderConfiguration
        guard case .convolutional = own.architecture else { return false }
        return own.latentChannels == 4 && abs(own.scalingFactor - AutoencoderConfiguration().scalingFactor) < 1e-3
    }

    private func tiny(_ path: String, in context: ComputeContext) throws -> Autoencoder {
        let file = try tinyFile(path)
        let weights = try file.weights()
        let autoencoder = try Autoencoder(weights, configuration: file.configuration)
        try weights.finish()
        for (key, weight) in weights.bound where !weight.isFinite(in: context) { throw ModelError.nonFinite(key: key, file: weights.file) }
        return autoencoder
    }

    /// One that goes with the model.
    private func tinyFile(_ path: String) throws(ModelError) -> AutoencoderFile {
        let file = try AutoencoderFile(path)
        let (found, own) = (file.configuration, autoencoderConfiguration)
        guard case .tiny = found.architecture else {
            throw .notThatFile(file: path, what: "is no tiny autoencoder such as taesd: one of full size is given by --vae")
        }
        guard isOfTinyFamily else {
            throw .notThatFile(
                file: path, what: "does not go with this model, whose latents are not Stable Diffusion 1's or 2's: leave it out")
        }
        let ofXL = path.lowercased().split(separator: "/").suffix(2).contains { $0.contains("taesdxl") }
        guard !ofXL, found.latentChannels == own.latentChannels, found.inChannels == own.inChannels, found.downsampling == own.downsampling
        else {
            throw .notThatFile(
                file: path,
                what: "is a tiny autoencoder of other latents than the model's \(own.latentChannels) channels at "
                    + "1/\(own.downsampling) of the side: take taesd, of Stable Diffusion 1 and 2")
        }
        return file
    }
}
