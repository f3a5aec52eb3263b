import DragonTensor
import Testing

@Suite("The time left")
struct PaceTests {
    @Test("goes by the pace since the first report, whatever lay before it")
    func pace() throws {
        var pace = Pace()
        // A fill of 7 seconds, then a percent a second.
        #expect(pace.secondsLeft(fraction: 0.05, at: 7) == nil)
        #expect(pace.secondsLeft(fraction: 0.06, at: 8) == nil, "of the first steps nothing is said")
        for percent in stride(from: 10, through: 100, by: 10) {
            let fraction = Double(percent) / 100
            let left = try #require(pace.secondsLeft(fraction: fraction, at: 7 + Double(percent - 5)))
            #expect(abs(left - Double(100 - percent)) < 1e-9)
        }
    }

    @Test("is no negative number, and none at all where nothing goes on")
    func standstill() {
        var pace = Pace()
        _ = pace.secondsLeft(fraction: 0, at: 5)
        #expect(pace.secondsLeft(fraction: 0, at: 50) == nil)
        #expect(pace.secondsLeft(fraction: 0.5, at: 4) == 0)
    }
}
