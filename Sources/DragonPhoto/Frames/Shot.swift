import DragonImage

/// Frames one after the other that a camera took without moving.
struct Shot: Sendable {
    /// Of its first frame, among all.
    let start: Int
    /// Frames, what the object hides filled from the nearest frames that show it.
    let filled: [Raster]
    /// What no frame shows.
    let gap: [Bool]
    /// How much brighter each frame is than the first one, by plane.
    private let brightness: [[Float]]

    /// The frame that the gap is filled in, counted from the first one: the one in the middle.
    var anchor: Int { filled.count / 2 }

    /// Frames divided where the camera moves or the scene changes.
    static func all(of views: [FrameView]) throws -> [Shot] {
        var shots: [Shot] = []
        var (start, brightness): (Int, [[Float]]) = (0, [])
        for (index, view) in views.enumerated() {
            try Cancellation.check()
            let comparison = FrameComparison(view, views[start])
            if index > start, !comparison.isStill {
                shots.append(try Shot(start: start, Array(views[start..<index]), brightness))
                (start, brightness) = (index, [])
            }
            brightness.append(index == start ? view.colours.planes.map { _ in 0 } : comparison.brightness)
        }
        return shots + [try Shot(start: start, Array(views[start...]), brightness)]
    }

    private init(start: Int, _ views: [FrameView], _ brightness: [[Float]]) throws {
        (self.start, self.brightness) = (start, brightness)
        let gap = (views.first?.isHidden ?? []).indices.map { at in views.allSatisfy { $0.isHidden[at] } }
        self.gap = gap
        filled = try views.indices.map { index in
            try Cancellation.check()
            return Self.filled(index, views, brightness, gap)
        }
    }

    /// A frame whose hidden pixels are those of the frame nearest in time that shows them: its own grain and all, for a mean of
    /// many would be smoother than what is around it.
    private static func filled(_ index: Int, _ views: [FrameView], _ brightness: [[Float]], _ gap: [Bool]) -> Raster {
        var result = views[index].colours
        var open = gap.indices.filter { views[index].isHidden[$0] && !gap[$0] }
        for other in views.indices.sorted(by: { abs($0 - index) < abs($1 - index) }) where other != index && !open.isEmpty {
            let source = views[other]
            let shown = open.filter { !source.isHidden[$0] }
            for p in result.planes.indices {
                let change = brightness[index][p] - brightness[other][p]
                let range = samples(of: source.colours.planes[p])
                for at in shown { result.planes[p][at] = (source.colours.planes[p][at] + change).clamped(to: range) }
            }
            open.removeAll { !source.isHidden[$0] }
        }
        return result
    }

    /// A frame with the gap as it was filled in the anchor, and what that changed around it.
    ///
    /// - Parameter fill: over the anchor, in pixels of the frames' part.
    func finished(_ index: Int, with fill: EditLayer, at part: PixelBox) -> (colours: Raster, isChanged: [Bool]) {
        var (result, isChanged) = (filled[index], gap)
        let whole = PixelBox(x: 0, y: 0, width: part.width, height: part.height)
        let box = PixelBox(x: fill.box.x - part.x, y: fill.box.y - part.y, width: fill.box.width, height: fill.box.height)
        let inside = box.clipped(to: whole)
        for y in inside.y..<inside.endY {
            for x in inside.x..<inside.endX {
                let (at, from) = (y * part.width + x, (y - box.y) * box.width + x - box.x)
                guard gap[at] || fill.coverage[from] > 0 else { continue }
                isChanged[at] = true
                for p in result.planes.indices where p < fill.colours.planes.count {
                    let made = fill.colours.planes[p][from]
                    if gap[at] {
                        result.planes[p][at] = made + brightness[index][p] - brightness[anchor][p]
                    } else {
                        result.planes[p][at] += fill.coverage[from] * (made - filled[anchor].planes[p][at])
                    }
                }
            }
        }
        return (result, isChanged)
    }
}
