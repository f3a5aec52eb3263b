import CKernels

extension Tensor {
    /// A 2-D convolution with zero padding, square window and odd side.
    ///
    /// - Parameters:
    ///   - weight: `[out, in, side, side]`; `x` is `[batch, in, height, width]`.
    ///   - stride: 1 or 2.
    ///   - padding: rows and columns of zeros before the picture and after it; nil means (side − 1) / 2. The encoder
    ///     of the autoencoder pads at the end only: (0, 1).
    ///   - residual: added to the result, of the result's shape.
    public func convolution(
        _ weight: Weight, bias: Vector? = nil, stride: Int = 1, padding: (before: Int, after: Int)? = nil,
        residual: Tensor? = nil, in context: ComputeContext
    ) throws -> Tensor {
        let side = weight.shape[2]
        let padding = padding ?? ((side - 1) / 2, (side - 1) / 2)
        try require(
            shape.count == 4 && channels == weight.shape[1], "convolution", expected: [batch, weight.shape[1]] + shape.dropFirst(2))
        let reach = padding.before + padding.after - side
        let (height, width) = ((shape[2] + reach) / stride + 1, (shape[3] + reach) / stride + 1)
        try require(height > 0 && width > 0, "convolution", expected: [batch, channels, side, side])
        if side == 1 && stride == 1 && padding == (0, 0) { return try linear(weight, bias: bias, residual: residual, in: context) }
        let result = try Tensor(uninitialized: [batch, weight.shape[0], height, width], in: context)
        try convolve(weight, pullback: false, stride: stride, padding, to: result, bias: bias, residual: residual, in: context)
        return result
    }

    /// The pullback of a 3×3 or 1×1 convolution of stride 1 and equal padding: the convolution of dy (`self`) with the
    /// filters turned round, their roles of input and output exchanged.
    public func convolutionInputGradient(_ weight: Weight, residual: Tensor? = nil, in context: ComputeContext) throws -> Tensor {
        let side = weight.shape[2]
        guard side > 1 else { return try linearInputGradient(weight, residual: residual, in: context) }
        try require(channels == weight.shape[0], "convolution pullback", expected: [batch, weight.shape[0]] + shape.dropFirst(2))
        let result = try Tensor(uninitialized: [batch, weight.shape[1], shape[2], shape[3]], in: context)
        let padding = ((side - 1) / 2, (side - 1) / 2)
        try convolve(weight, pullback: true, stride: 1, padding, to: result, bias: nil, residual: residual, in: context)
        return result
    }

    /// Computes `result` by whichever way is the faster.
    private func convolve(
        _ weight: Weight, pullback: Bool, stride: Int, _ padding: (before: Int, after: Int), to result: Tensor, bias: Vector?,
        residual: Tensor?, in context: ComputeContext
    ) throws {
        try residual?.require(residual?.count == result.count, "convolution residual", expected: result.shape)
        let side = weight.shape[2]
        if side == 3 && stride == 1 && padding == (1, 1) && Winograd.pays(self, result) {
            return try Winograd(weight, pullback: pullback, from: self, to: result, bias: bias, residual: residual, in: context)
                .run(in: context)
        }
        var product = dragon_product()
        product.setFilters(weight, pullback: pullback)
        product.setPatches(of: self, window: side, stride: stride, padding: padding.before, outWidth: result.shape[3])
        product.n = Int32(result.columns)
        product.setResult(result)
        var operands = ProductOperands(weight: weight, x: self, y: result, bias: bias, residual: residual)
        // Turned round, the filters are read from their last tap back.
        if pullback { operands.weightStart = (side * side - 1) * weight.elementType.size }
        try context.run(product, on: operands)
    }
}

extension dragon_product {
    /// Filters `[out, in, side, side]` as left operand: rows of in·side² forward, rows of out·side² turned back.
    mutating func setFilters(_ weight: Weight, pullback: Bool) {
        let (out, inner, area) = (weight.shape[0], weight.shape[1], weight.shape[2] * weight.shape[3])
        a_type = weight.elementType.rawValue
        taps = Int32(area)
        k = Int32((pullback ? out : inner) * area)
        m = Int32(pullback ? inner : out)
        a_row = pullback ? area : inner * area
        a_col = pullback ? inner * area : area
        a_tap = pullback ? -1 : 1
    }

    /// The patches of `x` as right operand.
    mutating func setPatches(of x: Tensor, window: Int, stride: Int, padding: Int, outWidth: Int) {
        b_row = x.columns
        b_item = x.itemCount
        items = Int32(x.batch)
        self.window = Int32(window)
        self.stride = Int32(stride)
        pad = Int32(padding)
        (in_height, in_width) = (Int32(x.shape[2]), Int32(x.shape[3]))
        out_width = Int32(outWidth)
    }
}
