import DragonTensor

/// `y = W·x + b` over channels, at every column. Keys: `weight` [out, in], `bias` [out].
struct Linear: Sendable {
    private let weight: Weight
    private let bias: Vector?

    init(_ scope: WeightScope, in input: Int, out output: Int, bias: Bool = true) throws {
        weight = try scope.weight("weight", shape: [output, input])
        self.bias = bias ? Vector(try scope.weight("bias", shape: [output])) : nil
    }

    /// `x`: `[batch, in, …]`; returns `[batch, out, …]`, plus `residual` of that shape.
    func callAsFunction(_ x: Tensor, adding residual: Tensor? = nil, in context: ComputeContext) throws -> Tensor {
        try x.linear(weight, bias: bias, residual: residual, in: context)
    }

    /// dx = Wᵀ·dy.
    func inputGradient(_ dy: Tensor, adding residual: Tensor? = nil, in context: ComputeContext) throws -> Tensor {
        try dy.linearInputGradient(weight, residual: residual, in: context)
    }
}
