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

/// Calls `body` with an owner's memory; the owner lives until it returns.
///
/// The others are the same for more owners. (Parameter packs would say it once: compiled by Swift 6.3 across modules they crash.)
@inline(__always)
func withPointers<A: Lender, Result>(_ a: A, body: (A.Pointer) throws -> Result) rethrows -> Result {
    try withExtendedLifetime(a) { try body(a.lent) }
}

@inline(__always)
func withPointers<A: Lender, B: Lender, Result>(_ a: A, _ b: B, body: (A.Pointer, B.Pointer) throws -> Result) rethrows -> Result {
    try withExtendedLifetime((a, b)) { try body(a.lent, b.lent) }
}

@inline(__always)
func withPointers<A: Lender, B: Lender, C: Lender, Result>(
    _ a: A, _ b: B, _ c: C, body: (A.Pointer, B.Pointer, C.Pointer) throws -> Result
) rethrows -> Result {
    try withExtendedLifetime((a, b, c)) { try body(a.lent, b.lent, c.lent) }
}

@inline(__always)
func withPointers<A: Lender, B: Lender, C: Lender, D: Lender, Result>(
    _ a: A, _ b: B, _ c: C, _ d: D, body: (A.Pointer, B.Pointer, C.Pointer, D.Pointer) throws -> Result
) rethrows -> Result {
    try withExtendedLifetime((a, b, c, d)) { try body(a.lent, b.lent, c.lent, d.lent) }
}

@inline(__always)
func withPointers<A: Lender, B: Lender, C: Lender, D: Lender, E: Lender, Result>(
    _ a: A, _ b: B, _ c: C, _ d: D, _ e: E, body: (A.Pointer, B.Pointer, C.Pointer, D.Pointer, E.Pointer) throws -> Result
) rethrows -> Result {
    try withExtendedLifetime((a, b, c, d, e)) { try body(a.lent, b.lent, c.lent, d.lent, e.lent) }
}

@inline(__always)
func withPointers<A: Lender, B: Lender, C: Lender, D: Lender, E: Lender, F: Lender, Result>(
    _ a: A, _ b: B, _ c: C, _ d: D, _ e: E, _ f: F,
    body: (A.Pointer, B.Pointer, C.Pointer, D.Pointer, E.Pointer, F.Pointer) throws -> Result
) rethrows -> Result {
    try withExtendedLifetime((a, b, c, d, e, f)) { try body(a.lent, b.lent, c.lent, d.lent, e.lent, f.lent) }
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
