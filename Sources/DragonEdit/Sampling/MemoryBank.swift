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
///
/// What is kept is the one array that a layer makes both of: half the memory for two small products when they are mixed in, in place
/// of the layer's own.
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
    /// By step, layer and picture, the layer's input; what not every query may see comes last.
    private var entries: [Int: [Int: [Int: [Kept]]]] = [:]
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

    /// Whether a step is there.
    func has(step: Int) -> Bool { entries[step] != nil }

    /// Drops a step that was used, for the last time unless the bank is used again.
    func forget(step: Int) { if !isReused { entries[step] = nil } }

    func exchange(layer: Int, input: Tensor, project: KeyProjection, in context: ComputeContext) throws -> Attended {
        switch phase {
        case .record(let step, let pictures):
            if isActive(at: step) { try record(step, layer, input, pictures, in: context) }
        case .mix(let step):
            guard isActive(at: step), let recorded = recorded(step, layer) else { break }
            let kept = try (recorded + (anchor?.recorded(step, layer) ?? []))
                .map { picture in try picture.map { try project($0.tensor(in: context)) } }
            var attended = Attended(kept.flatMap { $0 })
            if case .append = mixing { attended.parts.insert(try project(input), at: 0) }
            if let left = partition(tokens: input.columns)?.left { attended.blinkered = (left, kept.map { $0[0] }) }
            if !attended.parts.isEmpty { return attended }
        }
        return Attended([try project(input)])
    }

    private func record(
        _ step: Int, _ layer: Int, _ input: Tensor, _ pictures: [(item: Int, picture: Int)], in context: ComputeContext
    ) throws {
        for (item, picture) in pictures {
            let selected = try selected(input, item, picture, in: context)
            entries[step, default: [:]][layer, default: [:]][picture] = selected.columns == 0 ? nil : try kept(selected, in: context)
        }
    }

    /// What is kept of each picture; nil where there is nothing.
    private func recorded(_ step: Int, _ layer: Int) -> [[Kept]]? {
        entries[step]?[layer]?.sorted { $0.key < $1.key }.map(\.value)
    }

    /// Bytes of what is kept.
    var memory: Int {
        entries.values.flatMap(\.values).flatMap(\.values).joined().reduce(0) { $0 + $1.memory }
    }

    /// A layer's input, an object's own part apart from the rest where something must not see it.
    private func kept(_ input: Tensor, in context: ComputeContext) throws -> [Kept] {
        guard let (object, rest, _) = partition(tokens: input.columns), !rest.isEmpty else {
            return [try Kept(input, precision, in: context)]
        }
        return try [rest, object].map { try Kept(input.columns($0, in: context), precision, in: context) }
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

    /// What of a picture's layer is mixed in later: all, or the base's background and the reference's foreground.
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

/// A layer's input as it is kept.
private enum Kept {
    case single(Tensor)
    case halves(HalfTensor)

    init(_ tensor: Tensor, _ precision: MemoryBank.Precision, in context: ComputeContext) throws {
        self = precision == .float32 ? .single(tensor) : .halves(try HalfTensor(tensor, in: context))
    }

    func tensor(in context: ComputeContext) throws -> Tensor {
        switch self {
        case .single(let tensor): tensor
        case .halves(let halves): try halves.widened(in: context)
        }
    }

    var memory: Int {
        switch self {
        case .single(let tensor): tensor.count * MemoryLayout<Float>.size
        case .halves(let halves): halves.memory
        }
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
