import DragonImage
import DragonModel

/// The inputs of a recorded edit: picture, masks, token ids and noise, as safetensors of `input.*`.
public struct Replay: Sendable {
    /// The picture.
    public let picture: WorkingPicture
    /// The mask that the mode calls its mask, where there is one.
    public let mask: Mask?
    /// What a vacated place should look like.
    public let inpaintMask: Mask?
    /// The second picture.
    public let reference: WorkingPicture?
    /// The object in the second picture.
    public let referenceMask: Mask?
    /// Token ids of the prompts.
    public let prompts: EditPrompts
    /// For each noisy step, for each repetition.
    private let noise: [[[Float]]]

    /// Reads a file.
    ///
    /// - Throws: ``ModelError``; a tensor of the wrong kind is named.
    public init(file path: String) throws {
        let file = try SafetensorsFile(path)
        picture = try Self.picture("input.image", file)
        mask = try Self.mask("input.mask", file)
        inpaintMask = try Self.mask("input.inpaint_mask", file)
        reference = file.entry("input.reference") == nil ? nil : try Self.picture("input.reference", file)
        referenceMask = try Self.mask("input.reference_mask", file)
        prompts = EditPrompts(
            base: try file.integers("input.prompt"), empty: try file.integers("input.empty"),
            reference: file.entry("input.reference_prompt") == nil ? nil : try file.integers("input.reference_prompt"))
        noise = try Self.noise(file)
    }

    /// Noise for (step, repetition) of the regional SDE; nil where the file holds none.
    public var recordedNoise: ((Int, Int) -> [Float])? {
        guard let first = noise.first?.first else { return nil }
        let all = noise
        return { step, repetition in
            let index = step - PublishedSchedule.noisy.lowerBound
            guard all.indices.contains(index), all[index].indices.contains(repetition) else {
                return Array(repeating: 0, count: first.count)
            }
            return all[index][repetition]
        }
    }

    private static func picture(_ name: String, _ file: SafetensorsFile) throws -> WorkingPicture {
        let weight = try file.weight(name)
        guard weight.shape.count == 4, weight.shape[0] == 1, weight.shape[1] == 3 else {
            throw ModelError.shapeMismatch(key: name, expected: [1, 3, 64, 64], found: weight.shape, file: file.path)
        }
        return WorkingPicture(height: weight.shape[2], width: weight.shape[3], values: weight.floats())
    }

    private static func mask(_ name: String, _ file: SafetensorsFile) throws -> Mask? {
        guard file.entry(name) != nil else { return nil }
        let weight = try file.weight(name)
        guard weight.shape.count == 2 else {
            throw ModelError.shapeMismatch(key: name, expected: [64, 64], found: weight.shape, file: file.path)
        }
        return Mask(height: weight.shape[0], width: weight.shape[1], cells: weight.floats().map { $0 > 0.5 })
    }

    private static func noise(_ file: SafetensorsFile) throws -> [[[Float]]] {
        guard file.entry("input.noise") != nil else { return [] }
        let weight = try file.weight("input.noise")
        guard weight.shape.count == 5 else {
            throw ModelError.shapeMismatch(key: "input.noise", expected: [9, 3, 4, 8, 8], found: weight.shape, file: file.path)
        }
        let repetitions = weight.shape[1]
        return (0..<weight.shape[0]).map { step in
            let all = weight.rows(step..<step + 1).reshaped([repetitions] + weight.shape[2...])
            return (0..<repetitions).map { all.rows($0..<$0 + 1).floats() }
        }
    }
}
