import DragonTensor
import Testing

@Suite("The time left")
struct PaceTests {
    @Test("goes by the pace since the first report, whatever lay before it")
    func pace() throws {
        var pace = Pace()
        // A fill of 7 seconds, then a percent a second.
        let (first, second) = (pace.secondsLeft(fraction: 0.05, at: 7), pace.secondsLeft(fraction: 0.06, at: 8))
        #expect(first == nil && second == nil, "of the first steps nothing is said")
        for percent in stride(from: 10, through: 100, by: 10) {
            let found = pace.secondsLeft(fraction: Double(percent) / 100, at: 7 + Double(percent - 5))
            let left = try #require(found)
            #expect(abs(left - Double(100 - percent)) < 1e-9)
        }
    }

    @Test("is no negative number, and none at all where nothing goes on")
    func standstill() {
        var pace = Pace()
        let found = [(0, 5), (0, 50), (0.5, 4)].map { pace.secondsLeft(fraction: $0.0, at: $0.1) }
        #expect(found == [nil, nil, 0])
    }
}
