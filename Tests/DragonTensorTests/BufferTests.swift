import CKernels
import Glibc
import Testing

@testable import DragonTensor

@Suite("Arrays have the room that kernels may read")
struct BufferTests {
    private func hasRoom(_ pointer: UnsafeRawPointer, count: Int) -> Bool {
        malloc_usable_size(UnsafeMutableRawPointer(mutating: pointer)) >= (count + Int(DRAGON_SLACK)) * MemoryLayout<Float>.size
    }

    @Test("a vector's and a widened weight's end, at any length", arguments: [1, 31, 1024, 4099])
    func vectors(count: Int) {
        let vector = Vector([Float](repeating: 1, count: count))
        #expect(hasRoom(vector.pointer, count: count))
        let weight = Weight(shape: [count], values: [Float](repeating: 1, count: count))
        #expect(hasRoom(weight.pointer, count: count))
    }

    // The last is a page more than a power of two, and no multiple of a large page.
    @Test("a tensor's end, at any length", arguments: [1, 1000, 1 << 20, (1 << 20) + 1024, 5 * (1 << 20) / 4 + 1024])
    func tensors(count: Int) throws {
        let context = ComputeContext(threads: 1)
        let tensor = try Tensor(repeating: 2, shape: [1, 1, count], in: context)
        #expect(hasRoom(tensor.pointer, count: count))
        #expect(UInt(bitPattern: tensor.pointer) % 64 == 0)
        #expect(tensor.values.allSatisfy { $0 == 2 })
    }
}
