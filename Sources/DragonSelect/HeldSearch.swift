public import DragonImage

extension ObjectFinder {
    /// Least side of the picture, in cells, on which an outline is looked at; how far to both sides of it.
    private static let outlineSide = 360
    private static let outlineReach = 3
    /// How much the largest of three colours must differ there to be an edge; how much of an object's outline may be none: that of
    /// ground that a region's border cuts out is hardly any.
    private static let leastEdge: Float = 12.0 / 255
    private static let mostEdgeless = 0.3
    /// How much of what either finds, in the region and under the handles alone, both must find to be the same object.
    private static let leastShared = 0.85
    /// How far from a region's border the object that is found within it may end for the border's sake, of the region's side.
    private static let borderReach = 0.12

    /// What the handles of a drag hold; nil where nothing there can be told from what surrounds it.
    ///
    /// - Parameter region: what was drawn or selected around it, of the picture's size; nil where nothing was.
    /// - Throws: ``FindingError/lacksMemory``.
    public func held(by handles: [Point], within region: Mask?) throws(FindingError) -> FoundObject? {
        let free = try told(ObjectHint(inside: handles))
        guard let region, region.size == size else { return free }
        let outlined = try told(ObjectHint(inside: handles, outline: Outline(region)))
        let (freely, within) = (free.flatMap(edged), outlined.flatMap(edged))
        guard let within else { return freely == nil ? nil : free }
        guard let freely else { return outlined }
        let (both, either) = ((freely & within & region).count, ((freely & region) | within).count)
        return Double(both) >= Self.leastShared * Double(either) ? beyond(region, within, freely) : outlined
    }

    /// An object that was found within a region, going on beyond its border as the same one that was found without does.
    private func beyond(_ region: Mask, _ within: Mask, _ freely: Mask) -> FoundObject? {
        guard let bounds = (region | freely).bounds else { return nil }
        let box = bounds.grown(by: 1).clipped(to: size.box)
        let depth = DistanceField(to: !region.cropped(to: box)).distances
        let reach = Float(Self.borderReach * Double(region.count).squareRoot())
        let masks = [within, freely].map { $0.cropped(to: box).coverage.planes[0] }
        let shares = depth.indices.map { at in
            UInt8(((depth[at] <= reach ? max(masks[0][at], masks[1][at]) : masks[0][at]) * 255).rounded())
        }
        return FoundObject(size: size, box: box, shares: shares)
    }

    /// The mask of what is an object by its outline.
    private func edged(_ found: FoundObject) -> Mask? {
        let mask = found.mask
        return edgeless(mask) <= Self.mostEdgeless ? mask : nil
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
