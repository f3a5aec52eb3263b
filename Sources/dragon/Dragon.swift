import ArgumentParser
import DragonModel

/// The command line.
@main
struct Dragon: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dragon",
        abstract: "Move, resize, remove, drag, re-dress and paste things in a photo with Stable Diffusion, on the processor.",
        discussion: "Exit code 0; 2 for bad input, 3 for what the machine lacks, 130 when interrupted, each with one line on stderr.",
        version: "\(engineVersion)",
        subcommands: [
            Info.self, Generate.self, Move.self, Drag.self, Landmark.self, Appearance.self, Paste.self, Remove.self,
            Frames.self, Select.self, Batch.self, Bench.self, Models.self,
        ])

    /// Parses and runs, and ends the process with the documented code. (ArgumentParser's own entry would end with 64 and print the usage.)
    static func main() {
        holdStandardDescriptors()
        prepareSignals()
        do {
            try checkArguments()
            var command = try parseAsRoot()
            try command.run()
        } catch {
            finish(error)
        }
    }
}
