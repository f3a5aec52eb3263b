/// How rough a picture is around each pixel, beside its colours: what tells blurred ground from grass of the same colour.
///
/// Patches that disagree are averaged, averages are smooth, and smooth patches then find smooth sources: left to colours alone a
/// fill turns to smear. Texture that is compared and averaged like a colour stays what it was (Newson et al., 2014, section 3.2).
struct Roughness {
    /// What a difference in roughness counts against one in colour.
    private static let weight: Float = 15

    private let level: FillLevel
    private let reach: Int

    /// - Parameter reach: of the neighbourhood, in pixels.
    init(of level: FillLevel, reach: Int) { (self.level, self.reach) = (level, reach) }

    /// The level with its roughness: the mean difference of known pixels 1, 2, 4 … apart, weighted, as fourth number of each
    /// colour. Fine grain and coarse leaves alike are rough, in a large photo as in its small copy.
    var added: FillLevel {
        var (steps, counts) = ([Float](repeating: 0, count: level.colours.count), [Float](repeating: 0, count: level.colours.count))
        var distance = 1
        while distance <= max(1, reach / 2) {
            compare(distance, &steps, &counts)
            distance *= 2
        }
        let (sums, known) = (windowed(steps), windowed(counts))
        var result = level
        for at in result.colours.indices { result.colours[at].w = Self.weight * sums[at] / max(known[at], 1) }
        return result
    }

    /// Adds up the differences of pixels so far apart, to the right and below.
    private func compare(_ distance: Int, _ steps: inout [Float], _ counts: inout [Float]) {
        for y in 0..<level.height where !Cancellation.isAsked {
            for at in y * level.width..<(y + 1) * level.width where !level.isHole[at] {
                if at + distance < (y + 1) * level.width { add(at, at + distance, &steps, &counts) }
                if y + distance < level.height { add(at, at + distance * level.width, &steps, &counts) }
            }
        }
    }

    private func add(_ at: Int, _ next: Int, _ steps: inout [Float], _ counts: inout [Float]) {
        guard !level.isHole[next] else { return }
        let d = level.colours[next] - level.colours[at]
        steps[at] += abs(d.x) + abs(d.y) + abs(d.z)
        counts[at] += 3
    }

    /// Sums over the window around each pixel, as far as it lies in the level.
    private func windowed(_ values: [Float]) -> [Float] {
        var (across, result) = (values, values)
        for y in 0..<level.height where !Cancellation.isAsked { sum(values, into: &across, from: y * level.width, by: 1, level.width) }
        for x in 0..<level.width where !Cancellation.isAsked { sum(across, into: &result, from: x, by: level.width, level.height) }
        return result
    }

    /// A running sum along a row or column. In double, or what it adds and takes away again would not come to nothing.
    private func sum(_ values: [Float], into sums: inout [Float], from first: Int, by step: Int, _ count: Int) {
        var running = values.indices.contains(first) ? (0..<min(reach, count)).reduce(0.0) { $0 + Double(values[first + $1 * step]) } : 0
        for i in 0..<count {
            if i + reach < count { running += Double(values[first + (i + reach) * step]) }
            if i > reach { running -= Double(values[first + (i - reach - 1) * step]) }
            sums[first + i * step] = Float(running)
        }
    }
}
