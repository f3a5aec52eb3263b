import DragonModel
import DragonTensor

/// What is shown of a latent while it is sampled: the tiny decoder's picture where there is such a decoder, quick beside a step, else a
/// linear function's.
struct SamplingPreview {
    private enum Way {
        case decoder(Autoencoder)
        case linear(LatentPreview)
    }

    private let way: Way
    private let context: ComputeContext

    /// - Parameters:
    ///   - linear: what serves where there is no tiny decoder; the full one takes longer than a step.
    init(_ model: DiffusionModel, in context: ComputeContext, linear: () throws -> LatentPreview) rethrows {
        self.context = context
        way = if let decoder = model.previewAutoencoder { .decoder(decoder) } else { .linear(try linear()) }
    }

    /// - Parameter latent: of a batch of one.
    /// - Returns: nil where the decoder could not run: an edit does not end for want of a preview.
    func picture(of latent: Tensor) -> Job.Preview? {
        switch way {
        case .decoder(let decoder): (try? decoder.decode(latent, in: context)).map(Job.Preview.init(_:))
        case .linear(let preview): preview.picture(of: latent.grids()[0])
        }
    }
}

extension Job.Preview {
    /// A picture of −1 … 1, `[1, 3, height, width]`.
    fileprivate init(_ picture: Tensor) {
        let (values, height, width) = (picture.values, picture.shape[2], picture.shape[3])
        let area = height * width
        var bytes = [UInt8](repeating: 255, count: 4 * area)
        for channel in 0..<3 {
            for at in 0..<area { bytes[4 * at + channel] = Self.byte(Double(values[channel * area + at])) }
        }
        self.init(width: width, height: height, bytes: bytes)
    }

    /// Of −1 … 1; what is no number is black.
    static func byte(_ value: Double) -> UInt8 { value > -1 ? UInt8((min(value + 1, 2) / 2 * 255).rounded()) : 0 }
}
