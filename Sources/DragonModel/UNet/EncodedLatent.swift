import DragonTensor

/// What a pass has of a latent before the decoder begins. Until there nothing asks a ``SelfAttentionExchange``, so that passes which
/// differ in that alone have it in common.
public struct EncodedLatent: Sendable {
    /// The middle block's output.
    let middle: Tensor
    /// The encoder's outputs that the decoder takes, from the end.
    let skips: [Tensor]

    /// Two in one batch.
    static func stacked(_ first: EncodedLatent, _ second: EncodedLatent, in context: ComputeContext) throws -> EncodedLatent {
        EncodedLatent(
            middle: try Tensor.stacked([first.middle, second.middle], in: context),
            skips: try zip(first.skips, second.skips).map { try Tensor.stacked([$0, $1], in: context) })
    }
}

extension UNet {
    /// The encoder's part of a prediction that sees neither a picture as a prompt nor a guidance scale.
    ///
    /// - Parameters: as those of a prediction.
    public func encoded(_ latent: Tensor, timestep: Int, text: Tensor, in context: ComputeContext) throws -> EncodedLatent {
        try encode(latent, UNetConditions(time: timeEmbedding(timestep, in: context), text: text), in: context).encoded
    }
}
