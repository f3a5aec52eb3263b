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

    /// Whether the bank is used at a step, 0 being the noisiest.
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
        case record(step: Int)
        case mix(step: Int)
    }

    /// What is kept of each layer and step.
    enum Precision: Sendable {
        /// Halves: rounding of 5e-4 at most, half the memory.
        case float16
        case float32
    }

    var phase = Phase.record(step: 0)
    private let mixing: BankMixing
    private let precision: Precision
    private var entries: [Int: [Int: KeysAndValues]] = [:]
    /// Columns of a layer's two pictures that are composed, by its number of tokens.
    private var composed: [Int: (background: [Int], foreground: [Int])] = [:]
    private(set) var byteCount = 0

    init(mixing: BankMixing, precision: Precision) { (self.mixing, self.precision) = (mixing, precision) }

    /// Whether steps recorded at `step` will be wanted.
    func isActive(at step: Int) -> Bool { mixing.isActive(at: step) }

    /// Whether a step's keys and values are there.
    func has(step: Int) -> Bool { entries[step] != nil }

    /// Drops a step that was used for the last time.
    func forget(step: Int) { entries[step] = nil }

    func exchange(layer: Int, key: Tensor, value: Tensor, in context: ComputeContext) throws -> [KeysAndValues] {
        let own = KeysAndValues(key: key, value: value)
        switch phase {
        case .record(let step):
            if isActive(at: step) { try record(key, value, layer: layer, step: step, in: context) }
            return [own]
        case .mix(let step):
            guard isActive(at: step), let kept = entries[step]?[layer] else { return [own] }
            if case .append = mixing { return [own, kept] }
            return [kept]
        }
    }

    private func record(_ key: Tensor, _ value: Tensor, layer: Int, step: Int, in context: ComputeContext) throws {
        let (k, v) = (try selected(key, in: context), try selected(value, in: context))
        switch precision {
        case .float32: entries[step, default: [:]][layer] = KeysAndValues(key: k, value: v)
        case .float16:
            entries[step, default: [:]][layer] = KeysAndValues(
                key: try HalfTensor(k, in: context), value: try HalfTensor(v, in: context))
        }
        byteCount += 2 * k.count * (precision == .float16 ? 2 : 4)
    }

    /// What of a layer's keys or values is mixed in later.
    private func selected(_ tensor: Tensor, in context: ComputeContext) throws -> Tensor {
        guard case .compose(let foreground, let background) = mixing else { return tensor }
        let tokens = tensor.columns
        let columns =
            composed[tokens] ?? (background: (!tokenMask(background, tokens)).indices, foreground: tokenMask(foreground, tokens).indices)
        composed[tokens] = columns
        let base = try tensor.items(0..<1, in: context).columns(columns.background, in: context)
        let reference = try tensor.items(1..<2, in: context).columns(columns.foreground, in: context)
        return try base.concatenatingColumns(reference, in: context)
    }

    /// A picture's mask on the grid of a layer with so many tokens.
    private func tokenMask(_ mask: Mask, _ tokens: Int) -> Mask {
        let scale = (Double(mask.height * mask.width) / Double(tokens)).squareRoot()
        let side = { (pixels: Int) in Int(Double(pixels) / scale + 1e-6) }
        return mask.resized(height: side(mask.height), width: side(mask.width))
    }
}
