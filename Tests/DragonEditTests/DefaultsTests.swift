import DragonImage
import DragonModel
import DragonTensor
import Foundation
import Testing

@testable import DragonEdit

@Suite("A model's own defaults")
struct DefaultsTests {
    private func defaults(_ text: String) throws -> ModelDefaults {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).json")
        try text.write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        return try ModelDefaults(file: file.path)
    }

    @Test("what the file says is taken, the rest is as published")
    func read() throws {
        let defaults = try defaults(
            #"{"working_side": 256, "steps": 20, "first_step": 6, "start": "arranged", "fill": "texture", "network": "off", "modes": {"move": {"energy_scale": 50, "cfg": 1}, "resize": {"w_edit": 2}}}"#
        )
        let move = EditModeName.move.parameters(defaults: defaults)
        #expect((move.steps, move.firstStep, move.scheduleSteps, move.start) == (20, 6, 20, .arranged))
        #expect((move.energyScale, move.guidanceScale, move.weights.content) == (50, 1, 6))
        #expect(defaults.fill == .texture && ModelDefaults().fill == .auto)
        #expect(!defaults.usesNetwork && ModelDefaults().usesNetwork)
        #expect(EditModeName.resize.parameters(defaults: defaults).weights.edit == 2)
        #expect(EditModeName.remove.parameters(defaults: defaults).energyScale == 50, "a removal is a move without a new place")
        #expect(EditModeName.drag.parameters(defaults: defaults).energyScale == Drag.published.energyScale)
        #expect(EditModeName.paste.parameters() == Paste.published)
    }

    @Test("values out of range are named")
    func refused() throws {
        for (text, option) in [
            (#"{"working_side": 100}"#, "working_side"), (#"{"steps": 10, "first_step": 10}"#, "first_step"),
            (#"{"modes": {"move": {"cfg": -1}}}"#, "modes.move.cfg"), (#"{"modes": 3}"#, "modes"), (#"{"steps": "many"}"#, "steps"),
            (#"{"start": "anywhere"}"#, "start"), (#"{"fill": "paint"}"#, "fill"), (#"{"network": "maybe"}"#, "network"),
        ] {
            let found = try #require(error { _ = try defaults(text) } as? ModelError)
            #expect("\(found)".contains(option), "\(found)")
        }
    }

    @Test("the first step stays where it is on the schedule when the steps change")
    func steps() {
        var parameters = EditModeName.move.parameters()
        (parameters.steps, parameters.firstStep) = (50, 15)
        parameters.setSteps(20)
        #expect((parameters.steps, parameters.firstStep) == (20, 6))
        parameters.setSteps(1)
        #expect(parameters.firstStep == 0)
    }

    @Test("an edit that starts later runs fewer steps, reports them all, with a picture of each")
    func firstStep() throws {
        var request = Samples.request(Samples.edit(.move))
        request.parameters.energyScale = 0
        request.parameters.guidanceScale = 1
        let listener = Listener()
        var options = EditOptions()
        options.wantsPreviews = true
        request.parameters.firstStep = 8
        _ = try Samples.edit(request, options, job: listener.job)
        let seen = listener.told
        #expect(seen.count { $0.phase == .invert } == 2 && seen.count { $0.phase == .sample } == 2)
        #expect(abs((seen.last?.fraction ?? 0) - 1) < 1e-9)
        #expect(seen.allSatisfy { ($0.preview != nil) == ($0.phase == .sample) })
    }
}
