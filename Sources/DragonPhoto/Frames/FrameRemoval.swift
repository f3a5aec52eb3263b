import DragonEdit
import DragonImage
import DragonTensor

/// A frame of an animation, and the object that is to leave it.
public struct Frame: Sendable {
    /// The frame.
    public let photo: PictureSource
    /// The object, of its size; empty where it is not seen.
    public let object: Mask

    /// A frame and the object on it.
    public init(photo: PictureSource, object: Mask) { (self.photo, self.object) = (photo, object) }
}

/// What no frame of a standing camera shows: it is filled once, in one of them, and the same for all, so that nothing flickers.
public struct FrameGap: Sendable {
    /// The frame that it is filled in, all else that was hidden being filled.
    public let photo: PictureSource
    /// The pixels to fill.
    public let mask: Mask

    /// The edit that fills it. It ends at the mask: what is around it is known, and more of the same.
    public func edit(_ settings: EditSettings) -> PhotoEdit {
        var settings = settings
        settings.leaveHolesToTexture()
        settings.margins.grow = 0
        return PhotoEdit(photo: photo, mode: Remove(object: mask), settings: settings)
    }
}

/// An object taken out of the frames of an animation. What it hides is taken from the nearest frames that show it, as long as
/// the camera stands still, with their brightness made the frame's.
public struct FrameRemoval: Sendable {
    private let frames: [Frame]
    /// The part of the frames that is looked at.
    private let part: PixelBox
    private let isHidden: [[Bool]]
    private let shots: [Shot]

    /// Fills from other frames what can be.
    ///
    /// - Parameter margins: how far beyond its mask an object is taken out.
    /// - Throws: ``EditError`` for frames and masks that do not fit together; ``CancellationError``.
    public init(_ frames: [Frame], margins: BlendMargins = BlendMargins(), in context: ComputeContext) throws {
        self.frames = frames
        part = try Self.part(of: frames, margins)
        try Self.checkMemory(frames, part)
        context.job.begin(.fill)
        (isHidden, shots) = try context.job.stoppingPhotoWork { [part] in
            let views = try Self.views(of: frames, part, margins)
            return (views.map(\.isHidden), try Shot.all(of: views))
        }
    }

    /// Around what is hidden in any frame.
    private static func part(of frames: [Frame], _ margins: BlendMargins) throws -> PixelBox {
        guard let size = frames.first?.photo.size else { throw EditError.nothingToDo("there is no frame") }
        for frame in frames {
            guard frame.photo.size == size else {
                throw EditError.size(what: "a frame", found: "\(frame.photo.size)", expected: "the first one's \(size)")
            }
            guard frame.object.size == size else {
                throw EditError.size(what: "a mask", found: "\(frame.object.size)", expected: "its frame's \(size)")
            }
        }
        let boxes = frames.compactMap { $0.object.touched.bounds }
        guard let first = boxes.first else { throw EditError.emptyMask(what: "every mask") }
        let hidden = boxes.reduce(first) { $0.union($1) }.grown(by: Int(margins.grow) + 1)
        return hidden.grown(by: PhotoEdit.margin(around: hidden)).clipped(to: size.box)
    }

    /// Throws where the frames' part, before and after, takes more memory than is free.
    private static func checkMemory(_ frames: [Frame], _ part: PixelBox) throws {
        let (needed, free) = (frames.count * part.width * part.height * 2 * 4 * 4, Machine().freeMemory)
        guard needed <= free else { throw EditError.memory(needed: needed, allowed: free, remedy: .smallerPicture) }
    }

    private static func views(of frames: [Frame], _ part: PixelBox, _ margins: BlendMargins) throws -> [FrameView] {
        let planes = frames.contains { $0.photo.hasAlpha } ? 4 : 3
        return try frames.map { frame in
            try Cancellation.check()
            var colours = frame.photo.colours(in: part)
            while colours.planes.count < planes { colours.planes.append([Float](repeating: 1, count: part.width * part.height)) }
            let hole = Hole(frame.object.touched.cropped(to: part), reach: margins.grow)
            return FrameView(colours: colours, isHidden: colours.planes[0].indices.map { hole.contains($0) })
        }
    }

    /// What is left to fill, once in each stretch of frames without a movement of the camera.
    public var gaps: [FrameGap] { shots.compactMap { gap(of: $0) } }

    private func gap(of shot: Shot) -> FrameGap? {
        guard shot.gap.contains(true) else { return nil }
        let index = shot.start + shot.anchor
        let photo = layer(index, shot.filled[shot.anchor], isHidden[index], madePixels: 0).laid(over: frames[index].photo).colours
        let all = Mask(height: part.height, width: part.width, cells: shot.gap)
        let size = frames[index].photo.size
        return FrameGap(
            photo: PictureSource(width: size.width, height: size.height, hasAlpha: photo.planes.count == 4) { photo.repeated(to: $0) },
            mask: all.cropped(to: PixelBox(x: -part.x, y: -part.y, width: size.width, height: size.height)))
    }

    /// What to lay over each frame.
    ///
    /// - Parameter fills: over each gap's photo, in their order.
    public func layers(_ fills: [EditLayer]) -> [EditLayer] {
        var rest = fills[...]
        return shots.flatMap { shot -> [EditLayer] in
            let fill = shot.gap.contains(true) ? rest.popFirst() : nil
            return shot.filled.indices.map { index in
                guard let fill else { return layer(shot.start + index, shot.filled[index], isHidden[shot.start + index], madePixels: 0) }
                let (colours, isChanged) = shot.finished(index, with: fill, at: part)
                let cells = zip(isChanged, isHidden[shot.start + index]).map { $0 || $1 }
                return layer(shot.start + index, colours, cells, madePixels: fill.madePixels)
            }
        }
    }

    private func layer(_ index: Int, _ colours: Raster, _ cells: [Bool], madePixels: Int) -> EditLayer {
        let photo = frames[index].photo
        let own = Raster(width: colours.width, height: colours.height, planes: Array(colours.planes.prefix(photo.hasAlpha ? 4 : 3)))
        return EditLayer(own, cells.map { $0 ? 1 : 0 }, at: part, of: photo, madePixels: madePixels)
    }
}
