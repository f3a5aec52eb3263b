import DragonImage
import DragonModel
import DragonTensor

/// The terms of an edit's two energies on one feature map. A mode without content energy has no content terms.
public struct LevelTerms: Sendable {
    var edit: [EnergyTerm] = []
    var content: [EnergyTerm] = []
}

/// What guidance adds to a prediction, and the energies it came from.
struct GuidanceResult {
    /// Of the latent's shape, channel by channel.
    let gradient: [Float]
    let edit: Float
    let content: Float
    /// The encoder's part of the current latent's pass.
    let encoded: EncodedLatent
}

/// What a picture of the guidance branch is compared by at a step.
enum Reference {
    /// Its inverted latent at the step's timestep.
    case latent(Tensor)
    /// Feature maps that its inversion met there: of the latent before, which is almost the same.
    case features([Tensor])
}

/// The gradient of an edit's energies with respect to the latent (DragonDiffusion, equation 3).
final class Guidance {
    private let unet: UNet
    private let plan: any EditPlan
    private let energyScale: Float
    private let conditioning: Conditioning
    /// The plan's terms, feature map by feature map: they are the same at every step.
    private var terms: [LevelTerms] = []

    /// - Parameter conditioning: of the base picture, which every feature pass has.
    init(unet: UNet, plan: any EditPlan, energyScale: Float, conditioning: Conditioning) {
        (self.unet, self.plan, self.energyScale, self.conditioning) = (unet, plan, energyScale, conditioning)
    }

    /// g = k · (∂(scale·E_edit)/∂z inside the edit region, ∂(scale·E_content)/∂z outside it).
    ///
    /// - Parameters:
    ///   - latent: `[1, channels, height, width]`, the current one.
    ///   - references: what the picture is compared with, one for each picture.
    func callAsFunction(_ latent: Tensor, references: [Reference], timestep: Int, in context: ComputeContext) throws -> GuidanceResult {
        let referenceFeatures = try references.map { reference in
            switch reference {
            case .features(let known): known
            case .latent(let latent): try unet.features(of: latent, timestep: timestep, text: conditioning.text, in: context).features
            }
        }
        let pass = try unet.differentiableFeatures(of: latent, timestep: timestep, text: conditioning.text, in: context)
        if terms.isEmpty {
            terms = pass.features.enumerated().map {
                plan.terms(FeatureGrid(height: $1.shape[2], width: $1.shape[3]), level: $0)
            }
        }
        let functions = plan.hasContentEnergy ? 2 : 1
        var energies: [Float] = [0, 0]
        var cotangents: [Tensor] = []
        for (level, feature) in pass.features.enumerated() {
            var gradient = [Float](repeating: 0, count: functions * feature.count)
            gradient.withUnsafeMutableBufferPointer { gradient in
                guard let base = gradient.baseAddress else { return }
                for (function, list) in [terms[level].edit, terms[level].content].prefix(functions).enumerated() {
                    for term in list {
                        energies[function] += Self.add(
                            term, feature, referenceFeatures[term.reference][level], base + function * feature.count)
                    }
                }
            }
            cotangents.append(try Tensor(gradient, shape: [functions] + feature.shape.dropFirst(), in: context))
        }
        let gradients = try unet.latentGradient(cotangents, through: pass, in: context).values
        return GuidanceResult(
            gradient: combine(gradients, count: latent.count), edit: energies[0], content: energies[1], encoded: pass.encoded)
    }

    private static func add(_ term: EnergyTerm, _ current: Tensor, _ reference: Tensor, _ gradient: UnsafeMutablePointer<Float>) -> Float {
        current.withElements { a in
            reference.withElements { b in
                term.add(
                    FeatureView(values: a, channels: current.channels, columns: current.columns),
                    FeatureView(values: b, channels: reference.channels, columns: reference.columns), gradient: gradient)
            }
        }
    }

    private func combine(_ gradients: [Float], count: Int) -> [Float] {
        let factor = plan.gradientScale * energyScale
        let cells = plan.editRegion.cells
        return (0..<count).map { index in
            if cells[index % cells.count] { return factor * gradients[index] }
            return plan.hasContentEnergy ? factor * gradients[count + index] : 0
        }
    }
}
