import CKernels

extension Tensor {
    /// The pullback of ``groupNorm(groups:scale:shift:epsilon:silu:in:)``. `self` is dy.
    ///
    /// - Parameters:
    ///   - x: the norm's input; dy's batch is a multiple of its batch, cotangent after cotangent.
    ///   - residual: added to dx, of dy's shape.
    public func groupNormInputGradient(
        of x: Tensor, groups: Int, scale: Vector, shift: Vector, epsilon: Float, silu: Bool = false, adding residual: Tensor? = nil,
        in context: ComputeContext
    ) throws -> Tensor {
        try require(
            batch % x.batch == 0 && itemCount == x.itemCount && channels % groups == 0, "group norm pullback", expected: x.shape)
        try residual?.require(residual?.shape == shape, "group norm pullback", expected: shape)
        try context.checkCancellation()
        let result = try Tensor(uninitialized: shape, in: context)
        let inGroup = channels / groups
        let run = context.kernels.functions.group_norm_pullback
        let (itemCount, inputs) = (itemCount, x.batch)
        withPointers(x, self, residual, result, scale, shift) { x, dy, residual, dx, scale, shift in
            context.forEach(batch * groups) { index in
                let (item, channel) = (index / groups, index % groups * inGroup)
                let start = index * inGroup * columns
                let source = x + (item % inputs) * itemCount + channel * columns
                run?(
                    source, dy + start, residual.map { $0.read + start }, dx + start, Int32(inGroup), Int32(columns), scale + channel,
                    shift + channel, epsilon, silu ? 1 : 0)
            }
        }
        return result
    }

    /// The pullback of ``layerNorm(scale:shift:epsilon:in:)``. `self` is dy; batches as in the group norm's.
    public func layerNormInputGradient(
        of x: Tensor, scale: Vector, epsilon: Float, adding residual: Tensor? = nil, in context: ComputeContext
    ) throws -> Tensor {
        try require(batch % x.batch == 0 && itemCount == x.itemCount, "layer norm pullback", expected: x.shape)
        try residual?.require(residual?.shape == shape, "layer norm pullback", expected: shape)
        try context.checkCancellation()
        let result = try Tensor(uninitialized: shape, in: context)
        let chunk = 512
        let chunks = (columns + chunk - 1) / chunk
        let run = context.kernels.functions.layer_norm_pullback
        let (itemCount, inputs) = (itemCount, x.batch)
        try withPointers(x, self, residual, result, scale) { x, dy, residual, dx, scale in
            try context.forEach(batch * chunks, scratch: 4 * chunk) { index, scratch in
                let (item, first) = (index / chunks, index % chunks * chunk)
                let start = item * itemCount
                run?(
                    x + (item % inputs) * itemCount, dy + start, residual.map { $0.read + start }, dx + start, Int32(channels),
                    Int32(columns), Int32(first), Int32(min(columns, first + chunk)), scale, epsilon, scratch)
            }
        }
        return result
    }

    /// The pullback of ``gatedGelu(in:)``. `self` is dy; `x` is the layer's input, of twice the channels.
    public func gatedGeluInputGradient(of x: Tensor, in context: ComputeContext) throws -> Tensor {
        try require(batch % x.batch == 0 && 2 * itemCount == x.itemCount, "GEGLU pullback", expected: x.shape)
        try context.checkCancellation()
        let result = try Tensor(uninitialized: [batch, 2 * channels] + shape.dropFirst(2), in: context)
        let run = context.kernels.functions.gated_gelu_pullback
        let (itemCount, inputs) = (itemCount, x.batch)
        withPointers(x, self, result) { x, dy, dx in
            context.forEach(batch * channels) { index in
                let (item, channel) = (index / channels, index % channels)
                let value = x + (item % inputs) * 2 * itemCount + channel * columns
                let target = dx + item * 2 * itemCount + channel * columns
                run?(value, value + itemCount, dy + index * columns, target, target + itemCount, columns)
            }
        }
        return result
    }
}
