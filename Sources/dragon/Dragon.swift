import ArgumentParser

/// The command line.
@main
struct Dragon: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Stable Diffusion on the processor.")
}
