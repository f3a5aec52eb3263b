import DragonTensor
import TestSupport
import Testing

@testable import DragonModel

/// Steps of diffusers' LCMScheduler and DDIMScheduler (Tests/Peers/make_variants.py).
@Suite("Solvers step as diffusers' schedulers do")
struct SolverTests {
    private let expected: SafetensorsFile
    private let context = ComputeContext(threads: 1)

    init() throws { expected = try SafetensorsFile(fixture("variants/schedules.safetensors")) }

    private func configuration(_ name: String) -> ScheduleConfiguration {
        var result = ScheduleConfiguration.stableDiffusion
        if name.hasPrefix("lcm") { (result.solver, result.stepsOffset) = (.lcm, 0) }
        if name.contains("velocity") || name.hasPrefix("zero") { result.predictionType = .velocity }
        result.rescalesToZeroSNR = name.hasPrefix("zero")
        if name.contains("origin-100") { result.distilledSteps = 100 }
        if name.contains("trailing") { result.timestepSpacing = .trailing }
        if name.contains("linspace") { result.timestepSpacing = .linspace }
        return result
    }

    private func tensor(_ name: String) throws -> Tensor {
        let weight = try expected.weight(name)
        return try Tensor(weight.floats(), shape: weight.shape, in: context)
    }

    @Test(arguments: [
        "lcm-1", "lcm-2", "lcm-4", "lcm-8", "lcm-velocity", "lcm-origin-100", "ddim-leading", "ddim-trailing", "ddim-linspace",
        "ddim-leading-velocity", "ddim-trailing-velocity", "ddim-linspace-velocity", "ddim-trailing-1", "zero-leading", "zero-trailing",
        "zero-linspace",
    ])
    func everyStep(_ name: String) throws {
        let timesteps = try expected.integers("\(name).timesteps")
        let solver = try configuration(name).run(steps: timesteps.count)
        #expect(solver.timesteps == timesteps)
        var (latent, worst) = (try tensor("\(name).start"), Float(0))
        for step in timesteps.indices {
            latent = try solver.step(
                latent, predicted: tensor("\(name).\(step).predicted"), at: step, noise: { try tensor("\(name).\(step).noise") }, context)
            let expected = try tensor("\(name).\(step).sample").values
            let largest = expected.reduce(1) { max($0, abs($1)) }
            for (a, b) in zip(latent.values, expected) { worst = max(worst, abs(a - b) / largest) }
        }
        print("steps of \(name): \(worst) of the largest value")
        #expect(worst < 1e-5)
    }

    @Test func stepsBeyondTheDistilledAreRefused() {
        var configuration = ScheduleConfiguration.stableDiffusion
        configuration.solver = .lcm
        #expect(throws: ScheduleError.steps(51, most: 50)) { try configuration.run(steps: 51) }
        #expect(throws: ScheduleError.self) { try configuration.run(steps: 0) }
    }

    @Test func aScheduleThatEndsInNoiseIsRead() throws {
        let options = OptionReader(
            .object(JSONObject(["rescale_betas_zero_snr": .bool(true), "_class_name": .string("LCMScheduler")])), file: "x")
        let configuration = try ScheduleConfiguration(options)
        #expect(configuration.rescalesToZeroSNR && configuration.solver == .lcm)
        let schedule = try Schedule(configuration, steps: 50)
        #expect(schedule.alphasCumulative.last == 0 && schedule.alphasCumulative[998] > 0)
        let first = try Schedule(ScheduleConfiguration(), steps: 50).alphasCumulative[0]
        #expect(abs(schedule.alphasCumulative[0] - first) < 1e-12)
    }
}
