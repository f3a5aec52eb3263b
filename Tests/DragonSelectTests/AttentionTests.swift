import DragonImage
import TestSupport
import Testing

@testable import DragonSelect

/// Weights of the cells of a grid, by what each pair has in common, times some noise; rows sum to 1.
private func chain(height: Int, width: Int, noise: Float, _ common: (Int, Int) -> Float) throws -> AttentionChain {
    var random = Numbers(seed: 9)
    let cells = height * width
    var weights: [Float] = []
    for a in 0..<cells {
        let row = (0..<cells).map { common(a, $0) * (1 + noise * random.uniform()) }
        let sum = row.reduce(0, +)
        weights += row.map { $0 / sum }
    }
    let made = weights.withUnsafeBufferPointer { AttentionChain(weights: $0, height: height, width: width, span: Double(width)) }
    return try #require(made)
}

@Suite("Attention, as a chain from cell to cell")
struct AttentionChainTests {
    /// Whether a cell lies in the left third of a grid of 24 columns.
    private func isLeft(_ cell: Int) -> Bool { cell % 24 < 8 }

    @Test("every row and every column sums to 1, and ties are mutual, though most are left out")
    func doublyStochastic() throws {
        let chain = try chain(height: 10, width: 24, noise: 0.95) { isLeft($0) == isLeft($1) ? 1 : 0.05 }
        var (rows, columns) = ([Float](repeating: 0, count: 240), [Float](repeating: 0, count: 240))
        var chances: [SIMD2<Int>: Float] = [:]
        for cell in 0..<240 {
            for tie in chain.starts[cell]..<chain.starts[cell + 1] {
                let other = Int(chain.targets[tie])
                (rows[cell], columns[other]) = (rows[cell] + chain.chances[tie], columns[other] + chain.chances[tie])
                chances[SIMD2(cell, other)] = chain.chances[tie]
            }
        }
        #expect(rows.allSatisfy { abs($0 - 1) < 1e-3 } && columns.allSatisfy { abs($0 - 1) < 1e-3 })
        #expect(chances.allSatisfy { abs($0.value - (chances[SIMD2($0.key.y, $0.key.x)] ?? -1)) < 1e-6 })
        #expect(chances.count < 240 * 240 && chances.count >= 128 * 240)
    }

    @Test("a walk stays in its block, and reaches all of it")
    func blocks() throws {
        let chain = try chain(height: 10, width: 24, noise: 0.3) { isLeft($0) == isLeft($1) ? 1 : 0 }
        let arrivals = chain.arrivals(from: [3 * 24 + 2])
        for cell in 0..<240 {
            if isLeft(cell) { #expect(arrivals[cell] < 8) } else { #expect(arrivals[cell] == AttentionChain.mostSteps + 1) }
        }
        #expect(arrivals[3 * 24 + 2] == 1)
    }

    @Test("a walk leaks slowly over weak ties; what only looks alike beyond them is another object")
    func leaks() throws {
        // The outer thirds are alike, the middle one parts them.
        let side = { (cell: Int) in cell % 24 < 8 || cell % 24 >= 16 }
        let chain = try chain(height: 10, width: 24, noise: 0.3) { side($0) == side($1) ? 1 : 0.01 }
        let arrivals = chain.arrivals(from: [3 * 24 + 2])
        let (near, middle, far) = (arrivals[5 * 24 + 6], arrivals[5 * 24 + 12], arrivals[5 * 24 + 20])
        #expect(near * 4 < middle && middle <= far)
    }

    @Test("numbers are chosen by rank; weights of another size, and of no cell, are none")
    func parts() throws {
        var random = Numbers(seed: 2)
        for count in [1, 2, 7, 100] {
            let numbers = (0..<count).map { _ in (random.uniform() * 8).rounded() }
            for place in 0..<count {
                var copy = numbers
                #expect(AttentionChain.largest(place, of: &copy) == numbers.sorted(by: >)[place])
            }
        }
        let some: [Float] = [1, 0, 0, 1]
        some.withUnsafeBufferPointer {
            #expect(AttentionChain(weights: $0, height: 2, width: 2, span: 2) == nil)
            #expect(AttentionChain(weights: $0, height: 0, width: 2, span: 2) == nil)
            #expect(AttentionChain(weights: $0, height: 2, width: 1, span: 2) != nil)
        }
        let nothing = [Float](repeating: 0, count: 16)
        let flat = nothing.withUnsafeBufferPointer { AttentionChain(weights: $0, height: 2, width: 2, span: 2) }
        #expect(flat?.arrivals(from: [0]) == [1, 129, 129, 129])
    }
}

/// A disc of two colours, of which one is the ground's.
private struct TwoColours {
    let width = 300
    let height = 220

    func isObject(_ x: Int, _ y: Int) -> Bool { (x - 150) * (x - 150) + (y - 110) * (y - 110) < 48 * 48 }

    var truth: Mask { Mask(height: height, width: width, cells: (0..<width * height).map { isObject($0 % width, $0 / width) }) }

    var picture: PictureSource {
        var random = Numbers(seed: 3)
        var planes = [[Float]](repeating: [], count: 3)
        for at in 0..<width * height {
            let (x, y) = (at % width, at / width)
            let colour: [Float] = isObject(x, y) && x < 150 ? [0.8, 0.3, 0.2] : [0.3, 0.45, 0.5]
            let noise = 0.04 * random.uniform()
            for c in 0..<3 { planes[c].append(colour[c] + noise) }
        }
        let raster = Raster(width: width, height: height, planes: planes)
        return PictureSource(width: width, height: height) { raster.repeated(to: $0) }
    }

    /// How much of a cell of a grid of 40 columns is the object's, blurred over two cells.
    private func share(_ cell: Int) -> Float {
        let (x, y) = (Float(cell % 40) + 0.5 - 20, Float(cell / 40) + 0.5 - 110 / 7.5)
        return min(max((48 / 7.5 - (x * x + y * y).squareRoot()) / 2 + 0.5, 0), 1)
    }

    func attention(_ isTrue: Bool) throws -> AttentionChain {
        try chain(height: 30, width: 40, noise: 0.9) { isTrue ? 0.02 + share($0) * share($1) + (1 - share($0)) * (1 - share($1)) : 1 }
    }

    var hints: [ObjectHint] {
        let loose = truth.cells.indices.map { at in
            let (x, y) = (at % width - 152, at / width - 108)
            return x * x + y * y < 62 * 62
        }
        return [
            ObjectHint(inside: [Point(x: 125, y: 110)]), ObjectHint(box: PixelBox(x: 96, y: 56, width: 108, height: 108), in: truth.size),
            ObjectHint(outline: Outline(Mask(height: height, width: width, cells: loose))),
        ]
    }
}

private func agreement(_ a: Mask, _ b: Mask) -> Double { Double((a & b).count) / Double(max(1, (a | b).count)) }

@Suite("What a network attends to seeds the cut")
struct AttentionSeedTests {
    private let drawing = TwoColours()

    @Test("an object of two colours, one of them the ground's, is found whole by a click; what is drawn around loses nothing")
    func ambiguous() throws {
        let finder = ObjectFinder(drawing.picture)
        for hint in drawing.hints {
            finder.attend(nil)
            let without = agreement(try finder.object(for: hint).mask, drawing.truth)
            finder.attend(try drawing.attention(true))
            let with = agreement(try finder.object(for: hint).mask, drawing.truth)
            print("two colours: \(without) without, \(with) with attention")
            #expect(with > without - 0.002)
            if hint.outline == nil { #expect(with > 0.9 && without < 0.6) }
        }
    }

    @Test("a point beside the object stops the walk from there")
    func beside() throws {
        let finder = ObjectFinder(drawing.picture)
        finder.attend(try drawing.attention(true))
        let right = Point(x: 180, y: 110)
        let whole = try finder.object(for: ObjectHint(inside: [Point(x: 125, y: 110)])).mask
        let less = try finder.object(for: ObjectHint(inside: [Point(x: 125, y: 110)], outside: [right])).mask
        #expect(whole[110, 180] && !less[110, 180] && less[110, 125])
    }

    @Test("attention that knows nothing changes nothing")
    func noise() throws {
        let finder = ObjectFinder(drawing.picture)
        for hint in drawing.hints {
            finder.attend(nil)
            let without = try finder.object(for: hint).mask
            finder.attend(try drawing.attention(false))
            #expect(agreement(try finder.object(for: hint).mask, without) > 0.99)
            // And none of it stays behind.
            finder.attend(nil)
            #expect(try finder.object(for: hint).mask == without)
        }
    }
}
