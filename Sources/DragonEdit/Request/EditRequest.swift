import DragonModel

/// A place in a picture, in pixels from its upper left corner.
public struct Point: Sendable, Equatable {
    /// To the right.
    public var x: Double
    /// Downwards.
    public var y: Double

    /// A point.
    public init(x: Double, y: Double) { (self.x, self.y) = (x, y) }
}

/// A picture on the working grid: sides are multiples of 64.
public struct WorkingPicture: Sendable {
    /// Rows.
    public let height: Int
    /// Columns.
    public let width: Int
    /// Red, then green, then blue, row by row, in −1 … 1.
    public let values: [Float]

    /// A picture of `3·height·width` values.
    public init(height: Int, width: Int, values: [Float]) { (self.height, self.width, self.values) = (height, width, values) }
}

/// What to edit and how.
public struct EditRequest: Sendable {
    /// Where the picture to edit comes from.
    public enum Source: Sendable {
        /// A given picture, which is inverted.
        case picture(WorkingPicture)
        /// A picture that the model generates first; its own trajectory stands in for the inversion. Steps, prompt and
        /// seed are taken from there.
        case generated(GenerationRequest)

        /// Rows.
        public var height: Int { if case .generated(let request) = self { request.height } else { picture?.height ?? 0 } }
        /// Columns.
        public var width: Int { if case .generated(let request) = self { request.width } else { picture?.width ?? 0 } }

        var picture: WorkingPicture? { if case .picture(let picture) = self { picture } else { nil } }
    }

    /// What the edit does, with what only it needs.
    public enum Action: Sendable {
        /// Moves the masked object by a displacement and resizes it; `fill` is what the vacated place should look like.
        case move(object: Mask, by: Point, resize: Double, fill: Mask?)
        /// Drags each handle to its target within the editable region. Where the picture is warped already, `original` is
        /// the one before: its content at the handles is what the targets should look like.
        case drag(region: Mask, handles: [Point], targets: [Point], original: WorkingPicture? = nil)
        /// Drags each handle to its target, everything being editable; `original` likewise.
        case landmark(handles: [Point], targets: [Point], original: WorkingPicture? = nil)
        /// Gives the masked object the appearance of the reference's masked object.
        case appearance(object: Mask, reference: WorkingPicture, referenceObject: Mask)
        /// Lays the reference's masked object into the picture, shifted by an offset.
        case paste(object: Mask, reference: WorkingPicture, offset: Point)
    }

    /// The picture to edit.
    public var source: Source
    /// What the edit does.
    public var action: Action
    /// Token ids of the picture's prompt, and of the empty one.
    public var prompt: [Int]
    /// Token ids of the empty prompt.
    public var emptyPrompt: [Int]
    /// Token ids of the reference's prompt; nil takes the picture's.
    public var referencePrompt: [Int]?
    /// The numbers that tune it.
    public var parameters: EditParameters

    /// An edit with the published parameters of its mode.
    public init(source: Source, action: Action, prompt: [Int], emptyPrompt: [Int], referencePrompt: [Int]? = nil) {
        self.source = source
        self.action = action
        self.prompt = prompt
        self.emptyPrompt = emptyPrompt
        self.referencePrompt = referencePrompt
        parameters = EditParameters(mode: action.mode)
    }
}

extension EditRequest.Action {
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

    /// The second picture of modes that have one.
    var reference: WorkingPicture? {
        switch self {
        case .appearance(_, let reference, _), .paste(_, let reference, _): reference
        case .drag(_, _, _, let original), .landmark(_, _, let original): original
        case .move: nil
        }
    }
}
