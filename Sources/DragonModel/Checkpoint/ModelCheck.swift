/// Tokens of a prompt: what every edit gives the text encoder.
private let promptTokens = 77

extension ModelFiles {
    /// Checks that edits can run on the model: that its tokenizer fits, and that every key of its networks is there once, in the right
    /// shape and format. Reads configuration and the heads of the weights' files, no weight.
    ///
    /// - Parameter shelf: keeps for the next model what it often has alike.
    /// - Throws: ``ModelError``.
    public func checkForEditing(sharing shelf: ModelShelf? = nil) throws(ModelError) {
        try checkSchedule()
        if let shelf, let tensors = tensorsAlone {
            try shelf.checking(tensors) { () throws(ModelError) in try checkTensors() }
        } else {
            try checkTensors()
        }
        _ = try tokenizer(sharing: shelf)
    }

    /// The same without the tokenizer, which a checkpoint may lack.
    public func checkNetworks() throws(ModelError) {
        try checkSchedule()
        try checkTensors()
    }

    private func checkTensors() throws(ModelError) {
        do {
            let text = try textEncoderWeights().withBlanks()
            _ = try TextEncoder(text, configuration: textEncoderConfiguration)
            try text.finish()
            let network = try unetWeights().withBlanks()
            _ = try UNet(network, configuration: unetConfiguration)
            try network.finish()
            let pictures = try autoencoderWeights().withBlanks()
            _ = try Autoencoder(pictures, configuration: autoencoderConfiguration)
            try pictures.finish()
            if let imageAdapter { try ImageAdapter.check(imageAdapter, unetConfiguration) }
        } catch let error as ModelError {
            throw error
        } catch {
            throw .incompleteModel(path: path, reason: "\(error)")
        }
    }

    /// Checks that the schedule has the steps of an edit, and that its noise leaves something of the picture.
    private func checkSchedule() throws(ModelError) {
        let steps = defaults.steps ?? ModelDefaults.publishedSteps
        guard let schedule = try? Schedule(scheduleConfiguration, steps: steps) else {
            throw .incompleteModel(
                path: path, reason: "its schedule has \(scheduleConfiguration.trainTimesteps) steps, an edit takes \(steps)")
        }
        // With a last step of pure noise that is what was asked for.
        let isZeroMeant = scheduleConfiguration.rescalesToZeroSNR
        guard let last = schedule.alphasCumulative.last, isZeroMeant || Float(last) >= .leastNormalMagnitude else {
            throw .incompleteModel(path: path, reason: "its schedule's noise leaves nothing of the picture")
        }
    }

    /// Checks that the networks fit each other, and pictures.
    func checkAgreement() throws(ModelError) {
        func refusal(_ reason: String) -> ModelError { .incompleteModel(path: path, reason: reason) }
        let (unet, pictures, text) = (unetConfiguration, autoencoderConfiguration, textEncoderConfiguration)
        guard unet.inChannels == pictures.latentChannels || unet.isInpainting, unet.outChannels == pictures.latentChannels else {
            throw refusal(
                "its UNet takes \(unet.inChannels) channels and gives \(unet.outChannels), its latents have \(pictures.latentChannels); "
                    + "models for depth maps, upscaling or instructions are not supported")
        }
        guard unet.crossAttentionDim == text.hiddenSize else {
            throw refusal("its UNet attends to vectors of \(unet.crossAttentionDim), its text encoder makes \(text.hiddenSize)")
        }
        guard pictures.inChannels == 3 else { throw refusal("its pictures have \(pictures.inChannels) channels, not red, green and blue") }
        guard text.maxPositions >= promptTokens else {
            throw refusal("its text encoder takes \(text.maxPositions) tokens, a prompt has \(promptTokens)")
        }
        let coarsest = pictures.downsampling << (unet.levels - 1)
        guard Limits.sideMultiple % coarsest == 0 else {
            throw refusal(
                "its coarsest cells are \(coarsest) pixels wide, which do not divide the \(Limits.sideMultiple) that pictures' sides are "
                    + "multiples of")
        }
    }
}
