import CDragon
import DragonEdit
import DragonModel

/// A request, read from the caller's memory and checked.
struct Request {
    let edit: PhotoEdit
    let prompt: String
    let referencePrompt: String?
    let memoryLimit: Int?
    let progress: dragon_progress_callback?
    let userData: UnsafeMutableRawPointer?

    private static let mostPoints = 1000

    /// - Parameters:
    ///   - defaults: the model's.
    ///   - side: the model's window.
    init(_ pointer: UnsafePointer<dragon_request>?, defaults: ModelDefaults, side: Int) throws {
        let request = try dragon_request(from: pointer)
        let mode = try Mode(checking: request.mode)
        let tuning =
            if let parameters = request.parameters {
                try Tuning(dragon_parameters(from: parameters), mode, defaults: defaults)
            } else { Tuning(mode, defaults: defaults) }
        let picture = try CallerPicture(request.picture, "the picture")
        let action = try Self.action(mode, request)
        var edit = PhotoEdit(photo: picture.photo, action: action, window: tuning.side ?? side)
        edit.parameters = tuning.parameters
        edit.margins = tuning.margins
        edit.usesPlate = tuning.usesPlate
        self.edit = edit
        prompt = try text(request.prompt, "the prompt") ?? ""
        referencePrompt = try text(request.reference_prompt, "the reference's prompt")
        memoryLimit = tuning.memoryLimit
        (progress, userData) = (request.progress, request.user_data)
    }

    private static func action(_ mode: Mode, _ request: dragon_request) throws -> PhotoAction {
        switch mode {
        case .move, .resize:
            return .move(
                object: try object(request.mask, "the mask"), by: try shift(request), resize: try resize(request),
                fill: try Mask(request.inpaint_mask, "the inpaint mask"))
        case .drag:
            let points = try points(request)
            return .drag(region: try Mask(request.mask, "the mask"), handles: points.handles, targets: points.targets)
        case .landmark:
            let points = try points(request)
            return .landmark(handles: points.handles, targets: points.targets)
        case .appearance:
            return .appearance(
                object: try object(request.mask, "the mask"), reference: try CallerPicture(request.reference, "the reference").photo,
                referenceObject: try object(request.reference_mask, "the reference's mask"))
        case .paste:
            return .paste(
                object: try object(request.reference_mask, "the reference's mask"),
                reference: try CallerPicture(request.reference, "the reference").photo, offset: try shift(request),
                resize: try resize(request))
        }
    }

    private static func object(_ mask: dragon_mask, _ what: String) throws -> Mask {
        guard let mask = try Mask(mask, what) else { throw Failure.badInput("\(what) is missing: mark the object") }
        return mask
    }

    private static func shift(_ request: dragon_request) throws -> Point {
        let (x, y) = (request.displacement.x, request.displacement.y)
        guard x.isFinite, y.isFinite else { throw Failure.badInput("the displacement is no number") }
        return Point(x: x, y: y)
    }

    private static func resize(_ request: dragon_request) throws -> Double {
        let factor = request.resize == 0 ? 1 : request.resize
        guard (0.05...20).contains(factor) else { throw Failure.badInput("the resize factor is \(factor): choose 0.05 to 20") }
        return factor
    }

    private static func points(_ request: dragon_request) throws -> (handles: [Point], targets: [Point]) {
        // Counted before any is read: the count may be anything.
        guard (0...mostPoints).contains(request.point_count) else {
            throw Failure.badInput("\(UInt(bitPattern: request.point_count)) points are too many: give at most \(mostPoints)")
        }
        return (
            try points(request.handles, request.point_count, "the handles"), try points(request.targets, request.point_count, "the targets")
        )
    }

    private static func points(_ pointer: UnsafePointer<dragon_point>?, _ count: Int, _ what: String) throws -> [Point] {
        guard count > 0 else { return [] }
        guard let pointer else { throw Failure.badInput("\(what) are NULL, though there are \(count)") }
        let base = UnsafeRawPointer(pointer)
        return try (0..<count).map { i in
            let (x, y) = (base.loadUnaligned(fromByteOffset: i * 16, as: Double.self), base.loadUnaligned(fromByteOffset: i * 16 + 8, as: Double.self))
            guard x.isFinite, y.isFinite else { throw Failure.badInput("one of \(what) is no number") }
            return Point(x: x, y: y)
        }
    }
}
