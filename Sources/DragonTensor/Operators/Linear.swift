import CKernels

extension Tensor {
    /// A linear layer, or a 1×1 convolution: `y = W·x + b (+ residual)`, over channels, at every column.
    ///
    /// - Parameters:
    ///   - weight: `[out, in]` (trailing sides of one are ignored); `x` is `[batch, in, …]`.
    ///   - residual: added to the result, of the result's shape.
    /// - Returns: `[batch, out, …]`.
    public func linear(_ weight: Weight, bias: Vector? = nil, residual: Tensor? = nil, in context: ComputeContext) throws -> Tensor {
        let (out, inner) = (weight.shape[0], weight.count / max(weight.shape[0], 1))
        try require(channels == inner, "linear", expected: [batch, inner] + shape.dropFirst(2))
        let result = try Tensor(uninitialized: [batch, out] + shape.dropFirst(2), in: context)
        if let residual { try residual.require(residual.count == result.count, "linear residual", expected: result.shape) }
        var product = dragon_product()
        product.setMatrix(weight, reading: .asStored)
        product.setColumns(of: self)
        product.setResult(result, bias: bias, residual: residual)
        try context.run(product)
        return result
    }

    /// The pullback of ``linear(_:bias:residual:in:)`` with respect to its input: `dx = Wᵀ·dy`. `self` is dy.
    public func linearInputGradient(_ weight: Weight, residual: Tensor? = nil, in context: ComputeContext) throws -> Tensor {
        let inner = weight.count / max(weight.shape[0], 1)
        try require(channels == weight.shape[0], "linear pullback", expected: [batch, weight.shape[0]] + shape.dropFirst(2))
        let result = try Tensor(uninitialized: [batch, inner] + shape.dropFirst(2), in: context)
        var product = dragon_product()
        product.setMatrix(weight, reading: .transposed)
        product.setColumns(of: self)
        product.setResult(result, bias: nil, residual: residual)
        try context.run(product)
        return result
    }

    func require(_ condition: Bool, _ operation: String, expected: [Int]) throws {
        guard condition else { throw TensorError.shapeMismatch(operation: operation, expected: expected, found: shape) }
    }
}
