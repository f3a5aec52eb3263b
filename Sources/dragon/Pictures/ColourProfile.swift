import CLCMS
import CPictures
import DragonImage

/// What the numbers of a picture stand for, where that is not sRGB, and the way from there and back.
final class ColourProfile: Equatable, @unchecked Sendable {
    // Unchecked because of the transforms: nothing changes them, and they keep no cache.
    /// The ICC profile of the pixels as they are written: R G B.
    let icc: [UInt8]
    // To and from the light of sRGB's primaries: its curve is ours, which goes on below black as it does above.
    private let toLinear: cmsHTRANSFORM
    private let fromLinear: cmsHTRANSFORM

    /// A profile as files hold it; nil where it is damaged or serves neither R G B nor grey.
    convenience init?(icc: [UInt8]) {
        guard let size = UInt32(exactly: icc.count), let profile = cmsOpenProfileFromMem(icc, size) else { return nil }
        defer { cmsCloseProfile(profile) }
        switch cmsGetColorSpace(profile) {
        case cmsSigRgbData: self.init(profile, icc: icc)
        case cmsSigGrayData:
            guard let tag = cmsReadTag(profile, cmsSigGrayTRCTag) else { return nil }
            // Grey is written as three equal numbers: in this profile they look the same.
            self.init(curve: OpaquePointer(tag), Self.sRGBChromaticities)
        default: return nil
        }
    }

    /// What a PNG says without a profile; nil where that is sRGB, or nothing.
    convenience init?(_ colours: codec_colours) {
        let said = withUnsafeBytes(of: colours.chromaticities) { Array($0.bindMemory(to: Double.self)) }
        let isSaid = said.contains { $0 != 0 }
        let isUsual = zip(said, Self.sRGBChromaticities).allSatisfy { abs($0 - $1) < 0.005 }
        // Writers of sRGB say 1/2.2, some of them rounded.
        let isUsualGamma = colours.gamma <= 0 || abs(colours.gamma * 2.2 - 1) < 0.05
        guard colours.is_srgb == 0, !isUsualGamma || (isSaid && !isUsual) else { return nil }
        guard let curve = isUsualGamma ? Self.sRGBCurve() : cmsBuildGamma(nil, 1 / colours.gamma) else { return nil }
        defer { cmsFreeToneCurve(curve) }
        self.init(curve: curve, isSaid ? said : Self.sRGBChromaticities)
    }

    /// A profile of equal curves, and white, red, green and blue; the caller closes it.
    private static func profile(curve: OpaquePointer, _ c: [Double]) -> cmsHPROFILE? {
        var white = cmsCIExyY(x: c[0], y: c[1], Y: 1)
        var primaries = cmsCIExyYTRIPLE(
            Red: cmsCIExyY(x: c[2], y: c[3], Y: 1), Green: cmsCIExyY(x: c[4], y: c[5], Y: 1), Blue: cmsCIExyY(x: c[6], y: c[7], Y: 1))
        var curves: [OpaquePointer?] = [curve, curve, curve]
        return cmsCreateRGBProfile(&white, &primaries, &curves)
    }

    private convenience init?(curve: OpaquePointer, _ chromaticities: [Double]) {
        guard let profile = Self.profile(curve: curve, chromaticities) else { return nil }
        defer { cmsCloseProfile(profile) }
        var size: UInt32 = 0
        guard cmsSaveProfileToMem(profile, nil, &size) != 0 else { return nil }
        var icc = [UInt8](repeating: 0, count: Int(size))
        guard cmsSaveProfileToMem(profile, &icc, &size) != 0, icc.count > 36 else { return nil }
        // The day that it was made would make every file another one.
        icc.replaceSubrange(24..<36, with: [7, 208, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0])
        self.init(profile, icc: icc)
    }

    private init?(_ profile: cmsHPROFILE, icc: [UInt8]) {
        guard let straight = cmsBuildGamma(nil, 1) else { return nil }
        defer { cmsFreeToneCurve(straight) }
        guard let linear = Self.profile(curve: straight, Self.sRGBChromaticities) else { return nil }
        defer { cmsCloseProfile(linear) }
        let (layout, intent) = (lcms_rgb_floats, UInt32(INTENT_RELATIVE_COLORIMETRIC))
        guard let to = cmsCreateTransform(profile, layout, linear, layout, intent, lcms_exact) else { return nil }
        guard let from = cmsCreateTransform(linear, layout, profile, layout, intent, lcms_exact) else {
            cmsDeleteTransform(to)
            return nil
        }
        (self.icc, toLinear, fromLinear) = (icc, to, from)
    }

    deinit {
        cmsDeleteTransform(toLinear)
        cmsDeleteTransform(fromLinear)
    }

    static func == (a: ColourProfile, b: ColourProfile) -> Bool { a.icc == b.icc }

    /// x and y of white, red, green and blue.
    private static let sRGBChromaticities = [0.3127, 0.3290, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06]

    private static func sRGBCurve() -> OpaquePointer? {
        cmsBuildParametricToneCurve(nil, 4, [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045])
    }
}

extension ColourProfile {
    /// The first three planes, from the picture's numbers to sRGB's.
    func convertToSRGB(_ planes: inout [[Float]]) {
        convert(&planes, by: toLinear)
        for c in 0..<3 { planes[c] = planes[c].map(toDisplay) }
    }

    /// The first three planes, from sRGB's numbers to the picture's.
    func convertFromSRGB(_ planes: inout [[Float]]) {
        for c in 0..<3 { planes[c] = planes[c].map(toLight) }
        convert(&planes, by: fromLinear)
    }

    /// A part at a time, so that it stays near the processor.
    private func convert(_ planes: inout [[Float]], by transform: cmsHTRANSFORM) {
        let (count, part) = (planes[0].count, 4096)
        var numbers = [Float](repeating: 0, count: part * 3)
        for start in stride(from: 0, to: count, by: part) {
            let length = min(part, count - start)
            for c in 0..<3 { for i in 0..<length { numbers[i * 3 + c] = planes[c][start + i] } }
            numbers.withUnsafeMutableBytes { cmsDoTransform(transform, $0.baseAddress, $0.baseAddress, UInt32(length)) }
            for c in 0..<3 { for i in 0..<length { planes[c][start + i] = numbers[i * 3 + c] } }
        }
    }
}
