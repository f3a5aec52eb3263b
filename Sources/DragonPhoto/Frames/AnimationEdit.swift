import DragonEdit
import DragonImage
import DragonModel
import DragonTensor

/// One edit of all frames of an animation. What objects leave is taken from other frames that show it; where the network has a part,
/// its keys and values of one frame, the anchor, stand beside every frame's own, and the seed is the same, so that nothing flickers.
public struct AnimationEdit: Sendable {
    private let frames: [PhotoEdit]

    /// - Parameter frames: a frame each, in order, of one mode and size, under the settings of the first one. An object's mask is empty
    ///   where it is not seen. Holes that the network would repaint in each frame for itself are left to texture.
    /// - Throws: ``EditError`` for frames that do not fit together.
    public init(_ frames: [PhotoEdit]) throws {
        guard let first = frames.first else { throw EditError.nothingToDo("there is no frame") }
        for frame in frames where frame.photo.size != first.photo.size {
            throw EditError.size(what: "a frame", found: "\(frame.photo.size)", expected: "the first one's \(first.photo.size)")
        }
        for frame in frames where type(of: frame.mode).name != type(of: first.mode).name {
            throw EditError.mixedModes(type(of: frame.mode).name, type(of: first.mode).name)
        }
        self.frames = frames.map { frame in
            var frame = frame
            frame.settings = first.settings
            frame.settings.leaveHolesToTexture()
            return frame
        }
    }

    /// Runs it.
    ///
    /// - Returns: what to lay over each frame. It covers nothing where there is nothing to do.
    public func run(_ model: DiffusionModel, prompts: EditPrompts, in context: ComputeContext) throws -> [EditLayer] {
        let isRemoval = frames[0].mode.name == .remove
        let grounds = try grounds(model, prompts, isRemoval: isRemoval, in: context)
        if isRemoval, let grounds { return grounds }
        return try edited(over: grounds, model, prompts, in: context)
    }

    /// Each frame without its object; nil where the edit leaves no place empty.
    private func grounds(
        _ model: DiffusionModel, _ prompts: EditPrompts, isRemoval: Bool, in context: ComputeContext
    ) throws -> [EditLayer]? {
        let settings = frames[0].settings
        guard settings.usesPlate, frames.contains(where: { $0.mode.vacated != nil }) else { return nil }
        let parts = frames.count + (isRemoval ? 0 : frames.count)
        context.job.begin(round: 0, of: parts)
        let removal = try FrameRemoval(
            frames.map { Frame(photo: $0.photo, object: $0.mode.vacated ?? Mask(height: $0.photo.height, width: $0.photo.width)) },
            margins: settings.margins, in: context)
        let gaps = removal.gaps
        let fills = try gaps.enumerated().map { index, gap in
            context.job.begin(round: index * frames.count / gaps.count, of: parts)
            return try gap.edit(settings).run(model, prompts: prompts, in: context)
        }
        return removal.layers(fills)
    }

    /// Frames one after the other, the anchor first.
    private func edited(
        over grounds: [EditLayer]?, _ model: DiffusionModel, _ prompts: EditPrompts, in context: ComputeContext
    ) throws -> [EditLayer] {
        let wanted = frames.indices.filter { frames[$0].usesObject }
        guard !wanted.isEmpty else { throw EditError.emptyMask(what: "every mask") }
        let anchor = wanted[wanted.count / 2]
        let order = [anchor] + wanted.filter { $0 != anchor }
        let cache = PreparationCache()
        var layers = grounds ?? frames.map { EditLayer(untouched: $0.photo) }
        for (round, index) in order.enumerated() {
            context.job.begin(round: round + (grounds == nil ? 0 : order.count), of: order.count * (grounds == nil ? 1 : 2))
            var edit = frames[index]
            edit.ground = grounds.map { $0[index].laid(over: edit.photo).colours }
            var options = EditOptions()
            options.anchor = cache.guidanceBranch
            if let anchor = options.anchor { options.memoryLimit = edit.settings.memoryLimit.map { $0 - anchor.bankMemory } }
            layers[index] = try edit.run(
                model, prompts: prompts, options: options, reusing: round == 0 && order.count > 1 ? cache : nil, in: context)
        }
        return layers
    }
}

extension PhotoEdit {
    /// Whether there is anything on the frame to edit.
    fileprivate var usesObject: Bool { mode.inputs.mask.map { $0.touched.bounds != nil } ?? true }
}

extension EditMode {
    /// What leaves its place, with its shadow; nil where nothing does.
    fileprivate var vacated: Mask? {
        let given = inputs
        guard [.move, .resize, .remove].contains(name), let object = given.mask else { return nil }
        return given.shadow.map { object.joined(with: $0) } ?? object
    }
}
