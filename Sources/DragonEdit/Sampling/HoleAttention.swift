import DragonImage
import DragonModel
import DragonTensor

/// Self-attention by which what is made in a hole looks at its surroundings, so that nothing grows there that was taken away.
///
/// Queries of the hole do not see what must not leak into it: an object that was only moved and is there once more (the leak-proof
/// attention of Jiang et al., PixelMan, AAAI 2025, arXiv 2412.14283). In the first steps, which decide what grows, their logits with
/// keys of the hole itself are lowered: softmax over (q·k, factor·q·k′)/√d, k outside and k′ in the hole (the similarity suppression
/// of Sun et al., Attentive Eraser, AAAI 2025, arXiv 2412.12974). All other queries see everything. As there it is the decoder's
/// layers that attend so.
final class HoleAttention: SelfAttentionExchange {
    /// What logits with keys of the hole itself are multiplied by.
    static let factor: Float = 0.3
    /// Share of the steps in which they are.
    private static let loweredShare = 0.2

    /// Whether logits with the hole's own keys are lowered.
    var lowersOwn = false
    private let made: Mask
    private let unseen: Mask
    /// Columns of a layer by its number of tokens: those of the hole, and those that they see elsewhere.
    private var columns: [Int: (made: [Int], visible: [Int])] = [:]

    /// - Parameters:
    ///   - made: the hole, in cells of the latent.
    ///   - unseen: what it must not see, likewise; what belongs to the hole is seen.
    init(made: Mask, unseen: Mask) { (self.made, self.unseen) = (made, unseen) }

    /// Whether a step of a run is one of the first.
    static func lowersOwn(at step: Int, of steps: Int) -> Bool { Double(step) < loweredShare * Double(steps) }

    func exchange(layer: Int, input: Tensor, project: KeyProjection, in context: ComputeContext) throws -> Attended {
        let all = try project(input)
        var attended = Attended([all])
        let (made, visible) = columns(tokens: input.columns)
        let isWhole = !lowersOwn && made.count + visible.count == input.columns
        guard !made.isEmpty, !visible.isEmpty, !isWhole else { return attended }
        let own = try all.columns(made, in: context)
        let key = lowersOwn ? try own.key.scaled(by: Self.factor, in: context) : own.key
        attended.blinkered = (made, [try all.columns(visible, in: context), KeysAndValues(key: key, value: own.value)])
        return attended
    }

    private func columns(tokens: Int) -> (made: [Int], visible: [Int]) {
        if let known = columns[tokens] { return known }
        let grid = made.grid(tokens: tokens)
        let hole = made.coarsened(height: grid.height, width: grid.width)
        let hidden = unseen.coarsened(height: grid.height, width: grid.width)
        let found = (made: hole.indices, visible: (!(hole | hidden)).indices)
        columns[tokens] = found
        return found
    }
}
