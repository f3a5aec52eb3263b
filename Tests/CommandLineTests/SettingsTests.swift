import CDragon
import DragonEdit
import DragonModel
import TestSupport
import Testing

@testable import DragonEngine
@testable import dragon

/// One number of an edit, as the command line and as the C interface set it.
private struct Setting: Sendable, CustomStringConvertible {
    let description: String
    let arguments: [String]
    let set: @Sendable (inout dragon_parameters) -> Void

    init(_ arguments: String..., set: @escaping @Sendable (inout dragon_parameters) -> Void) {
        (description, self.arguments, self.set) = (arguments.joined(separator: " "), arguments, set)
    }
}

private let settings = [
    Setting { _ in }, Setting("--algorithm", "diffeditor") { $0.algorithm = 1 }, Setting("--steps", "30") { $0.steps = 30 },
    Setting("--steps", "25") { $0.steps = 25 }, Setting("--steps", "1000") { $0.steps = 1000 },
    Setting("--steps", "40", "--first-step", "7") { ($0.steps, $0.first_step) = (40, 7) },
    Setting("--cfg", "3.5") { $0.guidance_scale = 3.5 },
    Setting("--energy-scale", "0") { $0.energy_scale = 0 }, Setting("--energy-scale", "1200") { $0.energy_scale = 1200 },
    Setting("--w-edit", "2") { $0.edit_weight = 2 }, Setting("--w-content", "3") { $0.content_weight = 3 },
    Setting("--w-contrast", "0.5") { $0.contrast_weight = 0.5 }, Setting("--w-inpaint", "0.7") { $0.inpaint_weight = 0.7 },
    Setting("--sde-strength", "0.25") { $0.sde_strength = 0.25 }, Setting("--seed", "12") { $0.seed = 12 },
    Setting("--side", "320") { $0.side = 320 }, Setting("--grow", "4") { $0.grow = 4 }, Setting("--feather", "9") { $0.feather = 9 },
    Setting("--soften", "3") { $0.soften = 3 }, Setting("--plate", "off") { $0.use_plate = 0 },
    Setting("--network", "off") { $0.use_network = dragon_network(DRAGON_NETWORK_OFF) },
    Setting("--plate", "off", "--steps", "33", "--seed", "4") { ($0.use_plate, $0.steps, $0.seed) = (0, 33, 4) },
    Setting("--memory", "700") { $0.memory_limit = 700_000_000 },
]

@Suite("The command line and the C interface run the same numbers, for every option of every mode")
struct SettingsTests {
    private func options(_ name: EditModeName, _ arguments: [String]) throws -> EditingOptions {
        let common = ["-i", "photo.png", "-o", "out.png"] + arguments
        return switch name {
        case .move, .resize: try Move.parse(["--mask", "m.png", "--from", "0,0", "--to", "9,0"] + common).editing
        case .drag: try Drag.parse(["--drag", "0,0:9,9"] + common).editing
        case .landmark: try Landmark.parse(["--drag", "0,0:9,9"] + common).editing
        case .appearance: try Appearance.parse(common).editing
        case .remove: try Remove.parse(["--mask", "m.png"] + common).editing
        case .paste: try Paste.parse(["--offset", "1,1"] + common).editing
        }
    }

    @Test("all of them", arguments: EditModeName.allCases, settings)
    private func same(_ name: EditModeName, _ setting: Setting) throws {
        for model in ["Install/model/embedded", "Tests/Fixtures/model"] {
            let files = try ModelFiles(path: inRepository(model))
            let own = try EditSettings(name, defaults: files.defaults, side: files.workingSide)
            let byOptions = try EditSettings(
                name, options(name, setting.arguments).overrides, defaults: files.defaults, side: files.workingSide)
            var parameters = dragon_parameters(own)
            setting.set(&parameters)
            let byStruct = try EditSettings(name, EditOverrides(parameters), defaults: files.defaults, side: files.workingSide)
            #expect(byOptions == byStruct, "\(model)")
            let isOwn = setting.arguments.isEmpty || setting.arguments == ["--network", "off"] && !own.usesNetwork
            #expect((byOptions == own) == isOwn, "the option does something")
        }
    }

    @Test("where the model leaves the network out of prepared pictures, words and numbers ask for it")
    func network() throws {
        let files = try ["Install/model/embedded", "Tests/Fixtures/model"].map { try ModelFiles(path: inRepository($0)) }
        let uses = { (name: EditModeName, files: ModelFiles, arguments: [String]) in
            try EditSettings(name, options(name, arguments).overrides, defaults: files.defaults, side: files.workingSide).usesNetwork
        }
        for name in EditModeName.allCases {
            #expect(try uses(name, files[0], []) == (name == .appearance), "\(name)")
            #expect(try uses(name, files[1], []), "\(name): a model that says nothing has its part")
            #expect(try !uses(name, files[1], ["--network", "off"]), "\(name)")
        }
        for arguments in [["--seed", "4"], ["--preset", "fast"], ["--source-prompt", "a cat"], ["--grow", "4"], ["--fill", "texture"]] {
            #expect(try !uses(.move, files[0], arguments), "\(arguments)")
        }
        let asking = [
            ["--network", "on"], ["--plate", "off"], ["--prompt", "a dog"], ["--fill", "network"], ["--steps", "20"], ["--cfg", "3"],
            ["--energy-scale", "0"], ["--w-edit", "2"], ["--algorithm", "diffeditor"], ["--first-step", "3"], ["--trace", "t.safetensors"],
        ]
        for arguments in asking { #expect(try uses(.move, files[0], arguments), "\(arguments)") }
        #expect(try !uses(.move, files[0], ["--network", "off", "--prompt", "a dog"]))
    }

    @Test("fewer steps than a model's own, or as many, keep the share of those that are guided")
    func guided() throws {
        let files = try ModelFiles(path: inRepository("Install/model/embedded"))
        let guided = { (arguments: [String]) in
            let overrides = try options(.move, arguments).overrides
            let parameters = try EditSettings(.move, overrides, defaults: files.defaults, side: files.workingSide).parameters
            return Double(parameters.guidedSteps) / Double(parameters.steps - parameters.firstStep)
        }
        #expect(try guided([]) == 1)
        #expect(try guided(["--preset", "fast"]) == 0.4, "every other one, from an even step on")
        for arguments in [["--steps", "25"], ["--steps", "12"], ["--steps", "48"]] {
            #expect(try guided(arguments) == 1, "\(arguments)")
        }
        let published = EditModeName.move.parameters()
        #expect(published.guidedSteps == 30)
    }

    @Test("without a plate a move runs as published")
    func plateOff() throws {
        var parameters = dragon_parameters(try EditSettings(.move, defaults: ModelDefaults(), side: 512))
        parameters.use_plate = 0
        let found = try EditSettings(.move, EditOverrides(parameters), defaults: ModelDefaults(), side: 512)
        #expect(found.parameters == DragonEdit.Move.published && !found.usesPlate)
    }

    @Test("the header states the engine's limits")
    func limits() {
        #expect(Int(DRAGON_MOST_PICTURE_SIDE) == Limits.pictureSide.upperBound)
        #expect(Int(DRAGON_MOST_PICTURE_PIXELS) == Limits.mostPicturePixels)
        #expect(Int(DRAGON_MOST_PREVIEW_PIXELS) == Limits.mostPreviewPixels)
        #expect(Int(DRAGON_MOST_POINTS) == Limits.mostPoints)
        #expect(
            Double(DRAGON_MOST_DISPLACEMENT) == Limits.displacement.upperBound
                && Limits.displacement.lowerBound == -Limits.displacement.upperBound)
        #expect(DRAGON_LEAST_RESIZE == Limits.resize.lowerBound && Double(DRAGON_MOST_RESIZE) == Limits.resize.upperBound)
        #expect(Limits.steps == 1...Int(DRAGON_MOST_STEPS) && Limits.threads == 1...Int(DRAGON_MOST_THREADS))
        #expect(Limits.guidanceScale == 0...Float(DRAGON_MOST_GUIDANCE_SCALE) && Limits.energyScale == 0...Float(DRAGON_MOST_ENERGY_SCALE))
        #expect(Limits.weight == 0...Float(DRAGON_MOST_WEIGHT) && Limits.sdeStrength == 0...Float(DRAGON_MOST_SDE_STRENGTH))
        #expect(Limits.imageScale == 0...Float(DRAGON_MOST_IMAGE_SCALE))
        #expect(Int(DRAGON_SIDE_MULTIPLE) == Limits.sideMultiple && Int(DRAGON_MOST_SIDE) == Limits.side.upperBound)
        #expect(Limits.margin == 0...Double(DRAGON_MOST_MARGIN))
    }

    @Test("the header numbers modes, algorithms and phases in the engine's order")
    func numbers() throws {
        for (name, number) in zip(
            EditModeName.allCases,
            [DRAGON_MOVE, DRAGON_RESIZE, DRAGON_DRAG, DRAGON_LANDMARK, DRAGON_APPEARANCE, DRAGON_PASTE, DRAGON_REMOVE])
        {
            #expect(try choice(dragon_mode(number), "mode") == name)
        }
        #expect(EditAlgorithm.allCases == [.dragon, .diffeditor])
    }
}
