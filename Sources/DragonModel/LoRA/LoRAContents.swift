/// A LoRA's file, looked at on its own: whether it is one that can be read.
public struct LoRAContents: Sendable {
    /// Layers that it changes.
    public let layers: Int

    /// - Throws: ``ModelError``; what is no LoRA, or one of another family of models, is called what it is.
    public init(_ path: String) throws(ModelError) { layers = try LoRAFile(LoRASource(path: path)).layers.count }
}
