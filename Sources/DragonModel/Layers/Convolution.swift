import DragonTensor

/// A 2-D convolution with zero padding. Keys: `weight` [out, in, side, side], `bias` [out] unless it has none.
struct Convolution: Sendable {
    private let weight: Weight
    private let bias: Vector
    private let stride: Int
    private let padding: (before: Int, after: Int)

    /// - Parameter padding: nil means (side − 1) / 2 on every edge.
    init(
        _ scope: WeightScope, in input: Int, out output: Int, side: Int = 3, stride: Int = 1, padding: (before: Int, after: Int)? = nil,
        bias hasBias: Bool = true
    ) throws {
        weight = try scope.weight("weight", shape: [output, input, side, side])
        bias = hasBias ? Vector(try scope.weight("bias", shape: [output])) : Vector([Float](repeating: 0, count: output))
        self.stride = stride
        self.padding = padding ?? ((side - 1) / 2, (side - 1) / 2)
    }

    /// `x`: `[batch, in, height, width]`.
    /// - Parameters:
    ///   - shift: added to the bias, channel by channel.
    ///   - residual: added to the result, of its shape.
    func callAsFunction(
        _ x: Tensor, shift: [Float]? = nil, adding residual: Tensor? = nil, in context: ComputeContext
    ) throws -> Tensor {
        let bias = shift.map { Vector(zip(self.bias.values, $0).map(+)) } ?? self.bias
        return try x.convolution(weight, bias: bias, stride: stride, padding: padding, residual: residual, in: context)
    }

    /// dx of a layer of equal padding, for an input of the given sides: dy convolved with the filters turned round.
    func inputGradient(_ dy: Tensor, height: Int, width: Int, in context: ComputeContext) throws -> Tensor {
        let dense = stride == 1 ? dy : try dy.insertingZeros(height: height, width: width, in: context)
        return try dense.convolutionInputGradient(weight, in: context)
    }
}
