import Dispatch
import Foundation

/// What the cells of a picture attend to in a network, as a Markov chain: from cell to cell, and most likely to one of the same object
/// (M2N2, Karmann and Urfalioglu, CVPR 2025, arXiv 2411.10411, section 3).
///
/// The paper's matrix is sharpened by a temperature and made doubly stochastic, so that no cell draws more than another. This one is
/// also mutual, (A + Aᵀ)/2, and of each cell only the strongest ties are kept: a step takes a millisecond in place of thirty.
public struct AttentionChain: Sendable {
    /// Rows of the grid of cells.
    public let height: Int
    /// Columns of it.
    public let width: Int
    /// Cells along the longer side of the picture, whose upper left corner is the grid's.
    let span: Double
    /// The ties of cell i are those from `starts[i]` on: to which cell, and how likely.
    let starts: [Int]
    let targets: [Int32]
    private(set) var chances: [Float]

    /// A weight w becomes w^(1/temperature).
    private static let temperature: Float = 0.65
    /// Ties that are kept of a cell, at least.
    private static let kept = 128
    private static let mostRounds = 200
    /// Sums of rows differ from 1 by less.
    private static let tolerance: Float = 1e-4

    /// - Parameters:
    ///   - weights: `cells × cells`, finite and 0 or more: what one cell attends to, row by row or column by column.
    ///   - span: cells along the longer side of the picture.
    /// - Returns: nil where the weights are not of that grid.
    public init?(weights: UnsafeBufferPointer<Float>, height: Int, width: Int, span: Double) {
        let cells = height * width
        guard cells > 0, cells <= Int(Int32.max), weights.count == cells * cells, span > 0 else { return nil }
        (self.height, self.width, self.span) = (height, width, span)
        let mutual = MutualWeights(weights: weights, cells: cells)
        let least = mutual.rows { row in
            var sorted = row
            return Self.largest(min(Self.kept, cells) - 1, of: &sorted)
        }
        let ties = mutual.rows { row, at -> [(Int32, Float)] in
            row.indices.compactMap { other in
                guard row[other] >= min(least[at], least[other]) && row[other] > 0 || other == at else { return nil }
                // A cell is tied to itself, so that the sums can be met (Knight, SIAM J. Matrix Anal. Appl. 30, 2008).
                return (Int32(other), pow(max(row[other] * Float(cells), 1e-6), 1 / Self.temperature))
            }
        }
        starts = ties.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
        targets = ties.flatMap { $0.map(\.0) }
        chances = ties.flatMap { $0.map(\.1) }
        balance()
    }

    /// Number of cells.
    var cells: Int { height * width }

    /// Σ over a cell's ties of chance · value.
    @inline(__always)
    func sum(of cell: Int, _ values: UnsafeBufferPointer<Float>) -> Float {
        var sum: Float = 0
        for tie in starts[cell]..<starts[cell + 1] { sum += chances[tie] * values[Int(targets[tie])] }
        return sum
    }

    /// D·A·D with sums of 1 in every row and column: d ← d / √(row sums), which keeps the symmetry (Knight, Ruiz and Uçar, SIAM J.
    /// Matrix Anal. Appl. 35, 2014, algorithm 1).
    private mutating func balance() {
        var factors = [Float](repeating: 1, count: cells)
        for _ in 0..<Self.mostRounds {
            let sums = factors.withUnsafeBufferPointer { values in (0..<cells).map { factors[$0] * sum(of: $0, values) } }
            for at in factors.indices { factors[at] /= sums[at].squareRoot() }
            if sums.allSatisfy({ abs($0 - 1) < Self.tolerance }) { break }
        }
        for at in 0..<cells {
            for tie in starts[at]..<starts[at + 1] { chances[tie] *= factors[at] * factors[Int(targets[tie])] }
        }
    }

    /// The number that stands at a place in falling order (Hoare's selection, 1961).
    static func largest(_ place: Int, of numbers: inout [Float]) -> Float {
        var (low, high) = (0, numbers.count - 1)
        while low < high {
            let pivot = numbers[(low + high) / 2]
            var (i, j) = (low, high)
            while i <= j {
                while numbers[i] > pivot { i += 1 }
                while numbers[j] < pivot { j -= 1 }
                if i <= j {
                    numbers.swapAt(i, j)
                    (i, j) = (i + 1, j - 1)
                }
            }
            if place <= j { high = j } else if place >= i { low = i } else { break }
        }
        return numbers[place]
    }
}

/// The mean of a matrix and its transpose, a few rows at a time: a second matrix would take as much memory as the first.
private struct MutualWeights: @unchecked Sendable {
    // Unchecked: the caller's memory, only read, and not beyond the call.
    let weights: UnsafeBufferPointer<Float>
    let cells: Int

    /// Rows that are read at once: of the transpose they share cache lines.
    private static let block = 16

    func rows<Result: Sendable>(_ body: @Sendable ([Float]) -> Result) -> [Result] { rows { row, _ in body(row) } }

    /// What `body` says of every row and its number.
    func rows<Result: Sendable>(_ body: @Sendable ([Float], Int) -> Result) -> [Result] {
        let blocks = (cells + Self.block - 1) / Self.block
        return inParallel(blocks) { block -> [Result] in
            let first = block * Self.block
            let count = min(Self.block, cells - first)
            var rows = (0..<count).map { Array(weights[(first + $0) * cells..<(first + $0 + 1) * cells]) }
            for other in 0..<cells {
                for row in 0..<count { rows[row][other] = (rows[row][other] + weights[other * cells + first + row]) / 2 }
            }
            return rows.indices.map { body(rows[$0], first + $0) }
        }.flatMap { $0 }
    }
}
