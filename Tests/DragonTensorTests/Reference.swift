import DragonTensor
import TestSupport

/// A weight of random numbers in some format, and the numbers that the format holds.
func randomWeight(_ shape: [Int], _ type: ElementType, _ numbers: inout Numbers) -> (Weight, [Float]) {
    let values = numbers.floats(shape.reduce(1, *))
    let box = Bytes(values.count * type.size + 1)
    for (index, value) in values.enumerated() {
        switch type {
        case .float32: box.pointer.storeBytes(of: value, toByteOffset: index * 4 + 1, as: Float.self)
        case .bfloat16: box.pointer.storeBytes(of: UInt16(value.bitPattern >> 16), toByteOffset: index * 2 + 1, as: UInt16.self)
        case .float16: box.pointer.storeBytes(of: halfBits(value), toByteOffset: index * 2 + 1, as: UInt16.self)
        }
    }
    // One byte in, so that every kernel meets unaligned weights.
    let weight = Weight(shape: shape, elementType: type, pointer: UnsafeRawPointer(box.pointer + 1), owner: box)
    return (weight, weight.floats())
}

private final class Bytes {
    let pointer: UnsafeMutableRawPointer
    init(_ count: Int) { pointer = .allocate(byteCount: count, alignment: 64) }
    deinit { pointer.deallocate() }
}

/// The nearest half below in magnitude; enough for making test data.
private func halfBits(_ value: Float) -> UInt16 {
    let bits = value.bitPattern
    let exponent = Int((bits >> 23) & 0xFF) - 112
    guard exponent > 0 else { return 0 }
    return UInt16((bits >> 16) & 0x8000) | UInt16(exponent << 10) | UInt16((bits >> 13) & 0x3FF)
}

/// Largest difference relative to the largest expected value.
func relativeError(_ found: [Float], _ expected: [Double]) -> Double {
    guard found.count == expected.count else { return .infinity }
    var largest = 1e-30
    var worst = 0.0
    for (a, b) in zip(found, expected) {
        largest = max(largest, abs(b))
        let difference = abs(Double(a) - b)
        worst = difference.isNaN ? .infinity : max(worst, difference)
    }
    return worst / largest
}

/// Instruction sets that this processor runs; every kernel test goes through each.
let instructionSets = InstructionSet.allCases.filter(\.isAvailable)

/// Convolution by its definition, in float64.
func referenceConvolution(
    _ x: [Float], shape: [Int], weight: [Float], weightShape: [Int], bias: [Float]?, stride: Int, before: Int, after: Int
) -> [Double] {
    let (items, channels, height, width) = (shape[0], shape[1], shape[2], shape[3])
    let (out, side) = (weightShape[0], weightShape[2])
    let outHeight = (height + before + after - side) / stride + 1
    let outWidth = (width + before + after - side) / stride + 1
    var result: [Double] = []
    for item in 0..<items {
        for o in 0..<out {
            for y in 0..<outHeight {
                for x0 in 0..<outWidth {
                    var sum = Double(bias?[o] ?? 0)
                    for c in 0..<channels {
                        for ky in 0..<side {
                            let iy = y * stride + ky - before
                            guard iy >= 0, iy < height else { continue }
                            for kx in 0..<side {
                                let ix = x0 * stride + kx - before
                                guard ix >= 0, ix < width else { continue }
                                let a = weight[((o * channels + c) * side + ky) * side + kx]
                                sum += Double(a) * Double(x[((item * channels + c) * height + iy) * width + ix])
                            }
                        }
                    }
                    result.append(sum)
                }
            }
        }
    }
    return result
}
