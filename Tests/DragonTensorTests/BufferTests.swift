import CKernels
import Foundation
import Glibc
import Testing

@testable import DragonTensor

@Suite("Arrays have the room that kernels may read")
struct BufferTests {
    @Test("behind a vector's and a widened weight's end lie zeros, at any length", arguments: [1, 31, 1024, 4099])
    func vectors(count: Int) {
        let vector = Vector([Float](repeating: 1, count: count))
        let weight = Weight(shape: [count], values: [Float](repeating: 1, count: count))
        let floats = weight.lent.assumingMemoryBound(to: Float.self)
        withExtendedLifetime((vector, weight)) {
            for at in count..<count + Int(DRAGON_SLACK) { #expect(vector.lent[at] == 0 && floats[at] == 0) }
        }
    }

    @Test("every half widens to its value")
    func halves() {
        for bits in UInt16.min ... .max {
            let (exponent, fraction) = (Int(bits >> 10 & 31), Double(bits & 1023))
            let found = Float(halfBits: bits)
            if exponent == 31 {
                #expect(fraction == 0 ? found.isInfinite : found.isNaN)
            } else {
                let size = exponent == 0 ? fraction * 0x1p-24 : (1024 + fraction) * exp2(Double(exponent - 25))
                #expect(Double(found.magnitude) == size)
            }
            #expect((found.sign == .minus) == (bits >= 0x8000))
        }
    }

    @Test("a weight is changed band by band, each row where it belongs, with room behind the last")
    func changed() throws {
        let context = ComputeContext(threads: 2)
        let counts = [1, 7, 40_000, 9_000_000, 3, 17_000_000, 65]
        let weights = try counts.enumerated().map { number, count in
            // Each element is its place in the weight, for rows that come in the wrong order to show.
            try Weight(shape: [count, 1], values: [Float](repeating: 1, count: count)).adding(in: context) { rows in
                try Tensor(rows.map { Float($0 % 4096 + number) }, shape: [1, rows.count, 1], in: context)
            }
        }
        for (number, weight) in weights.enumerated() {
            #expect(
                weight.floats().enumerated().allSatisfy { $1 == Float($0 % 4096 + number + 1) } && UInt(bitPattern: weight.lent) % 64 == 0)
            let behind = weight.lent.assumingMemoryBound(to: Float.self) + weight.count
            withExtendedLifetime(weight) { for at in 0..<Int(DRAGON_SLACK) { #expect(behind[at] == 0) } }
        }
    }

    // The last is a page more than a power of two, and no multiple of a large page.
    @Test("a tensor of any length is aligned and whole", arguments: [1, 1000, 1 << 20, (1 << 20) + 1024, 5 * (1 << 20) / 4 + 1024])
    func tensors(count: Int) throws {
        let context = ComputeContext(threads: 1)
        let tensor = try Tensor(repeating: 2, shape: [1, 1, count], in: context)
        #expect(UInt(bitPattern: tensor.lent) % 64 == 0)
        #expect(tensor.values.count == count && tensor.values.allSatisfy { $0 == 2 })
    }

    @Test("small arrays that stay hold no large buffer's memory open")
    func gaps() throws {
        // Of different sizes, so that none is handed on; the system's threshold for mapping rises as they are freed.
        let pool = BufferPool()
        var stays: [[Float]] = []
        var height = 0
        func run() throws {
            let large = try (0..<24).map { number in
                let buffer = try #require(pool.take((4 << 20) + number << 18))
                buffer.0.initialize(repeating: 1, count: buffer.1 / 4)
                stays.append([Float](repeating: Float(number), count: 16_000))
                return buffer
            }
            height = max(height, large.reduce(0) { $0 + $1.1 })
            for (pointer, bytes) in large { pool.give(pointer, bytes: bytes) }
        }
        let before = try residentBytes()
        for _ in 0..<4 { try run() }
        // The pool itself keeps what was in use at once, and at most 128 MiB beside it.
        #expect(try residentBytes() - before < height + 160 << 20)
        pool.drain()
        #expect(try residentBytes() - before < 32 << 20)
        #expect(stays.count == 96 && stays.allSatisfy { $0.count == 16_000 })
    }

    @Test("a large buffer serves again for its own size and down to two thirds of it, the best fitting one first")
    func fitting() throws {
        let pool = BufferPool()
        let (six, eight, other) = (try #require(pool.take(6 << 18)), try #require(pool.take(8 << 18)), try #require(pool.take(16 << 18)))
        for (pointer, bytes) in [eight, six, other] { pool.give(pointer, bytes: bytes) }
        let fitting = try #require(pool.take(6 << 18))
        #expect(fitting == six)
        let less = try #require(pool.take(6 << 18))
        #expect(less == eight, "and it goes back with its own size")
        pool.give(less.0, bytes: less.1)
        let small = try #require(pool.take(3 << 18))
        #expect(small.0 != eight.0 && small.1 < six.1)
        for (pointer, bytes) in [fitting, small] { pool.give(pointer, bytes: bytes) }
    }

    @Test("in use and idle are little more than was in use at once; what has been idle longest makes room")
    func height() throws {
        let pool = BufferPool()
        let sizes = [128, 144, 256, 320].map { $0 << 20 }
        func take(_ bytes: Int) throws -> (UnsafeMutablePointer<Float>, Int) { try #require(pool.take(bytes / 4 - Int(DRAGON_SLACK))) }
        let all = try sizes.map(take)
        let height = sizes.reduce(0, +)
        #expect(pool.largeBytes == height)
        for (pointer, bytes) in all { pool.give(pointer, bytes: bytes) }
        let kept = try sizes.map(take)
        #expect(zip(kept, all).allSatisfy { $0 == $1 }, "an edit's next step finds all of the last one's")
        for (pointer, bytes) in kept { pool.give(pointer, bytes: bytes) }
        // Larger than any that is idle: those given back first make room for it.
        let large = try take(384 << 20)
        #expect(pool.largeBytes == height - sizes[0] - sizes[1] + (384 << 20))
        let next = try take(sizes[3])
        #expect(next == all[3], "the last one given back did not have to go")
        for (pointer, bytes) in [large, next] { pool.give(pointer, bytes: bytes) }
        pool.drain()
        #expect(pool.largeBytes == 0)
    }

    /// Bytes of memory that the process has in use.
    private func residentBytes() throws -> Int {
        let pages = try #require(String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ").dropFirst().first)
        return try #require(Int(pages)) * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}
