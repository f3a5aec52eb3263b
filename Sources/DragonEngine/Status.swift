import CDragon
import DragonEdit
import DragonModel
import DragonSelect
import DragonStore
import DragonTensor

/// How a call ended.
enum Status: dragon_status, CaseIterable {
    case ok = 0
    case badInput, badModel, lacking, cancelled, busy, invalidHandle, wrongVersion

    /// The status that tells of an error.
    init(_ error: any Error) {
        switch error {
        case let failure as Failure: self = failure.status
        case is CancellationError: self = .cancelled
        case EditError.memory, TensorError.outOfMemory, FindingError.lacksMemory: self = .lacking
        case is EditError: self = .badInput
        case is NumericError: self = .badModel
        case let error as ModelError: self = error.isLimitOfMachine ? .lacking : .badModel
        case StoreError.badRequest: self = .badInput
        case StoreError.badModel: self = .badModel
        case is StoreError: self = .lacking
        default: self = .badInput
        }
    }

    /// A few words, kept for the life of the program.
    var text: StaticString {
        switch self {
        case .ok: "done"
        case .badInput: "the request cannot be met"
        case .badModel: "the model cannot be used"
        case .lacking: "the machine lacks what this needs"
        case .cancelled: "cancelled"
        case .busy: "the model is busy"
        case .invalidHandle: "there is no such handle"
        case .wrongVersion: "a struct is of another version than the library"
        }
    }
}

/// An error that says its own status.
struct Failure: Error, CustomStringConvertible {
    let status: Status
    let description: String

    static func badInput(_ text: String) -> Failure { Failure(status: .badInput, description: text) }
    static let invalidHandle = Failure(status: .invalidHandle, description: "\(Status.invalidHandle.text)")

    static func wrongVersion(_ what: String, found: Int, expected: Int) -> Failure {
        Failure(
            status: .wrongVersion,
            description: "\(what) says that its size is \(found) bytes, this library knows \(expected): use the library's own header")
    }
}

extension Status {
    /// The status of `body`, and what its error says in one line.
    static func of(_ body: () throws -> Void) -> (status: Status, message: String) {
        do {
            try body()
            return (.ok, "")
        } catch is CancellationError {
            return (.cancelled, "\(Status.cancelled.text)")
        } catch { return (Status(error), oneLine("\(error)")) }
    }

    /// The status of `body`, where nobody holds a message.
    static func code(_ body: () throws -> Void) -> dragon_status { of(body).status.rawValue }

    private static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}
