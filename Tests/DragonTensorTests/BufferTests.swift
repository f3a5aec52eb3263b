import CKernels
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

    // The last is a page more than a power of two, and no multiple of a large page.
    @Test("a tensor of any length is aligned and whole", arguments: [1, 1000, 1 << 20, (1 << 20) + 1024, 5 * (1 << 20) / 4 + 1024])
    func tensors(count: Int) throws {
        let context = ComputeContext(threads: 1)
        let tensor = try Tensor(repeating: 2, shape: [1, 1, count], in: context)
        #expect(UInt(bitPattern: tensor.lent) % 64 == 0)
        #expect(tensor.values.count == count && tensor.values.allSatisfy { $0 == 2 })
    }
}
