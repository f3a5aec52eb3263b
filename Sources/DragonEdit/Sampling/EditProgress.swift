/// Where an edit stands.
public struct EditProgress: Sendable {
    /// The parts of an edit, in order.
    public enum Phase: String, Sendable, CaseIterable {
        /// The picture's making, where it is generated.
        case generate
        /// Pictures to latents.
        case encode
        /// Latents to noise, filling the memory bank.
        case invert
        /// Noise to the edited latent.
        case sample
        /// The latent to a picture.
        case decode
    }

    /// The part at work.
    public let phase: Phase
    /// Steps of it that are done.
    public let step: Int
    /// Steps that it has.
    public let total: Int
    /// Share of the whole edit that is done, by the cost of its steps; 0 … 1.
    public let fraction: Double
    /// The result as it stands, one pixel for each cell of the latent, three planes of 0 … 1; while sampling, and only where
    /// ``EditOptions/wantsPreviews`` asks for it.
    public var preview: Raster?
}
