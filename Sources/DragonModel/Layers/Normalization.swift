import DragonTensor

/// Group normalisation, with SiLU after it where asked. Keys: `weight`, `bias` [channels].
struct GroupNorm: Sendable {
    private let scale: Vector
    private let shift: Vector
    private let groups: Int
    private let epsilon: Float

    init(_ scope: WeightScope, channels: Int, groups: Int, epsilon: Float) throws {
        scale = Vector(try scope.weight("weight", shape: [channels]))
        shift = Vector(try scope.weight("bias", shape: [channels]))
        self.groups = groups
        self.epsilon = epsilon
    }

    func callAsFunction(_ x: Tensor, silu: Bool = false, in context: ComputeContext) throws -> Tensor {
        try x.groupNorm(groups: groups, scale: scale, shift: shift, epsilon: epsilon, silu: silu, in: context)
    }

    /// dx for the input `x`, plus `residual`.
    func inputGradient(
        _ dy: Tensor, of x: Tensor, silu: Bool = false, adding residual: Tensor? = nil, in context: ComputeContext
    ) throws -> Tensor {
        try dy.groupNormInputGradient(
            of: x, groups: groups, scale: scale, shift: shift, epsilon: epsilon, silu: silu, adding: residual, in: context)
    }
}

/// Layer normalisation over channels. Keys: `weight`, `bias` [channels].
struct LayerNorm: Sendable {
    private let scale: Vector
    private let shift: Vector
    private let epsilon: Float

    init(_ scope: WeightScope, channels: Int, epsilon: Float = 1e-5) throws {
        scale = Vector(try scope.weight("weight", shape: [channels]))
        shift = Vector(try scope.weight("bias", shape: [channels]))
        self.epsilon = epsilon
    }

    func callAsFunction(_ x: Tensor, in context: ComputeContext) throws -> Tensor {
        try x.layerNorm(scale: scale, shift: shift, epsilon: epsilon, in: context)
    }

    /// dx for the input `x`, plus `residual`.
    func inputGradient(_ dy: Tensor, of x: Tensor, adding residual: Tensor? = nil, in context: ComputeContext) throws -> Tensor {
        try dy.layerNormInputGradient(of: x, scale: scale, epsilon: epsilon, adding: residual, in: context)
    }
}
