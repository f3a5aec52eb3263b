import Glibc

/// The built `dragon`, running as a process of its own.
final class Program {
    struct Outcome {
        let status: Int32
        let output: String
        let errors: String
    }

    let process: pid_t
    private let outputPath: String
    private let errorsPath: String

    /// Starts it.
    ///
    /// - Parameters:
    ///   - fileSizeLimit: bytes that a file of its may have, in the way of a full disk.
    ///   - environment: variables set for it, as `NAME=VALUE`.
    ///   - program: a copy of it elsewhere.
    ///   - output: where stdout goes, instead of a file that is read.
    init(
        _ arguments: [String], fileSizeLimit: UInt? = nil, environment: [String] = [], program: String? = nil, output: String? = nil
    ) throws {
        let stem = "/tmp/dragon-run-\(getpid())-\(UInt64.random(in: 0 ... .max))"
        (outputPath, errorsPath) = (stem + ".out", stem + ".err")
        // A shell sets the limit, and sends what is printed to files; "$@" keeps the arguments as they are.
        let limit = fileSizeLimit.map { "ulimit -f \(max(1, $0 / 1024)); " } ?? ""
        let command = ["env"] + environment + [program ?? Self.path] + arguments
        let words = ["sh", "-c", "\(limit)exec \"$@\" >\(output ?? outputPath) 2>\(errorsPath)", "sh"] + command
        var pointers = words.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        var started = pid_t()
        let code = posix_spawn(&started, "/bin/sh", nil, nil, &pointers, environ)
        guard code == 0 else { throw StartFailure(code: code) }
        process = started
    }

    /// Waits for the end.
    func wait() -> Outcome {
        var status: Int32 = 0
        waitpid(process, &status, 0)
        defer {
            unlink(outputPath)
            unlink(errorsPath)
        }
        // A signal's number stands in the lower seven bits, an exit's code above them.
        let code = status & 0x7F == 0 ? status >> 8 & 0xFF : -(status & 0x7F)
        return Outcome(status: code, output: text(outputPath), errors: text(errorsPath))
    }

    static func run(
        _ arguments: [String], fileSizeLimit: UInt? = nil, environment: [String] = [], program: String? = nil, output: String? = nil
    ) throws -> Outcome {
        try Program(arguments, fileSizeLimit: fileSizeLimit, environment: environment, program: program, output: output).wait()
    }

    struct StartFailure: Error { let code: Int32 }

    private func text(_ path: String) -> String {
        guard let file = fopen(path, "r") else { return "" }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        while case let byte = getc(file), byte != EOF { bytes.append(UInt8(truncatingIfNeeded: byte)) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The executable lies beside the test bundle.
    static let path: String = {
        let bundle = CommandLine.arguments.first { $0.contains(".xctest") } ?? CommandLine.arguments[0]
        return bundle.split(separator: "/").prefix { !$0.hasSuffix(".xctest") }.reduce("") { "\($0)/\($1)" } + "/dragon"
    }()
}
