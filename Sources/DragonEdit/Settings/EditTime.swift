import DragonModel
import DragonTensor
import Synchronization

/// How long edits take on this machine, about: by the network's operations, and by how fast this machine multiplies.
public enum EditTime {
    /// Of a machine that multiplies matrices at a pace, a network gets through its operations at this share of it.
    private static let share = 0.8

    private static let measured = Mutex<Double?>(nil)

    /// Seconds of an edit of one picture on a square window.
    ///
    /// - Parameters:
    ///   - parameters: what it runs with.
    ///   - side: of the window, in pixels.
    /// - Returns: nil where the machine could not be measured.
    public static func seconds(_ parameters: EditParameters, side: Int, on files: ModelFiles) -> Double? {
        guard let pace = try? operationsPerSecond() else { return nil }
        let cells = side / files.autoencoderConfiguration.downsampling
        return parameters.cost(isInpainting: files.unetConfiguration.isInpainting)
            * files.unetConfiguration.operations(height: cells, width: cells) / (pace * share)
    }

    /// How many operations a second this machine's matrix products have; measured once, in some hundredths of a second.
    private static func operationsPerSecond() throws -> Double {
        if let known = measured.withLock({ $0 }) { return known }
        let (channels, columns) = (1280, 1024)
        let context = ComputeContext(precision: .auto)
        let weight = Weight(shape: [channels, channels], values: Array(repeating: 0.5, count: channels * channels))
        let input = try Tensor(repeating: 0.5, shape: [1, channels, columns], in: context)
        var best = Double.infinity
        for _ in 0..<3 {
            let time = try ContinuousClock().measure { _ = try input.linear(weight, in: context) }
            best = min(best, time / .seconds(1))
        }
        let found = 2 * Double(channels * channels * columns) / max(best, 1e-6)
        measured.withLock { $0 = found }
        return found
    }
}

extension EditParameters {
    /// Of a whole edit of one picture, a prediction of the noise being the unit.
    func cost(isInpainting: Bool) -> Double {
        let parts = method == .inpainting ? inpaintingParts(isInpainting: isInpainting) : inversionParts(pictures: 1)
        return parts.reduce(0) { $0 + $1.cost }
    }

    /// The work of an edit that inverts given pictures.
    func inversionParts(pictures: Double) -> [Job.Part] {
        [Job.Part(.encode, cost: pictures), Job.Part(.invert, steps: steps - firstStep, cost: pictures)] + samplingParts(pictures: pictures)
    }

    /// The work after an inversion.
    func samplingParts(pictures: Double) -> [Job.Part] {
        let schedule = PublishedSchedule(self)
        let sample = (min(firstStep, steps)..<steps).map { step in
            let prediction: Double = schedule.guidanceScale(at: step) == 1 ? 1 : 2
            // Features of each reference, features of the latent, whose encoder's part serves the prediction too, and more than twice
            // that back: two gradients side by side.
            let guidance = (schedule.keepsFeatures(step) ? 0 : 0.9 * pictures) + 0.9 - 0.4 + 2.4
            let once = prediction + (schedule.guides(step) ? guidance : 0)
            return once * Double(schedule.repetitions(step)) + Double(schedule.repetitions(step) - 1)
        }
        return [Job.Part(.sample, costs: sample), Job.Part(.decode, cost: 2)]
    }

    /// The work of painting in.
    ///
    /// - Parameter isInpainting: whether the model takes the picture's surroundings, which are encoded too.
    func inpaintingParts(isInpainting: Bool) -> [Job.Part] {
        [
            Job.Part(.encode, cost: isInpainting ? 2 : 1),
            Job.Part(.sample, steps: max(0, steps - firstStep), cost: guidanceScale == 1 ? 1 : 2), Job.Part(.decode, cost: 4),
        ]
    }
}
