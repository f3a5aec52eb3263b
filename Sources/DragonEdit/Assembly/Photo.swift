/// A photo of any size and depth, read a part at a time.
public struct Photo: Sendable {
    /// Columns.
    public let width: Int
    /// Rows.
    public let height: Int
    private let read: @Sendable (PixelBox) -> Raster

    /// - Parameter read: the colours in a box, three planes of 0 … 1 as displayed; beyond the photo its border repeats.
    public init(width: Int, height: Int, read: @escaping @Sendable (PixelBox) -> Raster) {
        (self.width, self.height, self.read) = (width, height, read)
    }

    func colours(in box: PixelBox) -> Raster { read(box) }

    /// The part from the upper left corner on, as the networks take it.
    func working(height: Int, width: Int) -> WorkingPicture {
        WorkingPicture(colours(in: PixelBox(x: 0, y: 0, width: width, height: height)))
    }
}

/// What to do to a photo, in its own pixels.
public enum PhotoAction: Sendable {
    /// Moves the masked object by a displacement and resizes it about its box's centre.
    case move(object: Mask, by: Point, resize: Double, fill: Mask?)
    /// Drags handles to targets within a region; nil derives one from the points.
    case drag(region: Mask?, handles: [Point], targets: [Point])
    /// Drags handles to targets, everything being editable.
    case landmark(handles: [Point], targets: [Point])
    /// Gives the masked object the appearance of the reference's.
    case appearance(object: Mask, reference: Photo, referenceObject: Mask)
    /// Lays the reference's masked object into the photo, shifted by an offset and resized about its box's centre.
    case paste(object: Mask, reference: Photo, offset: Point, resize: Double)

    /// The mode that it belongs to.
    public var mode: EditMode {
        switch self {
        case .move: .move
        case .drag: .drag
        case .landmark: .landmark
        case .appearance: .appearance
        case .paste: .paste
        }
    }
}

extension PhotoAction {
    /// Whether it is a move that keeps its place.
    public var resizes: Bool { if case .move(_, let by, _, _) = self { by == Point(x: 0, y: 0) } else { false } }

    /// The mode whose machinery does it: a move onto a plate is a paste.
    public func workingMode(usesPlate: Bool) -> EditMode { usesPlate && mode == .move ? .paste : mode }

    /// The same on a working grid that is the photo itself.
    ///
    /// - Parameter reference: the second picture; nil takes the action's, from its upper left corner on.
    public func onGrid(height: Int, width: Int, reference given: WorkingPicture? = nil) -> EditRequest.Action {
        switch self {
        case .move(let object, let displacement, let resize, let fill):
            return .move(object: object, by: displacement, resize: resize, fill: fill)
        case .drag(let region, let handles, let targets):
            return .drag(
                region: region ?? Mask.around(handles: handles, targets: targets, height: height, width: width), handles: handles,
                targets: targets)
        case .landmark(let handles, let targets): return .landmark(handles: handles, targets: targets)
        case .appearance(let object, let reference, let referenceObject):
            return .appearance(
                object: object, reference: given ?? reference.working(height: height, width: width), referenceObject: referenceObject)
        case .paste(let object, let reference, let offset, _):
            return .paste(object: object, reference: given ?? reference.working(height: height, width: width), offset: offset)
        }
    }
}

/// An edited part of a photo: laid over the photo by its coverage, it gives the edited photo. Where the coverage is 0 the
/// photo's own pixels stay, bit for bit.
public struct EditLayer: Sendable {
    /// Where the layer lies in the photo.
    public let box: PixelBox
    /// Three planes of 0 … 1 as displayed.
    public let colours: Raster
    /// 0 … 1, row by row.
    public let coverage: [Float]
}

extension EditLayer {
    /// The part of a box that lies in the photo and covers anything.
    init(_ colours: Raster, _ coverage: [Float], at box: PixelBox, of photo: Photo) {
        let covered = Mask(height: box.height, width: box.width, cells: coverage.map { $0 > 0 })
        let inside = PixelBox(x: -box.x, y: -box.y, width: photo.width, height: photo.height)
        let part = (covered.bounds ?? PixelBox(x: max(0, -box.x), y: max(0, -box.y), width: 1, height: 1)).clipped(to: inside)
        let take = { (plane: [Float]) in
            (part.y..<part.endY).flatMap { y in plane[y * box.width + part.x..<y * box.width + part.endX] }
        }
        self.init(
            box: PixelBox(x: part.x + box.x, y: part.y + box.y, width: part.width, height: part.height),
            colours: Raster(width: part.width, height: part.height, planes: colours.planes.map(take)), coverage: take(coverage))
    }
}
