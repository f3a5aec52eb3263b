import CDragon
import DragonImage
import DragonModel
import DragonPhoto
import DragonSelect
import DragonTensor
import Synchronization

/// A picture that a caller finds objects in.
final class Selector: Sendable {
    private let finder = Mutex<ObjectFinder?>(nil)
    let messages = Messages()

    /// Takes the picture in; the handle stays without one where that fails.
    func take(_ picture: dragon_picture) throws {
        let taken = ObjectFinder(try CallerPicture(picture, "the picture").source)
        finder.withLock { $0 = taken }
    }

    /// The object that a hint of the caller's means, written as a mask.
    func find(_ hint: UnsafePointer<dragon_hint>?, into pixels: UnsafeMutablePointer<UInt8>?, stride: Int64) throws {
        let finder = try taken()
        let (target, rows) = try target(pixels, stride, finder.size)
        let found = try finder.object(for: try ObjectHint(try dragon_hint(from: hint), on: finder.size))
        write(found, to: target, rows)
    }

    /// What the handles of a drag hold, written as a mask, and whether there is anything.
    func findHeld(
        _ hint: UnsafePointer<dragon_hint>?, _ found: UnsafeMutablePointer<Int32>?, into pixels: UnsafeMutablePointer<UInt8>?, stride: Int64
    ) throws {
        let finder = try taken()
        let isFound = UnsafeMutableRawPointer(try present(found, "the place for what was found"))
        let given = try dragon_hint(from: hint)
        let handles = try points(given.inside, given.inside_count, "the handles")
        let region = try Mask(given.outline, "the region")
        if let region, region.size != finder.size { throw FindingError.outlineSize(region.size, picture: finder.size) }
        let (target, rows) = try target(pixels, stride, finder.size)
        let held = try finder.held(by: handles, within: region)
        isFound.storeBytes(of: held == nil ? 0 : 1, as: Int32.self)
        if let held { write(held, to: target, rows) }
    }

    private func write(_ found: FoundObject, to target: UnsafeMutablePointer<UInt8>, _ rows: Rows) {
        found.shares.withUnsafeBufferPointer { shares in
            guard let shares = shares.baseAddress else { return }
            for y in 0..<found.box.height {
                (target + (y + found.box.y) * rows.stride + found.box.x).update(from: shares + y * found.box.width, count: found.box.width)
            }
        }
    }
}

extension Selector {
    /// The shadow of an object, written as a mask, and whether there is one.
    func findShadow(
        of object: UnsafePointer<dragon_mask>?, _ found: UnsafeMutablePointer<Int32>?, into pixels: UnsafeMutablePointer<UInt8>?,
        stride: Int64
    ) throws {
        let finder = try taken()
        let isFound = UnsafeMutableRawPointer(try present(found, "the place for what was found"))
        let given = UnsafeRawPointer(try present(object, "the object")).loadUnaligned(as: dragon_mask.self)
        let mask = try present(try Mask(given, "the object's mask"), "the object's mask")
        let shadow = try finder.shadow(of: mask)
        let (target, rows) = try target(pixels, stride, finder.size)
        isFound.storeBytes(of: shadow == nil ? 0 : 1, as: Int32.self)
        guard let shares = shadow?.coverage.planes[0] else { return }
        for y in 0..<rows.height {
            for x in 0..<rows.width { target[y * rows.stride + x] = UInt8((shares[y * rows.width + x] * 255).rounded()) }
        }
    }

    /// Has a model look at the picture, as its only edit.
    func attend(by model: Model, _ job: Job) throws {
        let (finder, loaded) = (try taken(), try model.loaded())
        try model.exclusively(job) { try finder.attend(by: loaded.diffusion, side: loaded.files.workingSide, in: $0) }
    }

    private func taken() throws -> ObjectFinder {
        guard let finder = finder.withLock({ $0 }) else {
            throw Failure.badInput("the selector has no picture: free it, and make another")
        }
        return finder
    }

    /// The caller's mask of the picture's size, emptied.
    private func target(
        _ pixels: UnsafeMutablePointer<UInt8>?, _ stride: Int64, _ size: PixelSize
    ) throws -> (pixels: UnsafeMutablePointer<UInt8>, rows: Rows) {
        let target = try present(pixels, "the mask")
        let rows = try Rows("the mask", width: size.width, height: size.height, stride: stride, pixelSize: 1)
        for y in 0..<rows.height { (target + y * rows.stride).update(repeating: 0, count: rows.width) }
        return (target, rows)
    }
}

extension ObjectHint {
    /// - Parameter size: of the picture.
    init(_ hint: dragon_hint, on size: PixelSize) throws {
        let inside = try points(hint.inside, hint.inside_count, "the inside points")
        let outside = try points(hint.outside, hint.outside_count, "the outside points")
        let outline = try Outline(hint.outline, on: size)
        let sides = [hint.box_x, hint.box_y, hint.box_width, hint.box_height]
        guard sides.allSatisfy({ abs($0) <= Double(Limits.pictureSide.upperBound) }), hint.box_width >= 0, hint.box_height >= 0 else {
            throw Failure.badInput("the box is no rectangle of the picture: give a place and a width and height of pixels")
        }
        guard hint.box_width > 0 else {
            self.init(inside: inside, outside: outside, outline: outline)
            return
        }
        guard outline == nil else { throw Failure.badInput("the hint has an outline and a box: give one of them") }
        let (left, top) = (Int(hint.box_x.rounded(.down)), Int(hint.box_y.rounded(.down)))
        let (right, bottom) = (Int((hint.box_x + hint.box_width).rounded(.up)), Int((hint.box_y + hint.box_height).rounded(.up)))
        self.init(
            inside: inside, outside: outside, box: PixelBox(x: left, y: top, width: right - left, height: bottom - top), in: size)
    }
}

extension Outline {
    /// The caller's; nil where there is none. Of a large one every n-th pixel is read: what is drawn by hand is not exact, and a
    /// click should be answered at once.
    fileprivate init?(_ mask: dragon_mask, on size: PixelSize) throws {
        guard let pixels = mask.pixels else { return nil }
        let rows = try Rows("the outline", width: mask.width, height: mask.height, stride: mask.stride, pixelSize: 1)
        guard rows.width == size.width, rows.height == size.height else {
            throw FindingError.outlineSize(PixelSize(width: rows.width, height: rows.height), picture: size)
        }
        let step = max(1, max(size.width, size.height) / Self.mostCells)
        var cells: [Bool] = []
        for y in Swift.stride(from: 0, to: rows.height, by: step) {
            for x in Swift.stride(from: 0, to: rows.width, by: step) { cells.append(pixels[y * rows.stride + x] >= 128) }
        }
        self.init(
            Mask(height: (rows.height + step - 1) / step, width: (rows.width + step - 1) / step, cells: cells), step: step)
    }

    /// Along the longer side, about.
    private static let mostCells = 1024
}
