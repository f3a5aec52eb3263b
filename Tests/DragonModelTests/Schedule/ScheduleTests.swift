import DragonTensor
import Testing

@testable import DragonModel

/// Numbers are those of diffusers' DDIMScheduler.
@Suite("The schedule is diffusers'")
struct ScheduleTests {
    private func configuration(_ change: (inout ScheduleConfiguration) -> Void) -> ScheduleConfiguration {
        var configuration = ScheduleConfiguration.stableDiffusion
        change(&configuration)
        return configuration
    }

    @Test(
        "noise levels of every beta schedule",
        arguments: [
            (
                ScheduleConfiguration.BetaSchedule.linear,
                [0.9991499781608582, 0.9982895255088806, 0.16077162325382233, 0.0015789627796038985]
            ),
            (.scaledLinear, [0.9991499781608582, 0.9982960224151611, 0.27633246779441833, 0.00466009508818388]),
            (.squaredCosine, [0.9999586939811707, 0.9999125599861145, 0.4922850430011749, 2.4287349909002387e-09]),
        ])
    func alphas(_ schedule: ScheduleConfiguration.BetaSchedule, _ expected: [Double]) throws {
        let found = try Schedule(configuration { $0.betaSchedule = schedule }, steps: 50)
        for (t, value) in zip([0, 1, 500, 999], expected) { #expect(abs(found.alpha(t) - value) < 2e-6 * max(value, 1e-3)) }
        #expect(found.alpha(-19) == found.alpha(0))
        #expect(try Schedule(configuration { $0.setsAlphaToOne = true }, steps: 50).alpha(-19) == 1)
    }

    @Test(
        "timesteps of every spacing: number, the first, the last, their sum",
        arguments: [
            (
                ScheduleConfiguration.TimestepSpacing.leading, 1,
                [(1, 1, 1, 1), (3, 667, 1, 1002), (30, 958, 1, 14385), (50, 981, 1, 24550)]
            ),
            (.leading, 0, [(1, 0, 0, 0), (3, 666, 0, 999), (30, 957, 0, 14355), (50, 980, 0, 24500)]),
            (.trailing, 0, [(1, 999, 999, 999), (3, 999, 332, 1997), (30, 999, 32, 15470), (50, 999, 19, 25450)]),
            (.linspace, 0, [(1, 0, 0, 0), (3, 999, 0, 1499), (30, 999, 0, 14985), (50, 999, 0, 24975)]),
        ])
    func timesteps(_ spacing: ScheduleConfiguration.TimestepSpacing, _ offset: Int, _ expected: [(Int, Int, Int, Int)]) throws {
        for (steps, first, last, sum) in expected {
            let found = try Schedule(
                configuration {
                    $0.timestepSpacing = spacing
                    $0.stepsOffset = offset
                }, steps: steps
            ).timesteps
            #expect(found.count == steps && found.first == first && found.last == last && found.reduce(0, +) == sum)
        }
    }

    @Test("numbers of steps that cannot be taken are refused", arguments: [0, -1, 1001])
    func refused(_ steps: Int) {
        #expect(throws: ScheduleError.self) { try Schedule(.stableDiffusion, steps: steps) }
    }

    @Test(
        "a step from a predicted velocity",
        arguments: [
            (981, [0.29530349373817444, -1.20228910446167, 2.0092790126800537]),
            (481, [0.2845126986503601, -1.2071077823638916, 2.029749631881714]),
            (1, [0.29391223192214966, -1.2029446363449097, 2.01198410987854]),
        ])
    func velocity(_ t: Int, _ expected: [Double]) throws {
        let context = ComputeContext(threads: 1)
        let schedule = try Schedule(configuration { $0.predictionType = .velocity }, steps: 50)
        let step = DDIMStep(from: schedule.alpha(t), to: schedule.alpha(t - schedule.stride), prediction: .velocity)
        let latent = try Tensor([0.3, -1.2, 2.0], shape: [1, 1, 3], in: context)
        let noise = try step.noise(Tensor([0.5, 0.25, -1.0], shape: [1, 1, 3], in: context), latent: latent, in: context)
        for (found, value) in zip(try step.apply(latent, noise: noise, in: context).values, expected) {
            #expect(abs(Double(found) - value) < 2e-6)
        }
    }

    @Test(
        "Philox gives the published vectors of Random123",
        arguments: [
            ([0, 0, 0, 0], (0, 0), [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
            (
                [0xffff_ffff, 0xffff_ffff, 0xffff_ffff, 0xffff_ffff], (0xffff_ffff, 0xffff_ffff),
                [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
            ),
            (
                [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], (0xa409_3822, 0x299f_31d0),
                [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
            ),
        ] as [([UInt32], (UInt32, UInt32), [UInt32])])
    func philox(_ counter: [UInt32], _ key: (UInt32, UInt32), _ expected: [UInt32]) {
        #expect(GaussianNoise.philox(counter: counter, key) == expected)
    }

    @Test("noise has mean 0 and variance 1, and another stream is another noise")
    func gaussian() {
        let noise = GaussianNoise(seed: 7).floats(200_001)
        let mean = noise.reduce(0) { $0 + Double($1) } / Double(noise.count)
        let variance = noise.reduce(0) { $0 + Double($1) * Double($1) } / Double(noise.count)
        #expect(noise.count == 200_001 && abs(mean) < 0.01 && abs(variance - 1) < 0.02)
        #expect(GaussianNoise(seed: 7).floats(9) == Array(noise.prefix(9)))
        #expect(GaussianNoise(seed: 7, stream: 1).floats(9) != Array(noise.prefix(9)))
        #expect(GaussianNoise(seed: 8).floats(9) != Array(noise.prefix(9)))
    }
}
