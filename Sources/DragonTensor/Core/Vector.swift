/// A short row of float32 numbers that never changes: a bias, or the scale of a norm.
public struct Vector: @unchecked Sendable {
    // Unchecked because of the pointer, which nothing writes after `init`.
    let storage: OwnedFloats
    /// Number of elements.
    public let count: Int

    /// A vector of `values`.
    public init(_ values: [Float]) {
        storage = OwnedFloats(values)
        count = values.count
    }

    /// A weight's elements, widened.
    public init(_ weight: Weight) { self.init(weight.floats()) }

    /// The elements.
    public var values: [Float] { withPointers(self) { Array(UnsafeBufferPointer(start: $0, count: count)) } }
}
