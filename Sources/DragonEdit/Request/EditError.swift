import DragonImage
import DragonModel

/// What can be wrong with an edit.
public enum EditError: Error, Equatable, CustomStringConvertible {
    /// Something that the mode cannot do without.
    case missing(ModeInput)
    /// A picture or mask whose sides do not fit.
    case size(what: String, found: String, expected: String)
    /// A mask without a set cell.
    case emptyMask(what: String)
    /// A mask that leaves nothing outside, where something must stay.
    case fullMask(what: String)
    /// No handle to drag, or not as many targets.
    case points(String)
    /// A number out of its range.
    case number(name: String, value: String, range: String)
    /// A mask that marks less than the model can tell apart.
    case tooSmall(what: String)
    /// An object that lands wholly outside the picture.
    case leavesPicture
    /// Nothing would change.
    case nothingToDo(String)
    /// Frames of one animation are edited alike.
    case mixedModes(EditModeName, EditModeName)
    /// An edit without inversion, by a model that is not made for it.
    case needsInpainting
    /// An edit without inversion of something else than a photo.
    case needsPhoto
    /// An image prompt for a model without an adapter.
    case needsAdapter
    /// More memory than allowed.
    case memory(needed: Int, allowed: Int, remedy: MemoryRemedy)

    /// A move that neither moves nor resizes nor turns.
    static let unmoved = nothingToDo("the displacement is 0, the size is kept and nothing is turned: nothing would change")

    /// One line that says what to do.
    public var description: String {
        switch self {
        case .missing(let what): "\(what.rawValue) is missing: \(what == .reference ? "give the other picture" : "mark the object")"
        case .size(let what, let found, let expected): "\(what) is \(found), expected \(expected)"
        case .emptyMask(let what): "\(what) is empty: mark at least one pixel"
        case .fullMask(let what): "\(what) covers the whole picture: leave some of it unmarked"
        case .points(let reason): reason
        case .number(let name, let value, let range): "\(name) is \(value): choose \(range)"
        case .tooSmall(let what): "\(what) marks too little for the model to see: mark at least 8×8 pixels"
        case .leavesPicture: "the object would leave the picture altogether: choose a smaller displacement"
        case .nothingToDo(let reason): reason
        case .mixedModes(let found, let first): "a frame's mode is \(found), the first one's \(first): give one mode for all frames"
        case .needsInpainting:
            "the preset instant needs a model for inpainting or for few steps: add stable-diffusion-inpainting by \"dragon model add\", "
                + "or give an LCM or Hyper-SD LoRA by --lora"
        case .needsPhoto: "inpainting needs a photo: give one by -i, or take another preset and a model that is not for inpainting"
        case .needsAdapter: "an image prompt needs an IP-Adapter beside the model: give one by --adapter"
        case .memory(let needed, let allowed, let remedy):
            "the edit needs about \(needed / 1_000_000) MB of memory, \(allowed / 1_000_000) MB are allowed: \(remedy)"
        }
    }
}

/// What makes an edit fit into the memory that there is.
public enum MemoryRemedy: Equatable, Sendable, CustomStringConvertible {
    /// A working grid with shorter sides.
    case smallerSide
    /// A working grid whose longer side has at most so many pixels.
    case side(Int)
    /// Less of the photo: its own pixels are what takes the memory.
    case smallerPicture

    /// What to do.
    public var description: String {
        switch self {
        case .smallerSide: "choose a smaller side"
        case .side(let pixels): "choose a side of at most \(pixels)"
        case .smallerPicture: "close other programs, or work on a smaller picture"
        }
    }
}
