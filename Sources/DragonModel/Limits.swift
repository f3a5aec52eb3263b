/// What numbers an edit, a generation or a model takes: every limit once. `dragon.h` states the same.
public enum Limits {
    /// Columns or rows of a picture.
    public static let pictureSide = 1...100_000
    /// Pixels of a picture: beyond that no mask of it would fit in memory.
    public static let mostPicturePixels = 1 << 29
    /// Pixels of a picture that is previewed.
    public static let mostPreviewPixels = 16_000_000
    /// Handles of a drag.
    public static let mostPoints = 1000
    /// Pixels that an object is shifted by, along either axis.
    public static let displacement: ClosedRange<Double> = -100_000...100_000
    /// Factors of an object's size.
    public static let resize: ClosedRange<Double> = 0.05...20
    /// Steps of a sampler.
    public static let steps = 1...1000
    /// Classifier-free guidance scales.
    public static let guidanceScale: ClosedRange<Float> = 0...100
    /// Factors of the energies' gradients.
    public static let energyScale: ClosedRange<Float> = 0...1_000_000
    /// Weights of an energy.
    public static let weight: ClosedRange<Float> = 0...1000
    /// η of DiffEditor's noise.
    public static let sdeStrength: ClosedRange<Float> = 0...1
    /// Factors of what is seen in an image prompt.
    public static let imageScale: ClosedRange<Float> = 0...10
    /// What sides of working grids and generated pictures are multiples of, in pixels.
    public static let sideMultiple = 64
    /// Sides of working grids and generated pictures, in pixels.
    public static let side = 64...4096
    /// Frames of an animation.
    public static let mostFrames = 10_000
    /// Pixels that a change reaches around what is emptied, of the ramp beyond, of a carried object's softened edge.
    public static let margin: ClosedRange<Double> = 0...1000
    /// Files that a network's weights may be cut into.
    public static let mostShards = 1000
    /// Threads of a computation.
    public static let threads = 1...1024

    /// Whether a length is the side of a working grid.
    public static func isSide(_ pixels: Int) -> Bool { side.contains(pixels) && pixels % sideMultiple == 0 }
}
