/// What a safetensors file of no telling name holds, by its keys alone.
public enum WeightsKind: Sendable {
    /// A model, or what is told apart from one in words.
    case model
    /// Low-rank changes of one.
    case lora

    /// nil for a file that is of no use here, or cannot be read.
    public init?(file path: String) {
        guard let file = try? SafetensorsFile(path).unwrapped else { return nil }
        let keys = file.entries.lazy.map(\.name)
        if keys.contains(where: { $0.hasPrefix(CheckpointShapes.unetPrefix) }) {
            self = .model
        } else if keys.contains(where: { LoRAKey($0).map { $0.role == .down } ?? false }) {
            self = .lora
        } else {
            return nil
        }
    }
}
