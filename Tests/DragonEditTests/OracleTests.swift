import DragonEdit
import DragonImage
@testable import DragonModel
import DragonTensor
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// The oracle's cases: another seed's folder (model/ and cases/) can be named in DRAGON_ORACLE.
private let oracleFolder = getenv("DRAGON_ORACLE").map { String(cString: $0) } ?? inRepository("Tests/Fixtures")

private let names =
    ["move", "grow", "shrink", "turn", "drag", "landmark", "appearance", "paste"].flatMap { ["\($0)-dragon", "\($0)-diffeditor"] } + [
        "flip-dragon"
    ]

/// One recorded edit: its request, and everything that the oracle computed on the way.
struct OracleCase {
    let file: SafetensorsFile
    let replay: Replay
    let request: EditRequest

    init(_ name: String) throws {
        let path = "\(oracleFolder)/cases/\(name)"
        file = try SafetensorsFile(path + ".safetensors")
        replay = try Replay(file: path + ".safetensors")
        let scalars = try readJSON(path + ".json")
        request = try Self.request(replay, scalars)
    }

    private static func request(_ replay: Replay, _ json: JSONValue) throws -> EditRequest {
        let empty = Mask(height: replay.picture.height, width: replay.picture.width)
        let points = { (name: String) in
            (json.object?[name]?.array ?? []).map { Point(x: $0.array?[0].number ?? 0, y: $0.array?[1].number ?? 0) }
        }
        let (handles, targets) = (points("handles"), points("targets"))
        let shift = json.object?["displacement"]?.array?.map { $0.number ?? 0 } ?? [0, 0]
        let displacement = Point(x: shift[0], y: shift[1])
        let mask = replay.mask ?? empty
        let edit: any WorkingEdit
        let mode = EditModeName(rawValue: json.object?["mode"]?.string ?? "")
        switch mode {
        case .move:
            let turn = Turn(degrees: json.object?["rotate"]?.number ?? 0, isMirrored: json.object?["flip"]?.bool ?? false)
            edit = Move.Working(
                object: mask, by: displacement, resize: json.object?["resize"]?.number ?? 1, turn: turn, likeness: replay.inpaintMask)
        case .drag: edit = Drag.Working(region: mask, handles: handles, targets: targets)
        case .appearance:
            edit = Appearance.Working(
                object: mask, reference: try #require(replay.reference), referenceObject: try #require(replay.referenceMask))
        case .paste: edit = Paste.Working(object: mask, reference: try #require(replay.reference), offset: displacement)
        default: edit = Landmark.Working(handles: handles, targets: targets)
        }
        var request = EditRequest(source: .picture(replay.picture), edit: edit, parameters: (mode ?? .landmark).parameters())
        request.parameters.steps = Int(json.object?["steps"]?.number ?? 50)
        request.parameters.algorithm = EditAlgorithm(rawValue: json.object?["algorithm"]?.string ?? "") ?? .dragon
        return request
    }

    /// The worst error of a trace, relative to each tensor's largest value, and where it is.
    func compare(_ trace: EditTrace) throws -> (error: Double, name: String) {
        var worst = (error: 0.0, name: "nothing")
        let wanted = Set(file.entries.map(\.name).filter { $0.hasPrefix("trace.") })
        #expect(Set(trace.tensors.map { "trace." + $0.name }) == wanted)
        for (name, shape, values) in trace.tensors {
            let expected = try file.weight("trace." + name)
            guard expected.shape == shape else { return (.infinity, name) }
            var (largest, difference): (Float, Float) = (1e-30, 0)
            for (a, b) in zip(values, expected.floats()) {
                largest = max(largest, abs(b))
                difference = a.isNaN ? .infinity : max(difference, abs(a - b))
            }
            if Double(difference / largest) > worst.error { worst = (Double(difference / largest), name) }
        }
        return worst
    }
}

@Suite("Edits leave the oracle's trace, tensor by tensor", .serialized)
struct OracleTests {
    @Test("every mode, both algorithms", arguments: names)
    func trace(_ name: String) throws {
        let context = ComputeContext(threads: 2)
        let model = try DiffusionModel(files: ModelFiles(path: oracleFolder + "/model"), in: context)
        let recorded = try OracleCase(name)
        let trace = EditTrace()
        var options = EditOptions()
        options.trace = trace
        options.noise = recorded.replay.recordedNoise
        if getenv("DRAGON_FULL_BANK") != nil { options.keepsFullPrecision = true }
        _ = try model.edit(
            recorded.request, model.conditioning(recorded.replay.prompts, in: context), options: options, in: context)
        let (error, where_) = try recorded.compare(trace)
        print("oracle \(name): \(error) at \(where_)")
        #expect(error < 1e-3)
    }
}
