import DragonImage
import DragonModel

extension Picture {
    /// A mask as a picture: white belongs.
    init(mask: Mask) {
        let shares = mask.coverage.planes[0].map { UInt8(($0 * 255).rounded()) }
        self.init(width: mask.width, height: mask.height, samples: .eight(shares.flatMap { [$0, $0, $0, 255] }))
    }

    /// The picture as a mask: what is bright and opaque belongs, what is grey or half transparent in part. A cut-out, and what
    /// is painted in black or one colour on nothing, is taken by its alpha.
    ///
    /// - Throws: ``PictureError/unclearMask(file:brightest:)`` for marks of which none is bright enough.
    func mask(file: String) throws(PictureError) -> Mask {
        let mask = Mask(height: height, width: width, shares: isCutOut ? shares { $0.alpha } : shares { $0.light * $0.alpha })
        guard mask.count == 0 else { return mask }
        let brightest = shares { $0.light * $0.alpha }.max() ?? 0
        guard brightest > 0 else { return mask }
        throw .unclearMask(file: file, brightest: max(1, Int(brightest) * 100 / 255))
    }

    private typealias Look = (light: Float, alpha: Float)

    private func shares(_ share: (Look) -> Float) -> [UInt8] {
        (0..<width * height).map { UInt8((share(look($0)) * 255).rounded()) }
    }

    private func look(_ pixel: Int) -> Look {
        ((sample(pixel * 4) + sample(pixel * 4 + 1) + sample(pixel * 4 + 2)) / 3, sample(pixel * 4 + 3))
    }

    /// Whether its alpha alone tells what belongs: what is opaque is coloured, or shaded as photos are, or nowhere bright.
    private var isCutOut: Bool {
        guard hasAlpha else { return false }
        var (opaque, bright, coloured, shaded) = (0, 0, 0, 0)
        for pixel in 0..<width * height {
            let (light, alpha) = look(pixel)
            guard alpha >= 0.5 else { continue }
            let (red, green, blue) = (sample(pixel * 4), sample(pixel * 4 + 1), sample(pixel * 4 + 2))
            opaque += 1
            if light >= 0.5 { bright += 1 }
            if max(red, green, blue) - min(red, green, blue) > 0.125 { coloured += 1 }
            if (0.04...0.96).contains(light) { shaded += 1 }
        }
        guard opaque > 0, opaque < width * height else { return false }
        return bright == 0 || coloured * 20 >= opaque || shaded * 2 >= opaque
    }
}
