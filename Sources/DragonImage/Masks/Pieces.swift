/// What of a mask hangs together, by the four neighbours.
package struct Pieces {
    /// Of each cell; −1 where it is not set.
    package private(set) var numbers: [Int]
    /// Cells of each piece.
    package private(set) var sizes: [Int] = []
    private let width: Int
    private let height: Int

    package init(of mask: Mask) {
        (width, height) = (mask.width, mask.height)
        numbers = Array(repeating: -1, count: mask.cells.count)
        var waiting: [Int] = []
        for start in mask.cells.indices where mask.cells[start] && numbers[start] < 0 {
            let piece = sizes.count
            sizes.append(0)
            numbers[start] = piece
            waiting.append(start)
            while let cell = waiting.popLast() {
                sizes[piece] += 1
                let x = cell % width
                for (next, isThere) in [
                    (cell - 1, x > 0), (cell + 1, x + 1 < width), (cell - width, cell >= width),
                    (cell + width, cell + width < numbers.count),
                ]
                where isThere && mask.cells[next] && numbers[next] < 0 {
                    numbers[next] = piece
                    waiting.append(next)
                }
            }
        }
    }

    /// The piece at a place; −1 where there is none.
    package func number(at point: Point) -> Int {
        let (x, y) = (Int(point.x.rounded(.down)), Int(point.y.rounded(.down)))
        return (0..<width).contains(x) && (0..<height).contains(y) ? numbers[y * width + x] : -1
    }
}
