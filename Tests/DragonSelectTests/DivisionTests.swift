import CGraphCut
import TestSupport
import Testing

@testable import DragonImage
@testable import DragonSelect

@Suite("A grid is divided at the least cost")
struct DivisionTests {
    /// Small grids of random costs, some of whose cells are decided.
    private struct Grid {
        let width: Int
        let height: Int
        let gain: [Float]
        let ties: [[Float]]

        init(_ random: inout Numbers) {
            (width, height) = (1 + random.below(4), 1 + random.below(3))
            let count = width * height
            gain = (0..<count).map { _ in
                random.below(6) == 0 ? (random.below(2) == 0 ? .infinity : -.infinity) : 2 * random.uniform()
            }
            ties = (0..<4).map { _ in (0..<count).map { _ in abs(random.uniform()) } }
        }

        /// What a division costs: ties that it cuts, and gains that it forgoes.
        func cost(_ inside: (Int) -> Bool) -> Float {
            var cost: Float = 0
            for at in 0..<width * height {
                if gain[at] > 0, !inside(at) { cost += gain[at] }
                if gain[at] < 0, inside(at) { cost -= gain[at] }
                let (x, y) = (at % width, at / width)
                for (ties, (dx, dy)) in zip(ties, [(1, 0), (0, 1), (1, 1), (-1, 1)])
                where (0..<width).contains(x + dx) && y + dy < height && inside(at) != inside(at + dy * width + dx) {
                    cost += ties[at]
                }
            }
            return cost
        }

        var divided: [UInt8] {
            var inside = [UInt8](repeating: 2, count: width * height)
            var grid = graphcut_grid()
            (grid.width, grid.height) = (Int32(width), Int32(height))
            let done = gain.withUnsafeBufferPointer { gain in
                ties[0].withUnsafeBufferPointer { right in
                    ties[1].withUnsafeBufferPointer { below in
                        ties[2].withUnsafeBufferPointer { belowRight in
                            ties[3].withUnsafeBufferPointer { belowLeft in
                                (grid.gain, grid.right, grid.below) = (gain.baseAddress, right.baseAddress, below.baseAddress)
                                (grid.below_right, grid.below_left) = (belowRight.baseAddress, belowLeft.baseAddress)
                                return graphcut_divide(&grid, &inside)
                            }
                        }
                    }
                }
            }
            #expect(done == 1)
            return inside
        }
    }

    @Test("as trying every division finds it")
    func least() {
        var random = Numbers(seed: 5)
        for _ in 0..<300 {
            let grid = Grid(&random)
            let found = grid.divided
            var least = Float.infinity
            for number in 0..<(1 << grid.gain.count) { least = min(least, grid.cost { number >> $0 & 1 == 1 }) }
            #expect(found.allSatisfy { $0 < 2 })
            #expect(grid.cost { found[$0] == 1 } <= least + 1e-4)
        }
    }

    @Test("a grid too large for its numbers is refused, not begun")
    func tooLarge() {
        var inside: UInt8 = 7
        var grid = graphcut_grid()
        (grid.width, grid.height) = (100_000, 100_000)
        #expect(graphcut_divide(&grid, &inside) == 0)
        #expect(inside == 7)
    }
}
