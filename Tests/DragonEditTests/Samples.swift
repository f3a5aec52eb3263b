import DragonImage
import DragonModel
import DragonTensor
import Synchronization
import TestSupport

@testable import DragonEdit

/// The small model of Tests/Fixtures, loaded once for every test.
enum Samples {
    private static let loaded = Result { try DiffusionModel(files: ModelFiles(path: fixture("model")), in: ComputeContext(threads: 2)) }

    static func model() throws -> DiffusionModel { try loaded.get() }

    /// A picture of waves.
    static func picture(_ height: Int = 64, _ width: Int = 64, phase: Int = 0) -> WorkingPicture {
        let values = (0..<3 * height * width).map { index in
            let (c, y, x) = (index / (height * width), index / width % height, index % width)
            return Float((x * (c + 3) + y * 5 + phase * 7) % 64) / 32 - 1
        }
        return WorkingPicture(height: height, width: width, values: values)
    }

    /// A mask of a rectangle.
    static func mask(_ height: Int = 64, _ width: Int = 64, x: Range<Int> = 16..<40, y: Range<Int> = 8..<40) -> Mask {
        Mask(height: height, width: width, cells: (0..<height * width).map { x.contains($0 % width) && y.contains($0 / width) })
    }

    /// An edit of every mode on a picture of 64 × 64.
    static func edit(_ mode: EditModeName) -> any WorkingEdit {
        switch mode {
        case .move: Move.Working(object: mask(), by: Point(x: 16, y: 8))
        case .resize: Move.Working(object: mask(), by: Point(x: 0, y: 0), resize: 1.2)
        case .drag: Drag.Working(region: mask(), handles: [Point(x: 20, y: 20)], targets: [Point(x: 32, y: 24)])
        case .landmark: Landmark.Working(handles: [Point(x: 20, y: 20)], targets: [Point(x: 32, y: 24)])
        case .appearance: Appearance.Working(object: mask(), reference: picture(phase: 3), referenceObject: mask(x: 8..<56))
        case .remove: Remove.Working(object: mask(), likeness: nil)
        case .paste: Paste.Working(object: mask(), reference: picture(phase: 3), offset: Point(x: 8, y: 16))
        }
    }

    /// An edit of few steps, the published schedule squeezed into them so that all its parts occur.
    static func request(
        _ edit: any WorkingEdit, source: EditRequest.Source = .picture(picture()), steps: Int = 10, algorithm: EditAlgorithm = .dragon
    ) -> EditRequest {
        let name = EditModeName.allCases.first { type(of: Self.edit($0)) == type(of: edit) } ?? .move
        var request = EditRequest(source: source, edit: edit, parameters: name.parameters())
        (request.parameters.steps, request.parameters.algorithm) = (steps, algorithm)
        return request
    }

    /// The edited picture.
    static func edit(
        _ request: EditRequest, _ options: EditOptions = EditOptions(), prompt: String = "a cat", job: Job = Job(), threads: Int = 2
    ) throws -> [Float] {
        let (model, context) = (try model(), ComputeContext(job: job, threads: threads))
        return try model.edit(request, model.conditioning(model.prompts(prompt), in: context), options: options, in: context).values
    }
}

/// Keeps what a job tells.
final class Listener: Sendable {
    private let heard = Mutex<[Job.Progress]>([])

    /// The work that is told of.
    var job: Job {
        Job { progress in
            self.heard.withLock { $0.append(progress) }
            return true
        }
    }

    var told: [Job.Progress] { heard.withLock { $0 } }
}

/// Largest difference, relative to the largest expected value.
func difference(_ found: [Float], _ expected: [Float]) -> Float {
    guard found.count == expected.count else { return .infinity }
    let largest = expected.reduce(1e-30) { max($0, abs($1)) }
    return zip(found, expected).reduce(0) { max($0, $1.0.isNaN ? .infinity : abs($1.0 - $1.1)) } / largest
}

/// Whether no value is infinite or not a number.
func areFinite(_ values: [Float]) -> Bool { !values.contains { !$0.isFinite } }

/// What a body throws.
func error(_ body: () throws -> Void) -> (any Error)? {
    do {
        try body()
        return nil
    } catch { return error }
}
