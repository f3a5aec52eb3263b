import DragonImage

/// What an outline wider than its object carries of the ground that the object lay on: along most of such an outline, inside looks
/// like what is around. It is told in the small.
struct CarriedGround {
    /// How much each cell is ground, 0 … 1, row by row.
    private let shares: [Float]
    private let width: Int
    private let height: Int
    /// The part of the source that the cells show, and its pixels for each of them.
    private let part: PixelBox
    private let step: Double

    /// The object's side, in cells.
    private static let side = 192.0
    /// What is looked at around it, of its side.
    private static let margin = 0.25
    /// How far from its own blur the ground around may be, and what of that difference inside may have; of 255.
    private static let roughest: Float = 12
    private static let factor: Float = 2.5
    private static let least: Float = 4
    /// Windows of that blur, and how far from the outline ground is looked for, of the object's side.
    private static let blur = 0.02
    private static let reach = 0.08
    /// Of the outline, how much has to lie on the ground.
    private static let leastRim: Float = 0.6
    /// Of what is outlined, how much has to look like something else: else that is what is to be carried.
    private static let leastObject: Float = 0.2

    /// - Parameters:
    ///   - object: on the source.
    ///   - box: around it.
    /// - Returns: nil where an outline follows its object, or the ground is too rough for a seam to be seen.
    init?(around object: Mask, in box: PixelBox, of source: PictureSource) {
        let mean = (Double(box.width) * Double(box.height)).squareRoot()
        step = max(1, mean / Self.side)
        part = box.grown(by: Int(Self.margin * mean) + 4).clipped(to: source.size.box)
        let (pixels, coverage) = (source.colours(in: part), object.cropped(to: part).coverage)
        // Most outlines are told in the coarse already, while an object is moved about.
        let coarse = Cells(pixels.thinned(by: 2 * step), coverage.thinned(by: 2 * step), rim: 1...2.5)
        guard coarse.mayCarry(coarse.differences(blur: 0)) else { return nil }
        let cells = Cells(pixels.shrunk(by: step), coverage.shrunk(by: step), rim: 0...1.5)
        (width, height) = (cells.colours.width, cells.colours.height)
        let (colours, marked, side) = (cells.colours, cells.marked, mean / step)
        // Around a cut-out there is no ground, but more of its own colours.
        if colours.planes.count == 4 {
            let around = marked.cells.indices.filter { !marked.cells[$0] }
            guard around.count(where: { colours.planes[3][$0] > 0.99 }) * 2 > around.count else { return nil }
        }
        let differences = cells.differences(blur: 1)
        guard cells.mayCarry(differences) else { return nil }
        let looks = Self.likeness(differences, colours, marked, side: side)
        let (depth, rim) = (cells.depth, cells.rim)
        guard Float(marked.indices.count { looks[$0] < 0.1 }) >= Self.leastObject * Float(marked.count) else { return nil }
        let alike = looks.indices.map { looks[$0] * (2 - depth[$0] / Float(Self.reach * side)).clamped(to: 0...1) }
        // What is ground begins at the outline.
        let pieces = Pieces(of: Mask(height: height, width: width, cells: alike.map { $0 > 0.3 }))
        guard Self.isMost(rim, where: { alike[$0] > 0.5 }) else { return nil }
        let begun = Set(rim.map { pieces.numbers[$0] }.filter { $0 >= 0 })
        shares = alike.indices.map { !marked.cells[$0] ? 1 : begun.contains(pieces.numbers[$0]) ? alike[$0] : 0 }
    }

    private static func isMost(_ rim: [Int], where isGround: (Int) -> Bool) -> Bool {
        Float(rim.count(where: isGround)) >= leastRim * Float(max(1, rim.count))
    }

    /// How far each cell around the object is from its own blur, of 255.
    private static func roughness(_ colours: Raster, _ object: Mask, side: Double) -> [Float] {
        let (width, height) = (colours.width, colours.height)
        let outside = object.cells.map { $0 ? Float(0) : 1 }
        let radius = max(1, Int(blur * side))
        let counts = boxSums(outside, width, height, radius)
        var result = [Float](repeating: 0, count: width * height)
        for plane in colours.planes.prefix(3) {
            let blurred = boxSums(zip(plane, outside).map { $0 * $1 }, width, height, radius)
            for at in plane.indices where outside[at] > 0 { result[at] = max(result[at], 255 * abs(plane[at] - blurred[at] / counts[at])) }
        }
        return result
    }

    /// How much each cell of the object looks like a continuation of what is around, as far as that varies itself.
    private static func likeness(_ differences: [Float], _ colours: Raster, _ object: Mask, side: Double) -> [Float] {
        let away = DistanceField(to: object).distances
        let near = away.map { $0 > 0 && $0 <= Float(max(6, 0.1 * side)) ? Float(1) : 0 }
        let roughness = roughness(colours, object, side: side)
        let rough = smoothedIn(
            zip(roughness, near).map { $0 * $1 }, weights: near, width: colours.width, height: colours.height)
        return object.cells.indices.map { at in
            guard object.cells[at], rough[at] < roughest else { return 0 }
            let most = max(least, factor * rough[at])
            return ((2 * most - differences[at]) / most).clamped(to: 0...1)
        }
    }

    /// The shares of the pixels of a part of the source.
    func shares(in box: PixelBox) -> Raster {
        var plane: [Float] = []
        plane.reserveCapacity(box.width * box.height)
        for y in box.y..<box.endY {
            let row = Float((Double(y - part.y) + 0.5) / step - 0.5)
            for x in box.x..<box.endX { plane.append(bilinear(shares, width, height, Float((Double(x - part.x) + 0.5) / step - 0.5), row)) }
        }
        return Raster(width: box.width, height: box.height, planes: [plane])
    }
}

extension CarriedGround {
    /// An object and what is around it, in cells of some pixels each.
    private struct Cells {
        let colours: Raster
        /// The object's.
        let marked: Mask
        /// How deep in the object each cell lies.
        let depth: [Float]
        /// The object's cells along its outline.
        let rim: [Int]

        /// - Parameter range: depths, in cells, at which the outline's cells lie; those at 1 and less show both sides of it.
        init(_ colours: Raster, _ coverage: Raster, rim range: ClosedRange<Float>) {
            let marked = Mask(height: coverage.height, width: coverage.width, cells: coverage.planes[0].map { $0 > 0.02 })
            let depth = DistanceField(to: !marked).distances
            (self.colours, self.marked, self.depth) = (colours, marked, depth)
            rim = marked.indices.filter { range.contains(depth[$0]) }
        }

        /// How far each cell is from a smooth continuation of what is around the object, of 255.
        ///
        /// - Parameter blur: cells around each that its own colour is the mean of.
        func differences(blur: Int) -> [Float] {
            let (width, height) = (colours.width, colours.height)
            let outside = marked.cells.map { $0 ? Float(0) : 1 }
            let all = boxSums([Float](repeating: 1, count: width * height), width, height, blur)
            var result = [Float](repeating: 0, count: width * height)
            for plane in colours.planes.prefix(3) {
                let around = smoothedIn(plane, weights: outside, width: width, height: height)
                let own = boxSums(plane, width, height, blur)
                for at in plane.indices { result[at] = max(result[at], 255 * abs(own[at] / all[at] - around[at])) }
            }
            return result
        }

        /// Whether the outline may lie on ground: on the roughest that counts, no more would be alike.
        func mayCarry(_ differences: [Float]) -> Bool {
            isMost(rim) { differences[$0] < 1.5 * factor * roughest }
        }
    }

    /// Pixels from the outline on which the ground is met.
    private static let rim: Float = 2
    /// How strongly the object keeps its own colours, against the outline's 1: what is told wrongly of it stays its own, too.
    private static let hold: Float = 0.1

    /// An object's colours, with what it carries of its old ground in those of the new one: at the outline the difference is taken out
    /// whole, from there on smoothly less towards the object itself (membrane interpolation of Poisson's equation;
    /// Pérez, Gangnet and Blake, 2003).
    ///
    /// - Parameter carried: how much each pixel is of the old ground, row by row.
    static func blended(_ colours: Raster, _ coverage: [Float], carried: [Float], into ground: Raster) -> Raster {
        let (width, height) = (colours.width, colours.height)
        let covered = Mask(height: height, width: width, cells: coverage.map { $0 > 0 })
        let depth = DistanceField(to: !covered).distances
        let isRim = coverage.indices.map { covered.cells[$0] && depth[$0] <= rim && carried[$0] > 0.5 }
        let weights = coverage.indices.map { at -> Float in isRim[at] ? 1 : covered.cells[at] && carried[at] < 0.1 ? hold : 0 }
        let planes = (0..<3).map { p -> [Float] in
            let differences = zip(ground.planes[p], colours.planes[p]).map { $0 - $1 }
            let sums = boxSums(differences, width, height, 1)
            let known = isRim.indices.map { isRim[$0] ? sums[$0] / 9 : 0 }
            let change = smoothedIn(known, weights: weights, width: width, height: height)
            let range = samples(of: ground.planes[p] + colours.planes[p])
            return change.indices.map { at in
                covered.cells[at] ? (colours.planes[p][at] + carried[at] * change[at]).clamped(to: range) : colours.planes[p][at]
            }
        }
        return Raster(width: width, height: height, planes: planes)
    }
}

extension Raster {
    /// Each cell the mean of the pixels that it stands for.
    fileprivate func shrunk(by step: Double) -> Raster {
        let size = cells(of: step)
        guard size.width < width || size.height < height else { return self }
        return resampled(origin: (0, 0), step: step, width: size.width, height: size.height, isLight: false)
    }

    /// Each cell the pixel in its middle, which is found at once.
    fileprivate func thinned(by step: Double) -> Raster {
        let size = cells(of: step)
        let columns = (0..<size.width).map { min(Int((Double($0) + 0.5) * step), width - 1) }
        let rows = (0..<size.height).map { min(Int((Double($0) + 0.5) * step), height - 1) * width }
        return Raster(
            width: size.width, height: size.height, planes: planes.map { plane in rows.flatMap { row in columns.map { plane[row + $0] } } })
    }

    private func cells(of step: Double) -> PixelSize {
        PixelSize(width: max(1, Int(Double(width) / step)), height: max(1, Int(Double(height) / step)))
    }
}
