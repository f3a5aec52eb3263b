import DragonEdit
import DragonImage

/// What the photo's own pixels take of the memory, beside the network's part: planes of the part that is worked on, of what its
/// hole is filled from, of what is carried. Bytes for each pixel were measured at 1 to 24 megapixels.
struct PhotoMemory {
    /// At its peak, while the network has nothing yet or no more.
    let peak: Int
    /// What stays while the network runs.
    let held: Int

    /// While the result is laid over the photo.
    private static let assembly = 95
    /// While a hole is filled, or an object brought to its place; of the part, and of what the fill looks at.
    private static let preparation = 60
    private static let texture = 45
    /// More of what the fill looks at, where patches are matched at the finest scale.
    private static let matches = 30
    /// Of the picture that an object is carried from, as far as the network sees it, and of the object.
    private static let source = 30
    private static let object = 60
    private static let composition = 45

    init(_ footprint: Footprint, _ grid: WorkGrid) {
        let box = Double(grid.box.width) * Double(grid.box.height)
        held = Self.bytes(Double(Self.composition) * box)
        var fill = 0.0
        if let filled = footprint.filled {
            let part = TextureFill.part(around: filled.box, reach: 0, in: grid.box)
            // A level has a quarter of the pixels of the finer one.
            let scale = TextureFill.shrinkage(filled.count)
            let looked = Double(part.width) * Double(part.height)
            fill = Double(Self.preparation) * box + (Double(Self.texture) + Double(Self.matches) / scale) * looked
        }
        var carried = 0.0
        if let placement = footprint.placement, let source = footprint.source {
            let size = placement.source
            // The upright box around a turned one is up to twice as large.
            let upright = placement.turn.quarters == nil ? 2.0 : 1
            let seen = min(Double(source.width) * Double(source.height), upright * box / (placement.resize * placement.resize))
            let object = Double(Self.object) * Double(size.width) * Double(size.height)
            carried = Double(Self.composition) * box + max(Double(Self.source) * seen, object)
        }
        peak = Self.bytes(max(Double(Self.assembly) * box, fill, carried))
    }

    private static func bytes(_ number: Double) -> Int { Int(min(number, Double(Int.max / 2))) }
}
