/// What can go wrong with finding, adding and removing models.
public enum StoreError: Error, Equatable, Sendable {
    /// No model that can be opened is installed.
    case noModel
    /// Something was asked that makes no sense.
    case badRequest(String)
    /// What was copied or downloaded is no model that works, or not the one that was asked for.
    case badModel(String)
    /// The machine lacks room, rights or a connection.
    case lacking(String)

    /// Whether the machine, not the request, is at fault.
    public var isLimitOfMachine: Bool {
        switch self {
        case .noModel, .lacking: true
        case .badRequest, .badModel: false
        }
    }
}

extension StoreError: CustomStringConvertible {
    /// One line that says what is wrong and what to do.
    public var description: String {
        switch self {
        case .noModel: "no usable model is installed: run \"dragon model add PATH_OR_URL\", or name one by --model"
        case .badRequest(let text), .badModel(let text), .lacking(let text): text
        }
    }
}
