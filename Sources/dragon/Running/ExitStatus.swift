import ArgumentParser
import DragonEdit
import DragonModel
import DragonSelect
import DragonStore
import DragonTensor
import Glibc

/// The process's exit codes.
enum ExitStatus: Int32 {
    case success = 0
    /// The command or a file is wrong.
    case badInput = 2
    /// The machine lacks memory, room on the disk, or a library.
    case machineLacks = 3
    case interrupted = 130

    /// The code that tells of an error.
    init(_ error: any Error) {
        switch error {
        case is CancellationError: self = .interrupted
        case let error as ModelError: self = error.isLimitOfMachine ? .machineLacks : .badInput
        case TensorError.outOfMemory, EditError.memory, FindingError.lacksMemory: self = .machineLacks
        case let error as StoreError: self = error.isLimitOfMachine ? .machineLacks : .badInput
        case let error as PrintError: self = isFullDisk(error.code) ? .machineLacks : .badInput
        case let error as PictureError: self = error.isLimitOfMachine ? .machineLacks : .badInput
        default: self = Dragon.exitCode(for: error).isSuccess ? .success : .badInput
        }
    }
}

/// Says what went wrong, in one line on stderr, and ends the process. Help and version, asked for, go to stdout.
func finish(_ error: any Error) -> Never {
    let status = ExitStatus(error)
    switch status {
    case .success:
        do { try printLine(Dragon.fullMessage(for: error)) } catch { finish(error) }
    case .interrupted: writeError("interrupted")
    case .badInput, .machineLacks: writeError(Dragon.message(for: error))
    }
    exit(status.rawValue)
}

/// Writes `dragon: message` to stderr as one line, whatever stands in the message.
func writeError(_ message: String) {
    let line = message.split(whereSeparator: \.isNewline).map { $0.drop(while: \.isWhitespace) }.joined(separator: " ")
    let printable = line.unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{FFFD}" : Character($0) }
    writeToStandardError("dragon: \(String(printable))\n")
}

/// Writes text to stderr at once; if nobody takes it, it is lost.
func writeToStandardError(_ text: String) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
        let written = rest.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
        if written < 0, errno == EINTR { continue }
        guard written > 0 else { return }
        rest = rest.dropFirst(written)
    }
}
