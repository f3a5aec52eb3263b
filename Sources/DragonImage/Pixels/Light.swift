#if canImport(Glibc)
    import Glibc
#endif

/// What a plane's samples may be after any interpolation: 0 … 1, or as far as the plane itself goes beyond (brighter than
/// white, more colourful than sRGB).
package func samples(of plane: [Float]) -> ClosedRange<Float> { min(0, plane.min() ?? 0)...max(1, plane.max() ?? 1) }

extension Float {
    /// The nearest value of a range.
    package func clamped(to range: ClosedRange<Float>) -> Float { Swift.min(Swift.max(self, range.lowerBound), range.upperBound) }
}

/// sRGB's transfer function (IEC 61966-2-1), from display to light; odd, as colours beyond sRGB need it.
package func toLight(_ value: Float) -> Float {
    let size = abs(value)
    let light = size <= 0.04045 ? size / 12.92 : powf((size + 0.055) / 1.055, 2.4)
    return value < 0 ? -light : light
}

/// sRGB's transfer function, from light to display.
package func toDisplay(_ value: Float) -> Float {
    let size = abs(value)
    let shown = size <= 0.0031308 ? size * 12.92 : 1.055 * powf(size, 1 / 2.4) - 0.055
    return value < 0 ? -shown : shown
}
