import Testing

@testable import DragonEngine

@Suite("Rows of the caller's lie where addresses reach")
struct RowsTests {
    private func reason(_ height: Int32, _ stride: Int64) -> String? {
        do {
            _ = try Rows("it", width: 4, height: height, stride: stride, pixelSize: 4)
            return nil
        } catch { return "\(error)" }
    }

    @Test("strides that lead beyond any memory are refused", arguments: [1, 2, 3, 4, 5, 8, 1000])
    func beyond(_ divisor: Int64) {
        for height: Int32 in [2, 3, 4, 100] {
            #expect(reason(height, .max / divisor)?.contains("stride") == true, "\(height) rows of INT64_MAX / \(divisor)")
        }
        #expect(reason(2, 1 << 48) != nil && reason(3, 1 << 47) != nil)
    }

    @Test("strides that buffers have are taken; one row has none")
    func within() throws {
        for (height, stride): (Int32, Int64) in [(4, 0), (4, 16), (4, 1 << 30), (1, .max), (2, 1 << 40)] {
            #expect(reason(height, stride) == nil)
        }
        for stride: Int64 in [-1, 15, .min] { #expect(reason(1, stride) != nil) }
    }
}
