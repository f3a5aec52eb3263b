/// A symmetric matrix of three rows: how colours vary together.
struct Covariance {
    var diagonal: SIMD3<Float>
    /// Of rows and columns 1 and 2, 1 and 3, 2 and 3.
    var mixed: SIMD3<Float>

    /// The products of a vector's parts, in the same order.
    @inline(__always)
    static func mixed(_ v: SIMD3<Float>) -> SIMD3<Float> { SIMD3(v.x * v.y, v.x * v.z, v.y * v.z) }

    @inline(__always)
    func times(_ v: SIMD3<Float>) -> SIMD3<Float> {
        let (d, m) = (diagonal, mixed)
        return SIMD3(d.x * v.x + m.x * v.y + m.y * v.z, m.x * v.x + d.y * v.y + m.z * v.z, m.y * v.x + m.z * v.y + d.z * v.z)
    }

    /// vᵀAv.
    @inline(__always)
    func form(_ v: SIMD3<Float>) -> Float { (v * v * diagonal + 2 * Self.mixed(v) * mixed).sum() }

    /// By minors, and the determinant. Of what varies in every direction, by however little.
    var inverse: (matrix: Covariance, determinant: Float) {
        let (d, m) = (diagonal, mixed)
        let minors = SIMD3(d.y * d.z - m.z * m.z, d.x * d.z - m.y * m.y, d.x * d.y - m.x * m.x)
        let others = SIMD3(m.y * m.z - m.x * d.z, m.x * m.z - m.y * d.y, m.x * m.y - m.z * d.x)
        let determinant = max(d.x * minors.x + m.x * others.x + m.y * others.y, .leastNormalMagnitude)
        return (Covariance(diagonal: minors / determinant, mixed: others / determinant), determinant)
    }
}
