import CGraphCut
import DragonImage
import Foundation

/// What it costs to part neighbours: much where they look alike, little across an edge.
struct Ties {
    let right: [Float]
    let below: [Float]
    let belowRight: [Float]
    let belowLeft: [Float]

    /// Of neighbours that are the same. Log odds of colours stand against it.
    private static let strength: Float = 8

    /// exp(−β‖Δ‖²) with β from the mean contrast, by the neighbours' distance (Boykov and Jolly, ICCV 2001; GrabCut, equation 11).
    init(_ field: ColourField) {
        let (width, height) = (field.width, field.height)
        func contrasts(_ dx: Int, _ dy: Int) -> [Float] {
            var result = [Float](repeating: 0, count: width * height)
            for y in 0..<max(0, height - dy) {
                for x in max(0, -dx)..<min(width, width - dx) {
                    let d = field.colours[y * width + x] - field.colours[(y + dy) * width + x + dx]
                    result[y * width + x] = (d * d).sum()
                }
            }
            return result
        }
        let diagonal = Float(0.5).squareRoot()
        let all = [contrasts(1, 0), contrasts(0, 1), contrasts(1, 1), contrasts(-1, 1)]
        let mean = all.reduce(0) { $0 + $1.reduce(0, +) } / Float(4 * width * height)
        let steepness = 1 / (2 * mean + 1e-6)
        let ties = zip(all, [1, 1, diagonal, diagonal] as [Float]).map { contrasts, nearness in
            contrasts.map { Self.strength * nearness * exp(-steepness * $0) }
        }
        (right, below, belowRight, belowLeft) = (ties[0], ties[1], ties[2], ties[3])
    }
}

/// The cheapest division of a field into object and surroundings.
///
/// - Parameter gain: log odds that a cell is the object's; infinite where that is decided.
func divided(_ field: ColourField, gain: [Float], ties: Ties) throws(FindingError) -> Mask {
    var inside = [UInt8](repeating: 0, count: gain.count)
    let isDone = gain.withUnsafeBufferPointer { gain in
        ties.right.withUnsafeBufferPointer { right in
            ties.below.withUnsafeBufferPointer { below in
                ties.belowRight.withUnsafeBufferPointer { belowRight in
                    ties.belowLeft.withUnsafeBufferPointer { belowLeft in
                        var grid = graphcut_grid(
                            width: Int32(field.width), height: Int32(field.height), gain: gain.baseAddress, right: right.baseAddress,
                            below: below.baseAddress, below_right: belowRight.baseAddress, below_left: belowLeft.baseAddress)
                        return graphcut_divide(&grid, &inside)
                    }
                }
            }
        }
    }
    guard isDone == 1 else { throw .lacksMemory }
    return Mask(height: field.height, width: field.width, cells: inside.map { $0 != 0 })
}

/// Colours of the object against those of its surroundings.
struct ColourOdds {
    private let field: ColourField
    private let object: ColourMixture
    private let surroundings: ColourMixture

    /// Colours are not trusted beyond: an object may share some of them with what surrounds it.
    private static let limit: Float = 8
    private static let objectParts = 5
    private static let surroundingParts = 8

    /// nil where one side has too few cells to tell.
    ///
    /// - Parameter isNear: cells whose colours stand for what surrounds the object; all, where that is nil.
    init?(_ field: ColourField, object inside: Mask, surroundings isNear: ((Int) -> Bool)? = nil) {
        let isOutside = { (at: Int) in !inside.cells[at] && isNear?(at) ?? true }
        guard inside.count >= 10, inside.cells.indices.lazy.filter(isOutside).prefix(50).count == 50 else { return nil }
        self.field = field
        object = ColourMixture(of: field, parts: Self.objectParts, hasPlaces: false) { inside.cells[$0] }
        surroundings = ColourMixture(of: field, parts: Self.surroundingParts, hasPlaces: true, where: isOutside)
    }

    /// Logarithm of how much likelier the colour of a cell is in the object.
    @inline(__always)
    func log(at cell: Int) -> Float { log(field.colours[cell], at: field.place(of: cell)) }

    /// The same of a colour at a place of the field.
    @inline(__always)
    func log(_ colour: SIMD3<Float>, at place: SIMD2<Float>) -> Float {
        min(max(object.logDensity(colour, at: place) - surroundings.logDensity(colour, at: place), -Self.limit), Self.limit)
    }
}
