import DragonTensor

/// Numbers of a network that are none any more.
public enum NumericError: Error, Equatable, CustomStringConvertible {
    /// After a step of a phase, such as "sampling".
    case notFinite(phase: String, step: Int)

    /// One line that says what to do.
    public var description: String {
        switch self {
        case .notFinite(let phase, let step):
            "the numbers are no longer finite after \(phase) step \(step): the model's weights and its schedule do not fit, take another model"
        }
    }
}

extension Tensor {
    /// Throws where an element is infinite or not a number.
    public func checkFinite(after phase: String, step: Int) throws {
        guard withElements({ $0.allSatisfy(\.isFinite) }) else { throw NumericError.notFinite(phase: phase, step: step) }
    }
}
