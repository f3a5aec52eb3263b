import CDragon
import DragonImage
import DragonModel

// The only place, beside pixels and masks, that reads and writes the caller's memory.

/// A struct of the caller's that starts with its size. Versions only append to it.
protocol SizedStruct {
    init()
    var size: Int { get set }
    /// What messages call it.
    static var name: String { get }
    /// Its size in the first version.
    static var leastSize: Int { get }
    /// Says what fields mean that a caller's shorter struct ends before.
    mutating func complete(from size: Int)
}

extension SizedStruct {
    static var leastSize: Int { MemoryLayout<Self>.stride }
    mutating func complete(from size: Int) {}
}

extension dragon_parameters: SizedStruct {
    static let name = "dragon_parameters"
    static var leastSize: Int { MemoryLayout<Self>.offset(of: \.first_step) ?? MemoryLayout<Self>.stride }
    mutating func complete(from size: Int) {
        if size <= Self.leastSize { first_step = -1 }
        if size <= MemoryLayout<Self>.offset(of: \.use_network) ?? 0 { use_network = dragon_network(DRAGON_NETWORK_ON) }
        if size <= MemoryLayout<Self>.offset(of: \.image_prompt_scale) ?? 0 { image_prompt_scale = -1 }
    }
}
extension dragon_request: SizedStruct {
    static let name = "dragon_request"
    static var leastSize: Int { MemoryLayout<Self>.offset(of: \.image_prompt) ?? MemoryLayout<Self>.stride }
}
extension dragon_model_info: SizedStruct {
    static let name = "dragon_model_info"
    static var leastSize: Int { MemoryLayout<Self>.offset(of: \.instant_steps) ?? MemoryLayout<Self>.stride }
}
extension dragon_model_options: SizedStruct { static let name = "dragon_model_options" }
extension dragon_estimate: SizedStruct { static let name = "dragon_estimate" }
extension dragon_result_info: SizedStruct {
    static let name = "dragon_result_info"
    static var leastSize: Int { MemoryLayout<Self>.offset(of: \.made_pixels) ?? MemoryLayout<Self>.stride }
}
extension dragon_hint: SizedStruct { static let name = "dragon_hint" }
extension dragon_progress: SizedStruct { static let name = "dragon_progress" }

/// A struct of a later version is not longer than this.
private let mostStructBytes = 4096

extension SizedStruct {
    /// Reads a struct, its size first: of an unknown one nothing more is touched.
    init(from pointer: UnsafePointer<Self>?) throws {
        let found = try Self.checkSize(pointer)
        let memory = UnsafeRawPointer(try present(pointer, Self.name))
        for at in stride(from: MemoryLayout<Self>.stride, to: found, by: 1) where memory.load(fromByteOffset: at, as: UInt8.self) != 0 {
            throw Failure.wrongVersion(Self.name, found: found, expected: MemoryLayout<Self>.stride)
        }
        var copy = Self()
        withUnsafeMutableBytes(of: &copy) {
            $0.copyMemory(from: UnsafeRawBufferPointer(start: memory, count: min(found, $0.count)))
        }
        copy.complete(from: found)
        self = copy
    }

    /// The size that a struct says, which a version of it has.
    @discardableResult
    static func checkSize(_ pointer: UnsafePointer<Self>?) throws -> Int {
        let found = UnsafeRawPointer(try present(pointer, name)).loadUnaligned(as: Int.self)
        guard (leastSize...mostStructBytes).contains(found), found % MemoryLayout<Self>.alignment == 0 else {
            throw Failure.wrongVersion(name, found: found, expected: MemoryLayout<Self>.stride)
        }
        return found
    }

    /// Writes a struct over the caller's, as far as that goes.
    func write(to pointer: UnsafeMutablePointer<Self>?) throws {
        let found = try Self.checkSize(pointer)
        var copy = self
        copy.size = found
        let target = UnsafeMutableRawPointer(try present(pointer, Self.name))
        withUnsafeBytes(of: copy) {
            target.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(target), byteCount: min(found, $0.count))
        }
    }
}

/// A pointer that the call cannot do without.
func present<Pointer>(_ pointer: Pointer?, _ what: String) throws -> Pointer {
    guard let pointer else { throw Failure.badInput("\(what) is NULL") }
    return pointer
}

/// Gives a handle to the caller; nothing is kept where there is no room for it.
func give<Object>(
    _ object: Object, from table: HandleTable<Object>, to pointer: UnsafeMutablePointer<OpaquePointer?>?, _ what: String
) throws {
    let target = UnsafeMutableRawPointer(try present(pointer, what))
    target.storeBytes(of: UInt(bitPattern: table.insert(object)), as: UInt.self)
}

/// Says that there is no handle, where there is room to say it.
func clear(_ pointer: UnsafeMutablePointer<OpaquePointer?>?) {
    if let pointer { UnsafeMutableRawPointer(pointer).storeBytes(of: 0, as: UInt.self) }
}

/// Copies text, cut at a character's border and ended with a zero, as the header promises; returns the bytes of the whole.
@discardableResult
func copy(_ text: String, to buffer: UnsafeMutablePointer<CChar>?, _ size: Int) -> Int {
    let bytes = Array(text.utf8)
    guard let buffer, size != 0 else { return bytes.count }
    // A size beyond Int's arrives negative: surely enough.
    var count = size < 0 ? bytes.count : min(bytes.count, size - 1)
    if count < bytes.count { while count > 0, bytes[count] & 0xC0 == 0x80 { count -= 1 } }
    for i in 0..<count { buffer[i] = CChar(bitPattern: bytes[i]) }
    buffer[count] = 0
    return bytes.count
}

/// The caller's text; nil for NULL.
func text(_ pointer: UnsafePointer<CChar>?, _ what: String) throws -> String? {
    guard let pointer else { return nil }
    guard let text = String(validatingCString: pointer) else { throw Failure.badInput("\(what) is not UTF-8") }
    return text
}

/// The caller's points.
func points(_ pointer: UnsafePointer<dragon_point>?, _ count: Int, _ what: String) throws -> [Point] {
    // Counted before any is read: the count may be anything.
    guard (0...Limits.mostPoints).contains(count) else {
        throw Failure.badInput("\(UInt(bitPattern: count)) points are too many: give at most \(Limits.mostPoints)")
    }
    guard count > 0 else { return [] }
    guard let pointer else { throw Failure.badInput("\(what) are NULL, though there are \(count)") }
    let base = UnsafeRawPointer(pointer)
    return try (0..<count).map { i in
        let x = base.loadUnaligned(fromByteOffset: i * 16, as: Double.self)
        let y = base.loadUnaligned(fromByteOffset: i * 16 + 8, as: Double.self)
        guard x.isFinite, y.isFinite else { throw Failure.badInput("one of \(what) is no number") }
        return Point(x: x, y: y)
    }
}
