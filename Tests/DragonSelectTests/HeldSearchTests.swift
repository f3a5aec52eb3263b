import DragonImage
import TestSupport
import Testing

@testable import DragonSelect

/// A red post before a sky and a field, with a little noise.
private struct Post {
    let width = 320
    let height = 256

    func isPost(_ x: Int, _ y: Int) -> Bool { (150..<171).contains(x) && (60..<221).contains(y) }

    var picture: PictureSource {
        var random = Numbers(seed: 5)
        var planes = [[Float]](repeating: [], count: 3)
        for y in 0..<height {
            for x in 0..<width {
                let colour: [Float] = isPost(x, y) ? [0.75, 0.2, 0.13] : y < 128 ? [0.54, 0.69, 0.88] : [0.35, 0.42, 0.19]
                let noise = 0.04 * random.uniform()
                for c in 0..<3 { planes[c].append(colour[c] + noise) }
            }
        }
        let raster = Raster(width: width, height: height, planes: planes)
        return PictureSource(width: width, height: height) { raster.repeated(to: $0) }
    }

    func mask(_ isSet: (Int, Int) -> Bool) -> Mask {
        Mask(height: height, width: width, cells: (0..<width * height).map { isSet($0 % width, $0 / width) })
    }

    func box(_ x: Range<Int>, _ y: Range<Int>) -> Mask { mask { x.contains($0) && y.contains($1) } }
}

@Suite("What a drag holds is found, in a region too")
struct HeldSearchTests {
    private let post = Post()

    private func agreement(_ found: FoundObject?) throws -> Double {
        let (found, truth) = (try #require(found).mask, post.mask(post.isPost))
        return Double((found & truth).count) / Double((found | truth).count)
    }

    @Test("the object under a handle, whether a region is tight, wide, cuts it, or is not there")
    func found() throws {
        let finder = ObjectFinder(post.picture)
        for region in [nil, post.box(140..<181, 50..<231), post.box(100..<221, 30..<201), post.box(20..<300, 20..<240)] {
            #expect(try agreement(try finder.held(by: [Point(x: 160, y: 90)], within: region)) > 0.85)
        }
    }

    @Test("what a region's border cuts off has no edge there")
    func cut() throws {
        let region = post.box(100..<221, 30..<150)
        let found = try #require(try ObjectFinder(post.picture).held(by: [Point(x: 160, y: 90)], within: region)).mask
        #expect((148..<152).allSatisfy { found[$0, 160] }, "it goes on beyond")
    }

    @Test("ground is held with all of it that the region has, or not at all: no border cuts a piece out")
    func ground() throws {
        let finder = ObjectFinder(post.picture)
        let (handle, region) = (Point(x: 60, y: 60), post.box(30..<100, 30..<100))
        if let held = try finder.held(by: [handle], within: region) { #expect((held.mask & region).count == region.count) }
        let outlined = try finder.object(for: ObjectHint(inside: [handle], outline: Outline(region))).mask
        #expect((outlined & region).count < region.count, "an outline alone has a piece cut out")
    }

    @Test("points beyond the picture hold nothing, and no points neither")
    func nothing() throws {
        let finder = ObjectFinder(post.picture)
        #expect(try finder.held(by: [Point(x: 400, y: 60)], within: nil) == nil)
        #expect(try finder.held(by: [], within: nil) == nil)
        #expect(try finder.held(by: [Point(x: 160, y: 90)], within: Mask(height: 256, width: 320)) != nil, "as without a region")
    }
}
