import Foundation

/// How an object is turned about its middle: mirrored first, left for right, then rotated.
public struct Turn: Equatable, Sendable {
    /// Clockwise, as seen.
    public let degrees: Double
    /// Left for right.
    public let isMirrored: Bool

    /// Neither mirrored nor rotated.
    public static let none = Turn()

    /// A turn; whole turns more are none.
    public init(degrees: Double = 0, isMirrored: Bool = false) {
        let rest = degrees.truncatingRemainder(dividingBy: 360)
        (self.degrees, self.isMirrored) = (rest < 0 ? rest + 360 : rest, isMirrored)
    }

    /// Quarters of a turn; nil where a pixel of the object does not come to lie on a pixel.
    package var quarters: Int? { degrees.truncatingRemainder(dividingBy: 90) == 0 ? Int(degrees / 90) % 4 : nil }

    /// Of a quarter turn without the sine's last bit.
    private var direction: (cosine: Double, sine: Double) {
        switch quarters {
        case 0: (1, 0)
        case 1: (0, 1)
        case 2: (-1, 0)
        case 3: (0, -1)
        default: (cos(degrees * .pi / 180), sin(degrees * .pi / 180))
        }
    }

    /// Where a way from the middle points afterwards.
    package func turned(_ way: Point) -> Point {
        let (cosine, sine) = direction
        let x = isMirrored ? -way.x : way.x
        return Point(x: cosine * x - sine * way.y, y: sine * x + cosine * way.y)
    }

    /// The way that points there afterwards.
    package func unturned(_ way: Point) -> Point {
        let (cosine, sine) = direction
        let x = cosine * way.x + sine * way.y
        return Point(x: isMirrored ? -x : x, y: cosine * way.y - sine * way.x)
    }
}
