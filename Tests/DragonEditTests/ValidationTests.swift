import DragonImage
import DragonModel
import Testing

@testable import DragonEdit

@Suite("What cannot be met is refused in one sentence, before anything is computed")
struct ValidationTests {
    /// Expects an error with some words, from the request alone: no model has been touched.
    private func expect(
        _ action: any WorkingEdit, saying words: String, source: EditRequest.Source = .picture(Samples.picture()),
        _ change: (inout EditParameters) -> Void = { _ in }, at location: SourceLocation = #_sourceLocation
    ) {
        var request = Samples.request(action, source: source, steps: 50)
        change(&request.parameters)
        let found = error { try request.validate(downsampling: 8) }.map { "\($0)" }
        #expect(found?.contains(words) == true, "\(String(describing: found))", sourceLocation: location)
        #expect(found?.contains("\n") == false && (found?.count ?? 0) < 160, sourceLocation: location)
    }

    private func move(_ mask: Mask = Samples.mask(), by: Point = Point(x: 8, y: 0), resize: Double = 1) -> any WorkingEdit {
        Move.Working(object: mask, by: by, resize: resize)
    }

    private func drag(_ from: Point, _ to: Point) -> any WorkingEdit {
        Drag.Working(region: Samples.mask(), handles: [from], targets: [to])
    }

    @Test("an empty mask")
    func emptyMask() {
        let empty = Mask(height: 64, width: 64)
        let (point, other) = (Point(x: 1, y: 1), Point(x: 9, y: 1))
        expect(move(empty), saying: "the mask is empty")
        expect(Move.Working(object: Samples.mask(), by: point, resize: 1, likeness: empty), saying: "the inpaint mask is empty")
        expect(Drag.Working(region: empty, handles: [point], targets: [other]), saying: "the mask is empty")
        expect(
            Appearance.Working(object: empty, reference: Samples.picture(), referenceObject: Samples.mask()), saying: "the mask is empty")
        expect(
            Appearance.Working(object: Samples.mask(), reference: Samples.picture(), referenceObject: empty),
            saying: "reference's mask is empty")
        expect(Paste.Working(object: empty, reference: Samples.picture(), offset: point), saying: "the mask is empty")
    }

    @Test("a mask of another size")
    func misfitMask() {
        expect(move(Samples.mask(64, 128)), saying: "the mask is 128×64, expected its picture's 64×64")
        expect(
            Appearance.Working(object: Samples.mask(), reference: Samples.picture(), referenceObject: Samples.mask(128, 64)),
            saying: "64×128")
    }

    @Test("a mask between the cells that the model sees")
    func tinyMask() {
        let (tiny, point) = (Samples.mask(x: 9..<12, y: 9..<12), Point(x: 9, y: 9))
        expect(move(tiny), saying: "the mask marks too little")
        expect(move(Samples.mask(x: 8..<13, y: 8..<13), resize: 0.3), saying: "the mask, shrunken, marks too little")
        expect(Drag.Working(region: tiny, handles: [point], targets: [Point(x: 11, y: 9)]), saying: "the mask marks too little")
        expect(Appearance.Working(object: tiny, reference: Samples.picture(), referenceObject: Samples.mask()), saying: "the mask marks")
        expect(
            Appearance.Working(object: Samples.mask(), reference: Samples.picture(), referenceObject: tiny),
            saying: "reference's mask marks")
        expect(Paste.Working(object: tiny, reference: Samples.picture(), offset: point), saying: "the mask marks too little")
    }

    @Test("a mask of everything, where something must stay")
    func fullMask() {
        let full = Mask(height: 64, width: 64, isWhole: true)
        expect(move(full), saying: "covers the whole picture")
        expect(Paste.Working(object: full, reference: Samples.picture(), offset: Point(x: 0, y: 0)), saying: "covers the whole picture")
        expect(Appearance.Working(object: full, reference: Samples.picture(), referenceObject: full), saying: "covers the whole picture")
    }

    @Test("no points, which is not a matter of the mask")
    func noPoints() {
        expect(Drag.Working(region: Mask(height: 64, width: 64), handles: [], targets: []), saying: "no point to drag")
        expect(Landmark.Working(handles: [], targets: []), saying: "no point to drag")
        expect(Landmark.Working(handles: [Point(x: 1, y: 1)], targets: []), saying: "1 handles need as many targets, found 0")
    }

    @Test("points outside the picture, or not numbers")
    func pointsOutside() {
        let inside = Point(x: 10, y: 10)
        for outside in [Point(x: 64, y: 3), Point(x: -0.1, y: 3), Point(x: 3, y: 1e300), Point(x: .nan, y: 3), Point(x: 3, y: -.infinity)] {
            expect(drag(inside, outside), saying: "outside the picture of 64×64")
            expect(drag(outside, inside), saying: "outside the picture of 64×64")
            expect(Landmark.Working(handles: [outside], targets: [inside]), saying: "outside")
        }
    }

    @Test("handle = target and displacement 0: nothing to do")
    func nothingToDo() {
        let point = Point(x: 10, y: 10)
        expect(drag(point, point), saying: "nothing would move")
        expect(Landmark.Working(handles: [point, point], targets: [point, point]), saying: "nothing would move")
        expect(move(by: Point(x: 0, y: 0)), saying: "nothing would change")
    }

    @Test("sizes and displacements out of range, or not numbers")
    func numbers() {
        for resize in [0, -1, 1e9, .infinity, .nan, 0.01] { expect(move(resize: resize), saying: "the resize factor is") }
        for value in [1e9, -.infinity, .nan] {
            expect(move(by: Point(x: value, y: 0)), saying: "the displacement is")
            expect(
                Paste.Working(object: Samples.mask(), reference: Samples.picture(), offset: Point(x: 0, y: value)), saying: "the offset is")
        }
        expect(move(resize: 0.05), saying: "the resize factor is")
    }

    @Test("parameters that are not numbers, or out of range")
    func parameters() {
        for bad in [Float.nan, -1, .infinity] {
            expect(move(), saying: "the guidance scale is") { $0.guidanceScale = bad }
            expect(move(), saying: "the energy scale is") { $0.energyScale = bad }
            expect(move(), saying: "the SDE strength is") { $0.sdeStrength = bad }
            expect(move(), saying: "w-edit is") { $0.weights.edit = bad }
            expect(move(), saying: "w-content is") { $0.weights.content = bad }
            expect(move(), saying: "w-contrast is") { $0.weights.contrast = bad }
            expect(move(), saying: "w-inpaint is") { $0.weights.inpaint = bad }
        }
        for steps in [0, -1, 10_000, .max] { expect(move(), saying: "the number of steps is") { $0.steps = steps } }
    }

    @Test("pictures of other sides, of another size, with missing or broken pixels")
    func pictures() {
        for (height, width) in [(1, 1), (64, 65), (63, 64), (0, 0), (32, 64)] {
            let picture = Samples.picture(height, width)
            let mask = Mask(height: height, width: width, isWhole: true)
            expect(
                move(mask), saying: "the picture is \(width)×\(height), expected sides that are multiples of 64", source: .picture(picture))
        }
        var broken = Samples.picture().values
        broken[77] = .nan
        let nan = WorkingPicture(height: 64, width: 64, values: broken)
        expect(move(), saying: "a pixel of the picture is not a number", source: .picture(nan))
        expect(Paste.Working(object: Samples.mask(), reference: nan, offset: Point(x: 8, y: 8)), saying: "a pixel of the reference")
        expect(move(), saying: "64×64", source: .picture(WorkingPicture(height: 64, width: 64, values: [1])))
        expect(
            Paste.Working(object: Samples.mask(), reference: Samples.picture(64, 128), offset: Point(x: 8, y: 8)),
            saying: "the reference is 128×64, expected 64×64")
        let request = GenerationRequest(prompt: "", width: 65, height: 64)
        expect(move(), saying: "65", source: .generated(request))
    }

    @Test("an object that would leave the picture altogether")
    func wholeObjectOutside() {
        for by in [Point(x: 64, y: 0), Point(x: -64, y: 0), Point(x: 0, y: 99_999), Point(x: 8, y: -64)] {
            expect(move(by: by), saying: "leave the picture altogether")
            expect(Paste.Working(object: Samples.mask(), reference: Samples.picture(), offset: by), saying: "leave the picture altogether")
        }
    }

    @Test("too little memory tells what is needed and what is allowed")
    func memory() throws {
        var options = EditOptions()
        options.memoryLimit = 1_000_000
        let found = error { _ = try Samples.edit(Samples.request(move()), options) }
        guard case .memory(let needed, let allowed, let remedy)? = found as? EditError else {
            Issue.record("\(String(describing: found))")
            return
        }
        #expect(needed > allowed && allowed == 1_000_000 && remedy == .smallerSide)
    }

    @Test("recorded noise of another latent's size")
    func noise() throws {
        var options = EditOptions()
        options.noise = { _, _ in [1, 2, 3] }
        let request = Samples.request(move(), algorithm: .diffeditor)
        #expect(error { _ = try Samples.edit(request, options) } is EditError)
    }
}
