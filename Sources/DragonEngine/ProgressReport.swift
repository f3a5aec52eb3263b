import CDragon
import DragonEdit
import DragonStore
import DragonTensor

/// Tells a caller's callback how far a call is, and hears whether to go on.
final class ProgressReport {
    /// The phases as the header numbers them.
    enum Phase: dragon_phase {
        case encode = 0
        case invert, sample, decode, assemble, fetch, check
    }

    private let callback: dragon_progress_callback?
    private let userData: UnsafeMutableRawPointer?
    private let cancel: () -> Void
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    /// Below that share a guess of the time left would be one of the first step's luck.
    private static let leastFraction = 0.02

    init(_ callback: dragon_progress_callback?, _ userData: UnsafeMutableRawPointer?, cancel: @escaping () -> Void) {
        (self.callback, self.userData, self.cancel) = (callback, userData, cancel)
        start = clock.now
    }

    func tell(_ progress: EditProgress) {
        let phase: Phase =
            switch progress.phase {
            case .generate, .encode: .encode
            case .invert: .invert
            case .sample: .sample
            case .decode: .decode
            }
        tell(phase: phase, step: progress.step, total: progress.total, fraction: progress.fraction, preview: progress.preview)
    }

    /// Whether anybody listens.
    var isHeard: Bool { callback != nil }

    func tell(phase: Phase, step: Int, total: Int, fraction: Double, preview: Raster? = nil) {
        guard let callback else { return }
        var progress = dragon_progress()
        progress.size = MemoryLayout<dragon_progress>.stride
        progress.phase = phase.rawValue
        (progress.step, progress.total) = (Int32(clamping: step), Int32(clamping: total))
        progress.fraction = min(max(fraction, 0), 1)
        progress.seconds_left = secondsLeft(progress.fraction)
        let pixels = preview?.opaqueBytes ?? []
        pixels.withUnsafeBytes { bytes in
            if let preview, !bytes.isEmpty {
                progress.preview.pixels = bytes.baseAddress
                (progress.preview.width, progress.preview.height) = (Int32(clamping: preview.width), Int32(clamping: preview.height))
            }
            if callback(&progress, userData) != 0 { cancel() }
        }
    }

    private func secondsLeft(_ fraction: Double) -> Double {
        guard fraction >= Self.leastFraction else { return -1 }
        let passed = (clock.now - start).components
        return (Double(passed.seconds) + Double(passed.attoseconds) * 1e-18) / fraction * (1 - fraction)
    }
}

extension Raster {
    /// The colours as RGBA of 8 bits.
    fileprivate var opaqueBytes: [UInt8] {
        let byte = { (value: Float) in UInt8((min(max(value, 0), 1) * 255).rounded()) }
        return (0..<width * height).flatMap { i in [byte(planes[0][i]), byte(planes[1][i]), byte(planes[2][i]), 255] }
    }
}
