public import DragonImage

/// An object of a picture.
public struct FoundObject: Sendable {
    /// Columns and rows of the picture.
    public let size: PixelSize
    /// The part of it beyond which nothing is the object's.
    public let box: PixelBox
    /// How much of each pixel of the box is the object's, 0 … 255, row by row.
    public let shares: [UInt8]

    /// The same for the whole picture.
    public var mask: Mask {
        var all = [UInt8](repeating: 0, count: size.width * size.height)
        for y in 0..<box.height {
            let start = (y + box.y) * size.width + box.x
            all.replaceSubrange(start..<start + box.width, with: shares[y * box.width..<(y + 1) * box.width])
        }
        return Mask(height: size.height, width: size.width, shares: all)
    }
}
