/// A file of low-rank changes to a model's weights (LoRA: Hu et al., 2021, arXiv 2106.09685), and how much of them is taken.
public struct LoRASource: Sendable, Equatable {
    /// A `.safetensors` file.
    public var path: String
    /// Factor of every change: 1 is as trained, 0 nothing; −10 … 10.
    public var scale: Float

    /// Scales of use.
    public static let scales: ClosedRange<Float> = -10...10

    /// A file and its share.
    public init(path: String, scale: Float = 1) { (self.path, self.scale) = (path, scale) }

    /// `PATH` or `PATH:SCALE`. What stands behind a colon and is no number belongs to the path.
    public init(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        if parts.count > 1, let last = parts.last, let scale = Float(last) {
            self.init(path: parts.dropLast().joined(separator: ":"), scale: scale)
        } else {
            self.init(path: text)
        }
    }
}
