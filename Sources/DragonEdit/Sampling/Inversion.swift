import DragonModel
import DragonTensor

/// The guidance branch: the pictures' latents at every level of noise, and the memory bank that their passes fill.
///
/// A given picture's latents come from DDIM inversion, a generated one's from its own making.
final class Inversion {
    /// The way of one picture from its latent to noise.
    struct Trajectory {
        /// latents[k] after k steps towards noise, `[1, channels, height, width]` each.
        var latents: [Tensor]
        let conditioning: Conditioning
        /// Whether the latents were sampled, so that a step's prediction was made at its noisier end.
        var isSampled = false
        /// By sampling step, feature maps of the inversion's own pass, where they are wanted.
        var features: [Int: [Tensor]] = [:]
    }

    let sampler: any Sampler
    let bank: MemoryBank
    private let unet: UNet
    /// Whether the bank is filled on the way, or for each step anew when it is needed.
    private let keepsBank: Bool
    private(set) var pictures: [Trajectory]
    /// The sampling step that given pictures are inverted to.
    private let firstStep: Int
    private let schedule: PublishedSchedule

    /// - Parameter pictures: those already sampled whole, the others with their own latent alone.
    init(
        unet: UNet, sampler: any Sampler, pictures: [Trajectory], bank: MemoryBank, keepsBank: Bool, parameters: EditParameters
    ) {
        (self.unet, self.sampler, self.pictures, self.bank, self.keepsBank) = (unet, sampler, pictures, bank, keepsBank)
        (firstStep, schedule) = (parameters.firstStep, PublishedSchedule(parameters))
    }

    private var steps: Int { sampler.timesteps.count }

    /// Inverts what is not sampled (ALGORITHM section 2), recording keys and values where the bank is kept.
    func run(in context: ComputeContext) throws {
        let given = pictures.indices.filter { !pictures[$0].isSampled }
        for k in 0..<steps - firstStep where !given.isEmpty {
            let step = steps - 1 - k
            let latent = try Tensor.stacked(given.map { pictures[$0].latents[k] }, in: context)
            let (predicted, features) = try record(latent, of: given, step: step, fills: keepsBank, in: context)
            for (item, picture) in given.enumerated() where schedule.keepsFeatures(step) {
                pictures[picture].features[step] = try features.map { try $0.items(item..<item + 1, in: context) }
            }
            // The network takes the latent to be as noisy as the step's timestep says.
            let noise = try sampler.noise(predicted, in: latent, at: step, context)
            let next = try sampler.inverse(latent, noise: noise, at: step, context)
            try next.checkFinite(after: "inverting", step: k + 1)
            for (item, picture) in given.enumerated() { pictures[picture].latents.append(try next.items(item..<item + 1, in: context)) }
            context.job.finish(.invert, step: k + 1)
        }
    }

    private func record(
        _ latent: Tensor, of subjects: [Int], step: Int, fills: Bool, in context: ComputeContext
    ) throws -> (predicted: Tensor, features: [Tensor]) {
        bank.phase = .record(step: step, pictures: subjects.enumerated().map { (item: $0, picture: $1) })
        let text = try Tensor.stacked(subjects.map { pictures[$0].conditioning.text }, in: context)
        return try unet.predictionAndFeatures(
            latent, timestep: sampler.timesteps[step], text: text, exchange: fills ? bank : nil, in: context)
    }

    /// Makes sure that the bank holds a step that is about to be mixed in, recording it anew where it was not kept.
    func provideBank(step: Int, in context: ComputeContext) throws {
        guard bank.isActive(at: step), !bank.has(step: step) else { return }
        let latents = pictures.map { $0.latents[$0.isSampled ? steps - step : steps - 1 - step] }
        _ = try record(Tensor.stacked(latents, in: context), of: Array(pictures.indices), step: step, fills: true, in: context)
    }

    /// What the pictures are compared by at a sampling step.
    func references(at step: Int) -> [Reference] {
        pictures.map { picture in picture.features[step].map(Reference.features) ?? .latent(picture.latents[steps - step]) }
    }

    /// The pictures' noisiest latents in one batch.
    func noisiest(in context: ComputeContext) throws -> Tensor {
        try Tensor.stacked(pictures.map { $0.latents[steps - firstStep] }, in: context)
    }
}
