extension EditRequest {
    /// Throws what cannot be met, before any heavy work starts.
    public func validate() throws {
        switch source {
        case .picture(let picture): try check(picture, "the picture")
        case .generated(let generation): try generation.validate()
        }
        try validateAction()
        let p = parameters
        try check("the number of steps", Double(p.steps), 1...1000)
        try check("the first step", Double(p.firstStep), 0...Double(p.steps - 1))
        try check("the guidance scale", Double(p.guidanceScale), 0...100)
        try check("the energy scale", Double(p.energyScale), 0...1e6)
        try check("the SDE strength", Double(p.sdeStrength), 0...1)
        for (name, value) in [
            ("w-edit", p.weights.edit), ("w-content", p.weights.content), ("w-contrast", p.weights.contrast),
            ("w-inpaint", p.weights.inpaint),
        ] { try check(name, Double(value), 0...1000) }
    }

    /// The same, and that an object that moves stays in the picture, at least in part.
    ///
    /// - Parameter downsampling: pixels in a cell of the latent.
    public func validate(downsampling: Int) throws {
        try validate()
        _ = try plan(latentHeight: source.height / downsampling, latentWidth: source.width / downsampling)
    }

    private func validateAction() throws {
        switch action {
        case .move(let object, let displacement, let resize, let fill):
            try check(object, "the mask", mayFill: false)
            if let fill { try check(fill, "the inpaint mask", mayFill: true) }
            try check(displacement, "the displacement")
            try check("the resize factor", resize, 0.05...20)
            guard displacement != Point(x: 0, y: 0) || resize != 1 else { throw EditError.unmoved }
        case .drag(let region, let handles, let targets, let original):
            // Points first: the region of a drag without a mask is made from them.
            try Self.check(handles, targets, width: source.width, height: source.height)
            try check(region, "the mask", mayFill: true)
            if let original { try check(original, "the original", likePicture: true) }
        case .landmark(let handles, let targets, let original):
            try Self.check(handles, targets, width: source.width, height: source.height)
            if let original { try check(original, "the original", likePicture: true) }
        case .appearance(let object, let reference, let referenceObject):
            try check(object, "the mask", mayFill: false)
            try check(reference, "the reference", likePicture: true)
            try check(referenceObject, "the reference's mask", mayFill: true)
        case .paste(let object, let reference, let offset):
            try check(object, "the mask", mayFill: false)
            try check(reference, "the reference", likePicture: true)
            try check(offset, "the offset")
        }
    }

    private func check(_ picture: WorkingPicture, _ what: String, likePicture: Bool = false) throws {
        let (height, width) = (picture.height, picture.width)
        guard height >= 64, width >= 64, height % 64 == 0, width % 64 == 0, picture.values.count == 3 * height * width else {
            throw EditError.size(what: what, found: "\(width)×\(height)", expected: "sides that are multiples of 64")
        }
        guard !likePicture || (height, width) == (source.height, source.width) else {
            throw EditError.size(what: what, found: "\(width)×\(height)", expected: "\(source.width)×\(source.height)")
        }
        guard picture.values.allSatisfy(\.isFinite) else {
            throw EditError.number(name: "a pixel of \(what)", value: "not a number", range: "finite numbers")
        }
    }

    private func check(_ mask: Mask, _ what: String, mayFill: Bool) throws {
        guard (mask.height, mask.width) == (source.height, source.width) else {
            throw EditError.size(
                what: what, found: "\(mask.width)×\(mask.height)", expected: "the picture's \(source.width)×\(source.height)")
        }
        let count = mask.count
        guard count > 0 else { throw EditError.emptyMask(what: what) }
        guard mayFill || count < mask.cells.count else { throw EditError.fullMask(what: what) }
    }

    /// Throws unless there are points, as many targets as handles, in a picture of those sides, and something would move.
    static func check(_ handles: [Point], _ targets: [Point], width: Int, height: Int) throws {
        guard !handles.isEmpty else { throw EditError.points("there is no point to drag: give at least one handle and its target") }
        guard handles.count == targets.count else {
            throw EditError.points("\(handles.count) handles need as many targets, found \(targets.count)")
        }
        guard handles.count <= 1000 else { throw EditError.points("\(handles.count) handles are too many: give at most 1000") }
        for point in handles + targets {
            guard point.x >= 0, point.y >= 0, point.x < Double(width), point.y < Double(height) else {
                throw EditError.points("the point \(point.x),\(point.y) lies outside the picture of \(width)×\(height)")
            }
        }
        guard zip(handles, targets).contains(where: { $0 != $1 }) else {
            throw EditError.nothingToDo("every handle is its own target: nothing would move")
        }
    }

    private func check(_ point: Point, _ what: String) throws {
        try check(what, point.x, -100_000...100_000)
        try check(what, point.y, -100_000...100_000)
    }

    private func check(_ name: String, _ value: Double, _ range: ClosedRange<Double>) throws {
        // Not a number is in no range.
        guard range.contains(value) else {
            throw EditError.number(name: name, value: "\(value)", range: "a number from \(range.lowerBound) to \(range.upperBound)")
        }
    }
}
