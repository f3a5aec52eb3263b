/// A place in a picture, or a shift, in pixels; a place counts from the upper left corner.
public struct Point: Sendable, Equatable {
    /// To the right.
    public var x: Double
    /// Downwards.
    public var y: Double

    /// A point.
    public init(x: Double, y: Double) { (self.x, self.y) = (x, y) }

    /// No shift, or the upper left corner.
    package static let zero = Point(x: 0, y: 0)
}
