import DragonModel
import DragonTensor

/// The guidance branch: DDIM inversion of the pictures, whose latents and memory bank steer the generation branch.
final class Inversion {
    let schedule: Schedule
    let bank: MemoryBank
    private let unet: UNet
    /// `[pictures, crossAttentionDim, tokens]`.
    private let text: Tensor
    /// Whether the bank is filled on the way, or for each step anew when it is needed.
    private let keepsBank: Bool
    /// latents[k] after k steps, all pictures in one batch.
    private(set) var latents: [Tensor]

    init(unet: UNet, schedule: Schedule, encoded: Tensor, text: Tensor, bank: MemoryBank, keepsBank: Bool) {
        (self.unet, self.schedule, self.text, self.bank, self.keepsBank) = (unet, schedule, text, bank, keepsBank)
        latents = [encoded]
    }

    private var steps: Int { schedule.timesteps.count }

    /// Takes a known trajectory in place of inverting: latents from the picture's to the noise.
    func adopt(trajectory: [Tensor]) { latents = trajectory }

    /// Inverts (ALGORITHM section 2), recording keys and values where the bank is kept.
    func run(in context: ComputeContext, progress: (Int) -> Void) throws {
        for k in 0..<steps {
            let step = steps - 1 - k
            let t = schedule.timesteps[step]
            let predicted = try record(latents[k], step: step, timestep: t, fills: keepsBank, in: context)
            let move = DDIMStep(
                from: schedule.alpha(t - schedule.stride), to: schedule.alpha(t), prediction: schedule.configuration.predictionType)
            // The network takes the latent to be as noisy as t says.
            let there = DDIMStep(from: schedule.alpha(t), to: 0, prediction: schedule.configuration.predictionType)
            let noise = try there.noise(predicted, latent: latents[k], in: context)
            latents.append(try move.apply(latents[k], noise: noise, in: context))
            progress(k + 1)
        }
    }

    private func record(_ latent: Tensor, step: Int, timestep: Int, fills: Bool, in context: ComputeContext) throws -> Tensor {
        bank.phase = .record(step: step)
        return try unet(latent, timestep: timestep, text: text, exchange: fills ? bank : nil, in: context)
    }

    /// Makes sure that the bank holds a step that is about to be mixed in, recording it anew where it was not kept.
    func provideBank(step: Int, in context: ComputeContext) throws {
        guard bank.isActive(at: step), !bank.has(step: step) else { return }
        _ = try record(latents[steps - 1 - step], step: step, timestep: schedule.timesteps[step], fills: true, in: context)
    }

    /// The pictures' latents at a sampling step's timestep.
    func latents(at step: Int, in context: ComputeContext) throws -> [Tensor] {
        let all = latents[steps - step]
        return try (0..<all.batch).map { try all.items($0..<$0 + 1, in: context) }
    }
}

/// The embeddings of an edit's prompts.
struct EditEmbeddings {
    /// Of the picture's prompt, `[1, crossAttentionDim, tokens]`.
    let base: Tensor
    /// Of the empty prompt, then of the picture's.
    let emptyAndBase: Tensor
    /// Of every picture's prompt.
    let pictures: Tensor

    init(_ request: EditRequest, model: DiffusionModel, in context: ComputeContext) throws {
        base = try model.textEncoder(request.prompt, in: context)
        emptyAndBase = try Tensor.stacked([model.textEncoder(request.emptyPrompt, in: context), base], in: context)
        if request.action.reference == nil {
            pictures = base
        } else {
            let other = try request.referencePrompt.map { try model.textEncoder($0, in: context) } ?? base
            pictures = try Tensor.stacked([base, other], in: context)
        }
    }
}
