import DragonImage
import DragonModel

/// A picture as CLIP's encoder takes it: its middle square, small, normalised (transformers' CLIPImageProcessor).
public struct ImagePromptPicture: Sendable, Equatable {
    /// Side in pixels.
    public let side: Int
    /// Red, then green, then blue, row by row.
    public let values: [Float]

    /// The shorter side becomes `side`, of the longer one the middle is taken.
    public init(_ source: PictureSource, side: Int) {
        let short = min(source.width, source.height)
        let (across, down) = (Axis(source.width, short: short, side: side), Axis(source.height, short: short, side: side))
        let box = PixelBox(x: across.first, y: down.first, width: across.count, height: down.count)
        let colours = source.colours(in: box)
        self.side = side
        values = (0..<3).flatMap { c in
            let rows = across.resampling.rows(colours.planes[c], height: box.height).map(Self.byte)
            return down.resampling.columns(rows, width: side).map {
                (Self.byte($0) - ImageNormalisation.mean[c]) / ImageNormalisation.deviation[c]
            }
        }
    }

    /// Adapters were trained on pictures of 8 bits, along rows and along columns.
    private static func byte(_ sample: Float) -> Float { (min(max(sample, 0), 1) * 255).rounded() / 255 }

    /// What of a side is taken.
    private struct Axis {
        let resampling: Resampling
        /// Of the picture's pixels that are read.
        let first, count: Int

        init(_ length: Int, short: Int, side: Int) {
            let small = length * side / short
            let step = Double(length) / Double(small)
            // What is cut off is counted in whole pixels of the small picture.
            let origin = Double((small - side) / 2) * step
            // As far as the cubic reaches.
            let margin = 2 * max(1, step)
            first = max(0, Int((origin - margin).rounded(.down)))
            count = min(length, Int((origin + Double(side) * step + margin).rounded(.up))) - first
            resampling = Resampling(from: count, origin: origin - Double(first), step: step, count: side)
        }
    }
}
