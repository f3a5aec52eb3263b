import DragonModel
import DragonTensor

/// How recorded keys and values meet the decoder's own (ALGORITHM section 4).
enum BankMixing {
    /// Instead of them, from step 5 on: moving.
    case replace
    /// After them, from step 5 on: dragging, landmarks.
    case append
    /// Instead of them, up to step 35: the base picture's tokens outside `background` (of the picture's size), followed by
    /// the reference's inside `foreground`.
    case compose(foreground: Mask, background: Mask)

    /// Whether the bank is used at a published step, 0 being the noisiest.
    func isActive(at step: Int) -> Bool {
        switch self {
        case .replace, .append: step >= 5
        case .compose: step <= 35
        }
    }
}

/// Keys and values of the decoder's self-attention, recorded during inversion and mixed into sampling
/// (DragonDiffusion, section 3.2).
final class MemoryBank: SelfAttentionExchange {
    /// What the bank does with the layers that ask it.
    enum Phase {
        /// Keeps, for each (item of the batch, picture), what the picture will be asked for.
        case record(step: Int, pictures: [(item: Int, picture: Int)])
        case mix(step: Int)
    }

    /// What is kept of each layer and step.
    enum Precision: Sendable {
        /// Halves: rounding of 5e-4 at most, half the memory.
        case float16
        case float32
    }

    var phase = Phase.mix(step: -1)
    private let mixing: BankMixing
    private let precision: Precision
    private let clock: StepClock
    /// By step, layer and picture.
    private var entries: [Int: [Int: [Int: KeysAndValues]]] = [:]
    /// Columns of a layer's two pictures that are composed, by its number of tokens.
    private var composed: [Int: (background: [Int], foreground: [Int])] = [:]

    init(mixing: BankMixing, precision: Precision, clock: StepClock) {
        (self.mixing, self.precision, self.clock) = (mixing, precision, clock)
    }

    /// Whether steps recorded at `step` will be wanted.
    func isActive(at step: Int) -> Bool { mixing.isActive(at: clock.published(step)) }

    /// Whether a step's keys and values are there.
    func has(step: Int) -> Bool { entries[step] != nil }

    /// Drops a step that was used for the last time.
    func forget(step: Int) { entries[step] = nil }

    func exchange(layer: Int, key: Tensor, value: Tensor, in context: ComputeContext) throws -> [KeysAndValues] {
        let own = KeysAndValues(key: key, value: value)
        switch phase {
        case .record(let step, let pictures):
            guard isActive(at: step) else { return [own] }
            for (item, picture) in pictures where keeps(picture, of: pictures.count) {
                let (k, v) = (try selected(key, item, picture, in: context), try selected(value, item, picture, in: context))
                entries[step, default: [:]][layer, default: [:]][picture] = k.columns == 0 ? nil : try kept(k, v, in: context)
            }
            return [own]
        case .mix(let step):
            guard isActive(at: step), let kept = entries[step]?[layer] else { return [own] }
            let parts = kept.sorted { $0.key < $1.key }.map(\.value)
            if case .append = mixing { return [own] + parts }
            return parts.isEmpty ? [own] : parts
        }
    }

    /// Whether a picture is mixed in later: of a warped picture and the one before only the latter is appended.
    private func keeps(_ picture: Int, of count: Int) -> Bool {
        if case .append = mixing { picture == count - 1 } else { true }
    }

    private func kept(_ key: Tensor, _ value: Tensor, in context: ComputeContext) throws -> KeysAndValues {
        switch precision {
        case .float32: KeysAndValues(key: key, value: value)
        case .float16: KeysAndValues(key: try HalfTensor(key, in: context), value: try HalfTensor(value, in: context))
        }
    }

    /// What of a picture's keys or values is mixed in later: all, or the base's background and the reference's foreground.
    private func selected(_ tensor: Tensor, _ item: Int, _ picture: Int, in context: ComputeContext) throws -> Tensor {
        let one = tensor.batch == 1 ? tensor : try tensor.items(item..<item + 1, in: context)
        guard case .compose(let foreground, let background) = mixing else { return one }
        let tokens = tensor.columns
        let columns =
            composed[tokens] ?? (background: (!tokenMask(background, tokens)).indices, foreground: tokenMask(foreground, tokens).indices)
        composed[tokens] = columns
        return try one.columns(picture == 0 ? columns.background : columns.foreground, in: context)
    }

    /// A picture's mask on the grid of a layer with so many tokens.
    private func tokenMask(_ mask: Mask, _ tokens: Int) -> Mask {
        let scale = (Double(mask.height * mask.width) / Double(tokens)).squareRoot()
        let side = { (pixels: Int) in Int(Double(pixels) / scale + 1e-6) }
        return mask.resized(height: side(mask.height), width: side(mask.width))
    }
}
