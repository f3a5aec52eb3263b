import DragonImage
import DragonModel
import Foundation

/// How a drag bends the object that it holds.
public enum DragBend: String, Sendable, CaseIterable {
    /// A thin part that is held near its end turns about where it begins; everything else bends.
    case auto
    /// Everything bends, softly.
    case soft
    /// Nothing bends: the object is shifted, and by several handles turned and sized too.
    case rigid
}

/// What of an object a drag moves without bending it, and where.
struct RigidPart: Sendable {
    /// What leaves its place, of the picture's size.
    let vacated: Mask
    /// What is laid at its new place: that, and where it begins.
    let carried: Mask
    let placement: Placement

    /// - Parameters:
    ///   - held: the object, of the picture's size.
    ///   - handles: on it.
    init?(of held: Mask, _ handles: [Point], _ targets: [Point], _ bend: DragBend) {
        switch bend {
        case .soft: return nil
        case .rigid: self.init(whole: held, handles, targets)
        case .auto: self.init(thin: held, handles, targets)
        }
    }

    /// All of the object.
    private init?(whole held: Mask, _ handles: [Point], _ targets: [Point]) {
        guard let box = held.touched.bounds, let way = Similarity(handles, targets) else { return nil }
        (vacated, carried, placement) = (held, held, way.placement(of: box))
    }

    // MARK: - A thin part

    /// Sides of the cells on which a part is told.
    private static let side = 160.0
    /// Half the thickness at which an object falls apart into body and parts, of that around the handle.
    private static let thickness: Float = 1.4
    /// A part is longer than so many halves of its thickness; it is held so far out; it is at most so much of the object; it begins
    /// in one place, so many halves of its thickness wide.
    private static let leastLength: Float = 3.5
    private static let leastReach: Float = 0.6
    private static let mostShare: Float = 0.4
    private static let widestJoint: Float = 4
    /// How much longer or shorter it may become.
    private static let sizes = 0.8...1.25

    private init?(thin held: Mask, _ handles: [Point], _ targets: [Point]) {
        guard let bounds = held.touched.bounds else { return nil }
        let step = max(1, (Double(bounds.width) * Double(bounds.height)).squareRoot() / Self.side)
        let part = bounds.grown(by: Int(2 * step) + 1)
        let (width, height) = (Int(Double(part.width) / step), Int(Double(part.height) / step))
        guard width > 0, height > 0 else { return nil }
        let cell = { (point: Point) in Point(x: (point.x - Double(part.x)) / step, y: (point.y - Double(part.y)) / step) }
        let object = Mask(
            height: height, width: width,
            cells: (0..<width * height).map { at in
                let (x, y) = (part.x + Int((Double(at % width) + 0.5) * step), part.y + Int((Double(at / width) + 0.5) * step))
                return held.contains(y, x) && held[y, x]
            })
        guard let limb = Limb(of: object, at: handles.map(cell)) else { return nil }
        let joint = Point(x: limb.joint.x * step + Double(part.x), y: limb.joint.y * step + Double(part.y))
        guard let way = Similarity([joint] + handles, [joint] + targets), Self.sizes.contains(way.size) else { return nil }
        let all = { (cells: Mask) in Self.pixels(of: cells, of: held, in: part, step: step) }
        (vacated, carried) = (all(limb.cells), all(limb.cells | limb.root))
        guard let box = carried.touched.bounds else { return nil }
        placement = way.placement(of: box)
    }

    /// What of an object's pixels lies in some cells, as far as it does.
    private static func pixels(of cells: Mask, of held: Mask, in part: PixelBox, step: Double) -> Mask {
        // A soft edge goes beyond the cells, in which only what is set counts.
        let grown = Mask(height: cells.height, width: cells.width, cells: DistanceField(to: cells, reach: 2).distances.map { $0 < 1.5 })
        let (coverage, isSoft) = (held.coverage.planes[0], held.isSoft)
        var shares = [UInt8](repeating: 0, count: held.width * held.height)
        let box = part.clipped(to: held.size.box)
        for y in box.y..<box.endY {
            let row = min(Int(Double(y - part.y) / step), cells.height - 1)
            for x in box.x..<box.endX {
                let at = row * cells.width + min(Int(Double(x - part.x) / step), cells.width - 1)
                guard cells.cells[at] || isSoft && grown.cells[at] else { continue }
                shares[y * held.width + x] = UInt8((coverage[y * held.width + x] * 255).rounded())
            }
        }
        return Mask(height: held.height, width: held.width, shares: shares)
    }

    /// A part that is thinner than the body that it hangs on.
    private struct Limb {
        let cells: Mask
        /// Of the body, what is near where it begins.
        let root: Mask
        let joint: Point

        init?(of object: Mask, at handles: [Point]) {
            let depth = DistanceField(to: !object).distances
            let starts = handles.compactMap { Self.nearest($0, in: object) }
            guard starts.count == handles.count, let first = starts.first else { return nil }
            let half = Self.half(around: first, depth, width: object.width, height: object.height)
            let limit = RigidPart.thickness * half + 0.5
            // Opened: what a disc of that size reaches within the object.
            let cores = Mask(height: object.height, width: object.width, cells: depth.map { $0 > limit })
            guard cores.count > 0 else { return nil }
            let reached = DistanceField(to: cores).distances
            let body = Mask(
                height: object.height, width: object.width, cells: object.cells.indices.map { object.cells[$0] && reached[$0] <= limit })
            let rest = object & !body
            let pieces = Pieces(of: rest)
            let number = pieces.numbers[first]
            guard number >= 0, starts.allSatisfy({ pieces.numbers[$0] == number }) else { return nil }
            let cells = Mask(height: object.height, width: object.width, cells: pieces.numbers.map { $0 == number })
            let nearBody = DistanceField(to: body, reach: 2).distances
            let ends = cells.indices.filter { nearBody[$0] < 1.5 }
            let place = { (at: Int) in Point(x: Double(at % object.width) + 0.5, y: Double(at / object.width) + 0.5) }
            guard !ends.isEmpty, Float(cells.count) <= RigidPart.mostShare * Float(object.count) else { return nil }
            let sum = ends.map(place).reduce(Point.zero) { Point(x: $0.x + $1.x, y: $0.y + $1.y) }
            let joint = Point(x: sum.x / Double(ends.count), y: sum.y / Double(ends.count))
            let length = cells.indices.map { Self.distance(place($0), joint) }.max() ?? 0
            let width = ends.map { Self.distance(place($0), joint) }.max() ?? 0
            guard length >= RigidPart.leastLength * half, width <= RigidPart.widestJoint / 2 * half + 1,
                handles.allSatisfy({ Self.distance($0, joint) >= RigidPart.leastReach * length })
            else { return nil }
            root = Mask(
                height: object.height, width: object.width,
                cells: object.cells.indices.map { body.cells[$0] && Self.distance(place($0), joint) <= half + 1 })
            (self.cells, self.joint) = (cells, joint)
        }

        private static func distance(_ a: Point, _ b: Point) -> Float {
            Float(((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y)).squareRoot())
        }

        /// The set cell at a point, or next to it.
        private static func nearest(_ point: Point, in object: Mask) -> Int? {
            object.indices.map { at in
                (at, distance(Point(x: Double(at % object.width) + 0.5, y: Double(at / object.width) + 0.5), point))
            }.min { $0.1 < $1.1 }.flatMap { $0.1 <= 3 ? $0.0 : nil }
        }

        /// Half the thickness around a cell: a tip is thinner than what it is the tip of.
        private static func half(around cell: Int, _ depth: [Float], width: Int, height: Int) -> Float {
            let reach = Int(2 * depth[cell]) + 3
            let (cx, cy) = (cell % width, cell / width)
            var most = depth[cell]
            for y in max(0, cy - reach)...min(height - 1, cy + reach) {
                for x in max(0, cx - reach)...min(width - 1, cx + reach) { most = max(most, depth[y * width + x]) }
            }
            return most
        }
    }
}

/// A shift with a turn and a change of size: what moves points nearest to others, by least squares (Umeyama, 1991).
private struct Similarity {
    let size: Double
    private let degrees: Double
    private let from: Point
    private let to: Point

    init?(_ points: [Point], _ others: [Point]) {
        guard !points.isEmpty, points.count == others.count else { return nil }
        let mean = { (all: [Point]) in
            Point(x: all.reduce(0) { $0 + $1.x } / Double(all.count), y: all.reduce(0) { $0 + $1.y } / Double(all.count))
        }
        let (a, b) = (mean(points), mean(others))
        (from, to) = (a, b)
        var (along, across, squares) = (0.0, 0.0, 0.0)
        for (p, q) in zip(points, others) {
            let (px, py, qx, qy) = (p.x - a.x, p.y - a.y, q.x - b.x, q.y - b.y)
            (along, across, squares) = (along + px * qx + py * qy, across + px * qy - py * qx, squares + px * px + py * py)
        }
        guard squares > 1 else {
            (size, degrees) = (1, 0)
            return
        }
        let length = (along * along + across * across).squareRoot() / squares
        guard Limits.resize.contains(length) else { return nil }
        (size, degrees) = (length, atan2(across, along) * 180 / .pi)
    }

    /// Where it brings what lies in a box.
    func placement(of box: PixelBox) -> Placement {
        let turn = Turn(degrees: degrees)
        let still = Placement(source: box, displacement: .zero, resize: size, turn: turn)
        let way = turn.turned(Point(x: (still.middle.x - from.x) * size, y: (still.middle.y - from.y) * size))
        return Placement(
            source: box, displacement: Point(x: to.x + way.x - still.newMiddle.x, y: to.y + way.y - still.newMiddle.y), resize: size,
            turn: turn)
    }
}
