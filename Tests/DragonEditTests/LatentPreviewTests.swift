import DragonImage
import DragonModel
import Testing

@testable import DragonEdit

@Suite("A latent can be looked at while it is sampled")
struct LatentPreviewTests {
    @Test("a latent that is linear in the colours is shown in those colours")
    func latentPreview() {
        let picture = Samples.picture(64, 64)
        var latent = LatentGrid(channels: 4, height: 64, width: 64, values: [Float](repeating: 0, count: 4 * 4096))
        for i in 0..<4096 {
            let colours = (0..<3).map { picture.values[$0 * 4096 + i] }
            latent.values[i] = colours[0] + 2 * colours[1]
            latent.values[4096 + i] = colours[1] - colours[2] + 0.3
            latent.values[2 * 4096 + i] = 3 * colours[2]
        }
        let shown = LatentPreview(latent: latent, picture: picture).picture(of: latent)
        for c in 0..<3 {
            let wanted = picture.values[c * 4096..<(c + 1) * 4096].map { ($0 + 1) / 2 }
            #expect(difference((0..<4096).map { Float(shown.bytes[4 * $0 + c]) / 255 }, wanted) < 0.01)
        }
    }
}
