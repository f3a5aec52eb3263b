import ArgumentParser
import DragonEdit
import DragonImage
import DragonSelect

/// What an object casts on its ground.
struct ShadowOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Picture whose bright pixels are the object's shadow or reflection, which goes where it goes.", valueName: "file"))
    var shadow: String?

    @Flag(name: .long, help: "Find the object's shadow beside it, and take it along.")
    var findShadow = false

    func validate() throws {
        guard shadow == nil || !findShadow else { throw ValidationError("give --shadow or --find-shadow, not both") }
    }

    /// Adds the shadow that is found, where one is.
    func search(_ photo: PictureSource, _ given: inout ModeInputs) throws {
        guard findShadow, let object = given.mask else { return }
        given.shadow = try ObjectFinder(photo).shadow(of: object)
    }
}

/// How an object is turned.
struct TurnOptions: ParsableArguments {
    @Option(name: .long, parsing: .unconditional, help: ArgumentHelp("Turn the object clockwise, about its middle.", valueName: "degrees"))
    var rotate = 0.0

    @Flag(name: .long, help: "Mirror the object, left for right, before it is turned.")
    var flip = false

    var turn: Turn { Turn(degrees: rotate, isMirrored: flip) }

    func validate() throws {
        guard rotate.isFinite else { throw ValidationError("--rotate needs a number of degrees") }
    }
}

/// `dragon move`: an object to another place, another size, turned, or all of it.
struct Move: EditCommand {
    static let mode = EditModeName.move
    static let configuration = CommandConfiguration(abstract: "Move, resize or turn an object and fill its old place.")

    @OptionGroup var model: ModelOptions
    @OptionGroup var compute: ComputeOptions
    @OptionGroup var editing: EditingOptions

    @Option(name: .long, help: ArgumentHelp("Picture whose bright pixels are the object.", valueName: "file"))
    var mask: String?

    @Option(name: .long, parsing: .unconditional, help: ArgumentHelp("A point of the object.", valueName: "X,Y"))
    var from: PointArgument

    @Option(name: .long, parsing: .unconditional, help: ArgumentHelp("Where that point should be.", valueName: "X,Y"))
    var to: PointArgument

    @Option(name: .long, parsing: .unconditional, help: "Factor of the object's size, about its middle.")
    var resize = 1.0

    @OptionGroup var turning: TurnOptions

    @Option(name: .long, help: ArgumentHelp("Picture whose bright pixels look as the old place should.", valueName: "file"))
    var inpaintMask: String?

    @OptionGroup var casting: ShadowOptions

    var files: ModeFiles { ModeFiles(mask: mask, likeness: inpaintMask, shadow: casting.shadow) }

    func complete(_ given: inout ModeInputs) {
        given.displacement = Point(x: to.point.x - from.point.x, y: to.point.y - from.point.y)
        (given.resize, given.turn) = (resize, turning.turn)
    }

    func search(_ photo: PictureSource, _ given: inout ModeInputs) throws { try casting.search(photo, &given) }
}

/// `dragon drag`: content from handles to targets.
struct Drag: EditCommand {
    static let mode = EditModeName.drag
    static let configuration = CommandConfiguration(abstract: "Drag the content under points to other points.")

    @OptionGroup var model: ModelOptions
    @OptionGroup var compute: ComputeOptions
    @OptionGroup var editing: EditingOptions

    @Option(
        name: .long, help: ArgumentHelp("Picture whose bright pixels may change; without it, the points' surroundings.", valueName: "file"))
    var mask: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Picture whose bright pixels are the object that is dragged, over what lies behind; without it, the object under the handles is found, within --mask where that is given.",
            valueName: "file"))
    var object: String?

    @Flag(name: .long, help: "Find no object: drag everything around the points, or in --mask.")
    var noObject = false

    @Option(
        name: .long,
        help:
            "auto: a thin part of the object that is held near its end turns about where it begins; soft: all bends; rigid: the object, or what --mask marks, keeps its shape."
    )
    var bend = DragBend.auto

    @Option(
        name: .long, parsing: .unconditionalSingleValue,
        help: ArgumentHelp("From a handle to its target; repeat for more.", valueName: "X,Y:X,Y"))
    var drag: [DragArgument] = []

    var files: ModeFiles { ModeFiles(mask: mask, held: object) }

    func validate() throws {
        guard object == nil || !noObject else { throw ValidationError("give --object or --no-object, not both") }
    }

    func complete(_ given: inout ModeInputs) {
        (given.handles, given.targets, given.bend) = (drag.map(\.handle), drag.map(\.target), bend)
    }

    func search(_ photo: PictureSource, _ given: inout ModeInputs) throws {
        // What a mask marks is itself what keeps its shape.
        let isMarked = given.mask != nil && bend == .rigid
        guard given.held == nil, !noObject, !isMarked, !given.handles.isEmpty else { return }
        // Where nothing is told from its surroundings, those are dragged too.
        given.held = try ObjectFinder(photo).held(by: given.handles, within: given.mask)?.mask
    }
}

/// `dragon landmark`: points onto points, everything free.
struct Landmark: EditCommand {
    static let mode = EditModeName.landmark
    static let configuration = CommandConfiguration(abstract: "Align points, with everything free to change.")

    @OptionGroup var model: ModelOptions
    @OptionGroup var compute: ComputeOptions
    @OptionGroup var editing: EditingOptions

    @Option(
        name: .long, parsing: .unconditionalSingleValue,
        help: ArgumentHelp("From a landmark to its target; repeat for more.", valueName: "X,Y:X,Y"))
    var drag: [DragArgument] = []

    var files: ModeFiles { ModeFiles() }

    func complete(_ given: inout ModeInputs) { (given.handles, given.targets) = (drag.map(\.handle), drag.map(\.target)) }
}

/// `dragon appearance`: an object in the looks of another picture's.
struct Appearance: EditCommand {
    static let mode = EditModeName.appearance
    static let configuration = CommandConfiguration(abstract: "Give an object the appearance of another picture's object.")

    @OptionGroup var model: ModelOptions
    @OptionGroup var compute: ComputeOptions
    @OptionGroup var editing: EditingOptions

    @Option(name: .long, help: ArgumentHelp("Picture whose bright pixels are the object.", valueName: "file"))
    var mask: String?

    @Option(name: .long, help: ArgumentHelp("Picture that has the appearance.", valueName: "file"))
    var reference: String?

    @Option(name: .long, help: ArgumentHelp("Picture whose bright pixels are the object in the reference.", valueName: "file"))
    var referenceMask: String?

    @Option(name: .long, parsing: .unconditional, help: "What the reference shows; the prompt, if left out.")
    var referencePrompt: String?

    var files: ModeFiles { ModeFiles(mask: mask, reference: reference, referenceMask: referenceMask) }

    func complete(_ given: inout ModeInputs) {}
}

/// `dragon paste`: an object from another picture.
struct Paste: EditCommand {
    static let mode = EditModeName.paste
    static let configuration = CommandConfiguration(abstract: "Lay another picture's object into this one.")

    @OptionGroup var model: ModelOptions
    @OptionGroup var compute: ComputeOptions
    @OptionGroup var editing: EditingOptions

    @Option(name: .long, help: ArgumentHelp("Picture that has the object.", valueName: "file"))
    var reference: String?

    @Option(name: .long, help: ArgumentHelp("Picture whose bright pixels are the object in the reference.", valueName: "file"))
    var mask: String?

    @Option(
        name: .long, parsing: .unconditional,
        help: ArgumentHelp("The object's shift from the reference to the picture.", valueName: "DX,DY"))
    var offset: PointArgument

    @Option(name: .long, parsing: .unconditional, help: "Factor of the object's size, about its middle.")
    var resize = 1.0

    @OptionGroup var turning: TurnOptions

    @Option(name: .long, parsing: .unconditional, help: "What the reference shows; the prompt, if left out.")
    var referencePrompt: String?

    static let options: [ModeInput: String] = [.reference: "--reference", .referenceMask: "--mask"]

    var files: ModeFiles { ModeFiles(reference: reference, referenceMask: mask) }

    func complete(_ given: inout ModeInputs) {
        // A recorded case calls the object on the reference its mask.
        given.referenceMask = given.referenceMask ?? given.mask
        (given.displacement, given.resize, given.turn) = (offset.point, resize, turning.turn)
    }
}

/// `dragon remove`: objects out of the picture.
struct Remove: EditCommand {
    static let mode = EditModeName.remove
    static let configuration = CommandConfiguration(abstract: "Take objects out of the picture and fill their places.")

    @OptionGroup var model: ModelOptions
    @OptionGroup var compute: ComputeOptions
    @OptionGroup var editing: EditingOptions

    @Option(
        name: .long, parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Picture whose bright pixels are an object; repeat for more.", valueName: "file"))
    var mask: [String] = []

    @Option(name: .long, help: ArgumentHelp("Picture whose bright pixels look as the emptied place should.", valueName: "file"))
    var inpaintMask: String?

    @OptionGroup var casting: ShadowOptions

    var files: ModeFiles { ModeFiles(mask: mask.first, moreMasks: Array(mask.dropFirst()), likeness: inpaintMask, shadow: casting.shadow) }

    func complete(_ given: inout ModeInputs) {}

    func search(_ photo: PictureSource, _ given: inout ModeInputs) throws { try casting.search(photo, &given) }
}
