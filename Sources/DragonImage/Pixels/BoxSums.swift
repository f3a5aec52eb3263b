/// Sums over squares around each sample of a plane, as far as the plane reaches.
package func boxSums(_ plane: [Float], _ width: Int, _ height: Int, _ radius: Int) -> [Float] {
    var across = plane
    for y in 0..<height where !Cancellation.isAsked {
        // In double precision: a running sum keeps every rounding.
        var sum = (0..<min(radius, width)).reduce(0.0) { $0 + Double(plane[y * width + $1]) }
        for x in 0..<width {
            if x + radius < width { sum += Double(plane[y * width + x + radius]) }
            if x > radius { sum -= Double(plane[y * width + x - radius - 1]) }
            across[y * width + x] = Float(sum)
        }
    }
    var result = across
    for x in 0..<width where !Cancellation.isAsked {
        var sum = (0..<min(radius, height)).reduce(0.0) { $0 + Double(across[$1 * width + x]) }
        for y in 0..<height {
            if y + radius < height { sum += Double(across[(y + radius) * width + x]) }
            if y > radius { sum -= Double(across[(y - radius - 1) * width + x]) }
            result[y * width + x] = Float(sum)
        }
    }
    return result
}
