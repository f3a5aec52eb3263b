import CKernels

extension Tensor {
    /// Group normalisation (Wu and He, 2018), optionally followed by SiLU.
    ///
    /// - Parameters:
    ///   - groups: divides the channels.
    ///   - scale, shift: one of each for every channel.
    public func groupNorm(
        groups: Int, scale: Vector, shift: Vector, epsilon: Float, silu: Bool = false, in context: ComputeContext
    ) throws -> Tensor {
        try require(
            groups > 0 && channels % groups == 0 && scale.count == channels && shift.count == channels,
            "group norm", expected: [batch, scale.count] + shape.dropFirst(2))
        try context.checkCancellation()
        let result = try Tensor(uninitialized: shape, in: context)
        let inGroup = channels / groups
        let run = context.kernels.functions.group_norm
        withPointers(self, result, scale, shift) { source, target, scale, shift in
            context.forEach(batch * groups) { index in
                let start = index * inGroup * columns
                let channel = index % groups * inGroup
                run?(
                    source + start, target + start, Int32(inGroup), Int32(columns), scale + channel, shift + channel, epsilon,
                    silu ? 1 : 0)
            }
        }
        return result
    }

    /// Layer normalisation over the channels of each column.
    public func layerNorm(scale: Vector, shift: Vector, epsilon: Float, in context: ComputeContext) throws -> Tensor {
        try require(
            scale.count == channels && shift.count == channels, "layer norm", expected: [batch, scale.count] + shape.dropFirst(2))
        try context.checkCancellation()
        let result = try Tensor(uninitialized: shape, in: context)
        let chunk = 512
        let chunks = (columns + chunk - 1) / chunk
        let run = context.kernels.functions.layer_norm
        try withPointers(self, result, scale, shift) { source, target, scale, shift in
            try context.forEach(batch * chunks, scratch: 2 * chunk) { index, scratch in
                let start = index / chunks * itemCount
                let first = index % chunks * chunk
                run?(
                    source + start, target + start, Int32(channels), Int32(columns), Int32(first),
                    Int32(min(columns, first + chunk)), scale, shift, epsilon, scratch)
            }
        }
        return result
    }
}
