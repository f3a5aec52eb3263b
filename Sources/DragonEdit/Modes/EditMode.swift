import DragonImage
import DragonModel

/// The modes, by the names that options, files, reports and the C interface know them by: a row each. (The C interface numbers
/// them in this order.)
public enum EditModeName: String, Sendable, CaseIterable {
    /// Moves an object and fills its old place.
    case move
    /// A move that keeps its place.
    case resize
    /// Drags the content under handles to targets, within a region.
    case drag
    /// Aligns points without a region.
    case landmark
    /// Gives an object the appearance of another picture's.
    case appearance
    /// Lays another picture's object into this one.
    case paste
    /// Takes objects out of the picture.
    case remove

    /// What does it.
    public var type: any EditMode.Type {
        switch self {
        case .move, .resize: Move.self
        case .drag: Drag.self
        case .landmark: Landmark.self
        case .appearance: Appearance.self
        case .paste: Paste.self
        case .remove: Remove.self
        }
    }
}

/// A way to edit a picture. What the engine must know of it stands in its type's file: what it needs of the user, what it
/// touches, what it lays and fills in the picture's own pixels, and the energies that steer the network.
public protocol EditMode: Sendable {
    /// What it is called.
    static var name: EditModeName { get }
    /// Its published numbers (ALGORITHM section 5).
    static var published: EditParameters { get }

    /// From what the user gave, in pixels of the picture.
    ///
    /// - Throws: ``EditError/missing(_:)``, naming what the mode cannot do without.
    init(_ given: ModeInputs) throws

    /// The name whose numbers it runs with.
    var name: EditModeName { get }
    /// What it was given.
    var inputs: ModeInputs { get }

    /// What it touches of a picture of that size.
    ///
    /// - Throws: ``EditError`` for what cannot be met.
    func footprint(on canvas: PixelSize, usesPlate: Bool) throws -> Footprint

    /// What it does to the picture's own pixels, before any network.
    func compose(_ canvas: EditCanvas) throws -> Composition

    /// The same edit on the working grid.
    func working(_ canvas: EditCanvas, _ composition: Composition) -> any WorkingEdit

    /// The edit on a working grid that is the picture itself, the reference likewise.
    func working(on grid: PixelSize) -> any WorkingEdit
}

extension EditMode {
    /// The type's own name.
    public var name: EditModeName { Self.name }
}

/// What a user can give to an edit, in pixels of the picture or of the reference. Each mode takes what is its own.
public struct ModeInputs: Sendable {
    /// Of the picture's size: the object, or the region that may change. Pasting: none.
    public var mask: Mask?
    /// Of the picture's size: what a vacated place should look like.
    public var likeness: Mask?
    /// The second picture.
    public var reference: PictureSource?
    /// The object in the second picture.
    public var referenceMask: Mask?
    /// Points whose content is dragged.
    public var handles: [Point] = []
    /// Where it goes, in step.
    public var targets: [Point] = []
    /// Of the picture's size: what the handles hold, where the rest of the picture is to stay as it is.
    public var held: Mask?
    /// How a drag bends what it holds.
    public var bend = DragBend.auto
    /// Of the picture's size: what an object casts on its ground, a shadow or a reflection, which goes where it goes.
    public var shadow: Mask?
    /// Shift of an object; of a pasted one from the reference's pixels to the picture's.
    public var displacement = Point.zero
    /// Factor of an object's size about its box's middle.
    public var resize = 1.0
    /// How an object is turned about its box's middle.
    public var turn = Turn.none

    /// Nothing yet.
    public init() {}

    /// Whether all is the same but for the reference's pixels, which are not read.
    package func isSame(as other: ModeInputs) -> Bool {
        mask == other.mask && likeness == other.likeness && referenceMask == other.referenceMask && handles == other.handles
            && targets == other.targets && displacement == other.displacement && resize == other.resize
            && turn == other.turn && bend == other.bend && held == other.held && shadow == other.shadow
            && reference?.size == other.reference?.size
    }
}

/// What a mode can lack.
public enum ModeInput: String, Sendable, Equatable, CaseIterable {
    /// The object on the picture.
    case mask = "the mask"
    /// The second picture.
    case reference = "the reference"
    /// The object on it.
    case referenceMask = "the reference's mask"
}

extension ModeInputs {
    /// What a mode cannot do without.
    func required<Value>(_ value: Value?, _ what: ModeInput) throws -> Value {
        guard let value else { throw EditError.missing(what) }
        return value
    }
}

/// What an edit touches of a picture, in its pixels.
public struct Footprint: Sendable {
    /// Everything that it reads or changes.
    package let affected: PixelBox
    /// Where an object goes.
    package var placement: Placement?
    /// Where a drag may change the picture; nil is everywhere.
    package var region: Mask?
    /// The picture that an object is carried from.
    package var source: PixelSize?
    /// What is filled with texture: its box and its number of pixels.
    package var filled: (box: PixelBox, count: Int)?

    package init(
        affected: PixelBox, placement: Placement? = nil, region: Mask? = nil, source: PixelSize? = nil,
        filled: (box: PixelBox, count: Int)? = nil
    ) {
        (self.affected, self.placement, self.region) = (affected, placement, region)
        (self.source, self.filled) = (source, filled)
    }
}
