/// Every intermediate that an edit is judged by, under the oracle's names.
public final class EditTrace {
    /// Names, shapes and values, in the order of their making.
    public private(set) var tensors: [(name: String, shape: [Int], values: [Float])] = []

    /// An empty trace.
    public init() {}

    package func record(_ name: String, _ shape: [Int], _ values: [Float]) { tensors.append((name, shape, values)) }
}
