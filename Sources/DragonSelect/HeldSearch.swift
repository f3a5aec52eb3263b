public import DragonImage

extension ObjectFinder {
    /// Least side of the picture, in cells, on which an outline is looked at; how far to both sides of it.
    private static let outlineSide = 360
    private static let outlineReach = 3
    /// How much the largest of three colours must differ there to be an edge; how much of an object's outline may be none: that of
    /// ground that a region's border cuts out is hardly any.
    private static let leastEdge: Float = 12.0 / 255
    private static let mostEdgeless = 0.3

    /// What the handles of a drag hold; nil where nothing there can be told from what surrounds it.
    ///
    /// - Parameter region: what was drawn or selected around it, of the picture's size; nil where nothing was.
    /// - Throws: ``FindingError/lacksMemory``.
    public func held(by handles: [Point], within region: Mask?) throws(FindingError) -> FoundObject? {
        let underHandles = ObjectHint(inside: handles)
        guard let region else { return try told(underHandles) }
        let within = ObjectHint(inside: handles, outline: Outline(region))
        for hint in [within, underHandles] {
            if let found = try told(hint), edgeless(found.mask) <= Self.mostEdgeless { return found }
        }
        return nil
    }

    /// The object that a hint means; nil where there is none.
    private func told(_ hint: ObjectHint) throws(FindingError) -> FoundObject? {
        do {
            return try object(for: hint)
        } catch .lacksMemory {
            throw .lacksMemory
        } catch {
            return nil
        }
    }

    /// How much of an object's outline, within the picture, has the same colours on both sides.
    private func edgeless(_ object: Mask) -> Double {
        let picture = picture(atLeast: Self.outlineSide)
        let (width, height) = (picture.width, picture.height)
        let small = object.resized(height: height, width: width)
        let share = small.cells.map { $0 ? Float(1) : 0 }
        let sums = { (plane: [Float]) in boxSums(plane, width, height, Self.outlineReach) }
        let count = sums(share)
        let all = sums([Float](repeating: 1, count: share.count))
        var edge = [Float](repeating: 0, count: share.count)
        for plane in picture.colours(in: picture.size.box).planes.prefix(3) {
            let (own, both) = (sums(zip(plane, share).map(*)), sums(plane))
            for at in edge.indices {
                let (inside, outside) = (own[at] / max(count[at], 1), (both[at] - own[at]) / max(all[at] - count[at], 1))
                edge[at] = max(edge[at], abs(inside - outside))
            }
        }
        let outline = small.indices.filter { at in
            let (y, x) = (at / width, at % width)
            return [(y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)].contains { small.contains($0.0, $0.1) && !small[$0.0, $0.1] }
        }
        return Double(outline.count { edge[$0] < Self.leastEdge }) / Double(max(1, outline.count))
    }
}
