import DragonImage
import DragonModel
import DragonTensor

/// How recorded keys and values meet the decoder's own (ALGORITHM section 4; at which steps, ``PublishedSchedule`` says).
public enum BankMixing: Sendable, Equatable {
    /// Instead of them: moving.
    case replace
    /// After them: dragging, landmarks.
    case append
    /// Instead of them: the base picture's tokens outside `background` (of the picture's size), followed by the reference's
    /// inside `foreground`.
    case compose(foreground: Mask, background: Mask)
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
    /// Of another frame, whose keys and values are mixed in beside these.
    var anchor: MemoryBank?
    private let mixing: BankMixing
    private let precision: Precision
    private let schedule: PublishedSchedule
    /// Whether steps are kept after their use, for another run.
    private let isReused: Bool
    /// What an object leaves, which must not see the object that it is rid of; nil where all is seen by all.
    private let vacated: VacatedCells?
    /// By step, layer and picture; what not every query may see comes last.
    private var entries: [Int: [Int: [Int: [KeysAndValues]]]] = [:]
    /// Columns of a layer's two pictures that are composed, by its number of tokens.
    private var composed: [Int: (background: [Int], foreground: [Int])] = [:]
    /// Columns of a layer that hide from those that are left, by its number of tokens.
    private var parted: [Int: (object: [Int], rest: [Int], left: [Int])] = [:]

    init(mixing: BankMixing, precision: Precision, schedule: PublishedSchedule, isReused: Bool, vacated: VacatedCells? = nil) {
        (self.mixing, self.precision, self.schedule, self.isReused) = (mixing, precision, schedule, isReused)
        self.vacated = vacated
    }

    /// Whether steps recorded at `step` will be wanted.
    func isActive(at step: Int) -> Bool { schedule.mixes(mixing, at: step) }

    /// Whether a step's keys and values are there.
    func has(step: Int) -> Bool { entries[step] != nil }

    /// Drops a step that was used, for the last time unless the bank is used again.
    func forget(step: Int) { if !isReused { entries[step] = nil } }

    func exchange(layer: Int, key: Tensor, value: Tensor, in context: ComputeContext) throws -> Attended {
        let own = Attended([KeysAndValues(key: key, value: value)])
        switch phase {
        case .record(let step, let pictures):
            guard isActive(at: step) else { return own }
            for (item, picture) in pictures where keeps(picture, of: pictures.count) {
                let (k, v) = (try selected(key, item, picture, in: context), try selected(value, item, picture, in: context))
                entries[step, default: [:]][layer, default: [:]][picture] = k.columns == 0 ? nil : try kept(k, v, in: context)
            }
            return own
        case .mix(let step):
            guard isActive(at: step), var kept = pictures(step: step, layer: layer) else { return own }
            kept += anchor?.pictures(step: step, layer: layer) ?? []
            var attended = Attended(kept.flatMap { $0 })
            if case .append = mixing { attended.parts = own.parts + attended.parts }
            if let left = partition(tokens: key.columns)?.left { attended.blinkered = (left, kept.map { $0[0] }) }
            return attended.parts.isEmpty ? own : attended
        }
    }

    /// Keys and values of each picture; nil where there are none.
    private func pictures(step: Int, layer: Int) -> [[KeysAndValues]]? {
        entries[step]?[layer]?.sorted { $0.key < $1.key }.map(\.value)
    }

    /// Bytes of what is kept.
    var memory: Int {
        entries.values.flatMap(\.values).flatMap(\.values).joined().reduce(0) { $0 + $1.memory }
    }

    /// Whether a picture is mixed in later: of a warped picture and the one before only the latter is appended.
    private func keeps(_ picture: Int, of count: Int) -> Bool {
        if case .append = mixing { picture == count - 1 } else { true }
    }

    /// The keys and values, an object's own apart from the rest where something must not see them.
    private func kept(_ key: Tensor, _ value: Tensor, in context: ComputeContext) throws -> [KeysAndValues] {
        guard let (object, rest, _) = partition(tokens: key.columns), !rest.isEmpty else { return [try packed(key, value, in: context)] }
        return try [rest, object].map { part in
            try packed(key.columns(part, in: context), value.columns(part, in: context), in: context)
        }
    }

    /// A layer's tokens that the object touches, the others, and those that must not see it; nil where all is seen by all.
    private func partition(tokens: Int) -> (object: [Int], rest: [Int], left: [Int])? {
        guard let vacated else { return nil }
        if let known = parted[tokens] { return known }
        let grid = vacated.object.grid(tokens: tokens)
        let object = vacated.object.coarsened(height: grid.height, width: grid.width)
        let left = vacated.left.coarsened(height: grid.height, width: grid.width)
        let found = (object: object.indices, rest: (!object).indices, left: left.indices)
        parted[tokens] = found
        return found
    }

    private func packed(_ key: Tensor, _ value: Tensor, in context: ComputeContext) throws -> KeysAndValues {
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
        let grid = mask.grid(tokens: tokens)
        return mask.resized(height: grid.height, width: grid.width)
    }
}

extension Mask {
    /// Sides of a layer with so many tokens, of the mask's proportions.
    func grid(tokens: Int) -> (height: Int, width: Int) {
        let scale = (Double(height * width) / Double(tokens)).squareRoot()
        let side = { (cells: Int) in Int(Double(cells) / scale + 1e-6) }
        return (side(height), side(width))
    }
}
