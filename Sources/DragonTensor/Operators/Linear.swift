import CKernels

extension Tensor {
    /// A linear layer, or a 1×1 convolution: `y = W·x + b (+ residual)`, over channels, at every column.
    ///
    /// - Parameters:
    ///   - weight: `[out, in]` (trailing sides of one are ignored); `x` is `[batch, in, …]`.
    ///   - residual: added to the result, of the result's shape.
    /// - Returns: `[batch, out, …]`.
    public func linear(_ weight: Weight, bias: Vector? = nil, residual: Tensor? = nil, in context: ComputeContext) throws -> Tensor {
        try multiplied(by: weight, .asStored, "linear", bias: bias, residual: residual, in: context)
    }

    /// The pullback of ``linear(_:bias:residual:in:)`` with respect to its input: `dx = Wᵀ·dy`. `self` is dy.
    public func linearInputGradient(_ weight: Weight, residual: Tensor? = nil, in context: ComputeContext) throws -> Tensor {
        try multiplied(by: weight, .transposed, "linear pullback", bias: nil, residual: residual, in: context)
    }

    private func multiplied(
        by weight: Weight, _ reading: WeightReading, _ operation: String, bias: Vector?, residual: Tensor?, in context: ComputeContext
    ) throws -> Tensor {
        var product = dragon_product()
        product.setMatrix(weight, reading: reading)
        try require(channels == Int(product.k), operation, expected: [batch, Int(product.k)] + shape.dropFirst(2))
        let result = try Tensor(uninitialized: [batch, Int(product.m)] + shape.dropFirst(2), in: context)
        try residual?.require(residual?.count == result.count, operation, expected: result.shape)
        product.setColumns(of: self)
        product.setResult(result)
        try context.run(product, on: ProductOperands(weight: weight, x: self, y: result, bias: bias, residual: residual))
        return result
    }

    func require(_ condition: Bool, _ operation: String, expected: [Int]) throws {
        guard condition else { throw TensorError.shapeMismatch(operation: operation, expected: expected, found: shape) }
    }
}
