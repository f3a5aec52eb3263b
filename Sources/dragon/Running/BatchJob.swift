import ArgumentParser
import DragonModel

/// A line of `dragon batch`: an edit, as its command takes it.
struct BatchJob {
    /// What its report calls it, of whatever kind.
    let id: JSONValue?
    private let arguments: [String]

    /// Members that are no options.
    private static let (commandName, idName) = ("command", "id")

    /// - Throws: ``BatchJobError`` for a line that is no job.
    init(parsing line: [UInt8]) throws(BatchJobError) {
        let value: JSONValue
        do { value = try JSONValue(parsing: line) } catch { throw .notJSON(error) }
        guard let object = value.object else { throw .notAnObject }
        guard let command = object[Self.commandName]?.string else { throw .noCommand }
        id = object[Self.idName]
        var arguments = [command]
        for name in object.names where name != Self.commandName && name != Self.idName {
            arguments += try Self.arguments(name, object[name] ?? .null)
        }
        self.arguments = arguments
    }

    /// The edit, parsed as on the command line.
    ///
    /// - Throws: ``BatchJobError``, and what the parser says.
    func command() throws -> any EditCommand {
        guard Self.edits.contains(arguments[0]) else { throw BatchJobError.unknownCommand(arguments[0], known: Self.edits) }
        guard let command = try Dragon.parseAsRoot(arguments) as? any EditCommand else { throw BatchJobError.noEdit }
        guard !command.model.areGiven, !command.compute.areGiven else { throw BatchJobError.sharedOption }
        return command
    }

    private static var edits: [String] { Dragon.configuration.subcommands.compactMap { ($0 as? any EditCommand.Type)?._commandName } }

    /// A member as arguments, each in one word, so that no value is taken for an option.
    private static func arguments(_ name: String, _ value: JSONValue) throws(BatchJobError) -> [String] {
        let isName =
            !name.hasPrefix("-") && name.utf8.allSatisfy { $0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z") || $0 == UInt8(ascii: "-") }
        guard isName, name.utf8.count > 1, name != "help", name != "version" else { throw .unknownOption(name) }
        switch value {
        case .null, .bool(false): return []
        case .bool(true): return ["--\(name)"]
        case .integer(let number): return ["--\(name)=\(number)"]
        case .number(let number): return ["--\(name)=\(number)"]
        case .string(let text): return ["--\(name)=\(text)"]
        case .array(let items):
            var all: [String] = []
            for item in items {
                switch item {
                case .integer, .number, .string: all += try arguments(name, item)
                default: throw .unfitValue(name)
                }
            }
            return all
        case .object: throw .unfitValue(name)
        }
    }
}

/// Why a line is no job.
enum BatchJobError: Error, CustomStringConvertible {
    case notJSON(JSONError)
    case notAnObject
    case noCommand
    case unknownCommand(String, known: [String])
    case noEdit
    case unknownOption(String)
    /// A value that no option can have.
    case unfitValue(String)
    /// An option of the whole batch.
    case sharedOption
    /// An output that is the input, which does not tell whether it was written.
    case editsInPlace

    var description: String {
        switch self {
        case .notJSON(let error): "the line is not JSON: \(error.reason), at byte \(error.offset)"
        case .notAnObject: "the line should be a JSON object, as {\"command\": \"remove\", \"input\": \"a.png\", …}"
        case .noCommand: "\"command\" is missing: name an edit"
        case .unknownCommand(let name, let known): "\"\(name)\" is no edit; those are \(known.joined(separator: ", "))"
        case .noEdit: "the line asks for no edit"
        case .unknownOption(let name): "\"\(name)\" is no option; members are long options without their dashes"
        case .unfitValue(let name): "\"\(name)\" should be a text, a number, true, or an array of texts or numbers"
        case .sharedOption: "the model's options, threads, quiet and json are given to dragon batch, once for all lines"
        case .editsInPlace: "the output is the input, so --resume cannot tell whether it was edited: name another file"
        }
    }
}
