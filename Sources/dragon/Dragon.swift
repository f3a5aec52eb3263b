import ArgumentParser

/// The command line: `dragon info | generate | bench`.
@main
struct Dragon: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dragon",
        abstract: "Stable Diffusion on the processor.",
        discussion: "Exit code 0; 2 for bad input, 3 for what the machine lacks, 130 when interrupted, each with one line on stderr.",
        version: "0.1.0",
        subcommands: [Info.self, Generate.self, Bench.self])

    /// Parses and runs, and ends the process with the documented code. (ArgumentParser's own entry would end with 64 and print the usage.)
    static func main() {
        prepareSignals()
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch {
            finish(error)
        }
    }
}
