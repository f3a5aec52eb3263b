import DragonTensor
import TestSupport
import Testing

@testable import DragonModel

@Suite("Floats of 8 bits have PyTorch's values")
struct EightBitFloatTests {
    @Test(arguments: ["e4m3", "e5m2"])
    func everyCode(_ format: String) throws {
        let file = try SafetensorsFile(fixture("variants/fp8.safetensors"))
        let found = try file.weight(format)
        let expected = try file.weight("\(format).values").floats()
        #expect(found.elementType == .float16 && found.shape == [256])
        for (value, number) in zip(found.floats(), expected) {
            #expect(value == number || value.isNaN && number.isNaN, "\(value), expected \(number)")
            #expect(value.sign == number.sign || number.isNaN)
        }
        #expect(!found.isFinite(in: ComputeContext(threads: 1)))
    }
}
