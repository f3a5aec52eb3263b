import DragonImage
import TestSupport
import Testing

@testable import DragonSelect

/// A ball on a mottled floor.
private struct Ball {
    let width = 300
    let height = 240
    /// What is left of the light beside it; 1 is no shadow.
    var light: Float = 0.5
    /// A dark stripe of the floor, as dark as the shadow, that does not begin at the ball.
    var stripes = false

    var object: Mask { disc(150, 110, 32, 32) }
    var shadow: Mask { disc(176, 140, 44, 12) & !object }

    private func disc(_ x: Float, _ y: Float, _ a: Float, _ b: Float) -> Mask {
        Mask(
            height: height, width: width,
            cells: (0..<width * height).map { at in
                let (dx, dy) = ((Float(at % width) - x) / a, (Float(at / width) - y) / b)
                return dx * dx + dy * dy <= 1
            })
    }

    var photo: PictureSource {
        let (object, shadow) = (object, shadow)
        let whole = Raster(
            width: width, height: height,
            planes: (0..<3).map { p in
                (0..<width * height).map { at in
                    let (x, y) = (at % width, at / width)
                    if object.cells[at] { return [0.7, 0.2, 0.2][p] }
                    var floor = [Float(0.62), 0.55, 0.42][p] + 0.05 * Float((x * 7 + y * 13) % 11) / 11 + 0.0003 * Float(y)
                    if shadow.cells[at] || stripes && x % 60 < 22 { floor = toDisplay(toLight(floor) * light) }
                    return floor
                }
            })
        return PictureSource(width: width, height: height) { whole.repeated(to: $0) }
    }
}

@Suite("An object's shadow is found")
struct ShadowSearchTests {
    @Test("what is darker beside it, in two lights", arguments: [Float(0.35), 0.6])
    func found(light: Float) throws {
        let ball = Ball(light: light)
        let found = try #require(try ObjectFinder(ball.photo).shadow(of: ball.object))
        let (own, truth) = (found & !ball.object, ball.shadow)
        #expect((own & truth).count * 10 > truth.count * 9)
        #expect(own.count < truth.count * 2)
        #expect(found.isSoft)
    }

    @Test("none where there is none, nor on a floor that is as dark elsewhere")
    func none() throws {
        let plain = Ball(light: 1)
        #expect(try ObjectFinder(plain.photo).shadow(of: plain.object) == nil)
        let striped = Ball(stripes: true)
        #expect(try ObjectFinder(striped.photo).shadow(of: striped.object) == nil)
    }

    @Test("masks of no object or another size are refused")
    func refused() throws {
        let finder = ObjectFinder(Ball().photo)
        #expect(throws: FindingError.emptyOutline) { try finder.shadow(of: Mask(height: 240, width: 300)) }
        #expect(throws: FindingError.self) { try finder.shadow(of: Mask(height: 24, width: 30)) }
        // An object that fills the picture leaves no ground to look at.
        #expect(try finder.shadow(of: Mask(height: 240, width: 300, isWhole: true)) == nil)
    }
}
