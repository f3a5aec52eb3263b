import DragonModel

/// What a command warns of: on stderr at once, and in its report.
final class Warnings {
    private let isQuiet: Bool
    private(set) var texts: [String] = []

    init(isQuiet: Bool) { self.isQuiet = isQuiet }

    func add(_ text: String) {
        texts.append(text)
        if !isQuiet { writeError("warning: \(text)") }
    }

    var json: JSONValue { .array(texts.map { .string($0) }) }
}
