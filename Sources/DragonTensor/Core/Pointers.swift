/// What lends its memory to kernels.
///
/// A pointer does not keep its owner alive, and Swift may release an owner after its last use, which can be before the pointer's. So
/// pointers are had in one way only, ``withPointers(_:body:)``, which keeps the owners until its body is done.
protocol Lender {
    /// What a kernel is given.
    associatedtype Pointer
    /// The first element. For ``withPointers(_:body:)`` alone.
    var lent: Pointer { get }
}

/// Calls `body` with the memory of each owner, all of which live until it returns.
@inline(__always)
func withPointers<each Owner: Lender, Result>(
    _ owners: repeat each Owner, body: (repeat (each Owner).Pointer) throws -> Result
) rethrows -> Result {
    try withExtendedLifetime((repeat each owners)) { try body(repeat (each owners).lent) }
}

extension Tensor: Lender {
    var lent: UnsafeMutablePointer<Float> { storage.lent }
}

extension TensorStorage: Lender {}

extension HalfTensor: Lender {
    var lent: UnsafeMutablePointer<UInt16> { storage.lent }
}

extension Vector: Lender {
    var lent: UnsafePointer<Float> { UnsafePointer(storage.lent) }
}

extension OwnedFloats: Lender {}

extension Weight: Lender {}

extension Optional: Lender where Wrapped: Lender {
    var lent: Wrapped.Pointer? { map(\.lent) }
}

extension Array: Lender where Element: Lender {
    var lent: [Element.Pointer] { map(\.lent) }
}

extension UnsafeMutablePointer<Float> {
    /// The same elements, to read.
    var read: UnsafePointer<Float> { UnsafePointer(self) }
}
