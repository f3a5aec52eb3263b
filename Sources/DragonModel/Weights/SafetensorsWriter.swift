/// Collects tensors and writes them as one safetensors file.
public struct SafetensorsWriter {
    private enum Content {
        case floats([Float])
        case integers([Int64])

        var format: TensorFormat { if case .floats = self { .float32 } else { .int64 } }
        var byteCount: Int {
            switch self {
            case .floats(let values): values.count * 4
            case .integers(let values): values.count * 8
            }
        }
    }

    private var tensors: [(name: String, shape: [Int], content: Content)] = []
    private var names: Set<String> = []

    /// A file without tensors.
    public init() {}

    /// Adds numbers as F32, row by row.
    public mutating func add(_ name: String, _ values: [Float], shape: [Int]) {
        add(name, .floats(values), count: values.count, shape: shape)
    }

    /// Adds whole numbers as I64, row by row.
    public mutating func add(_ name: String, integers values: [Int64], shape: [Int]) {
        add(name, .integers(values), count: values.count, shape: shape)
    }

    private mutating func add(_ name: String, _ content: Content, count: Int, shape: [Int]) {
        precondition(count == shape.reduce(1, *), "a tensor's values must fill its shape")
        precondition(names.insert(name).inserted && name != "__metadata__", "a tensor's name stands once in its file")
        tensors.append((name, shape, content))
    }

    /// Writes the file, whole or not at all.
    ///
    /// - Throws: ``ModelError/unwritable(file:reason:)``, ``ModelError/diskFull(file:reason:)``.
    public func write(to path: String) throws(ModelError) {
        // Wider elements first, so that every tensor lies on a multiple of its element's size.
        let ordered = tensors.filter { $0.content.format == .int64 } + tensors.filter { $0.content.format == .float32 }
        var header = "{"
        var offset = 0
        for (name, shape, content) in ordered {
            if offset > 0 || header.utf8.count > 1 { header += "," }
            let end = offset + content.byteCount
            let place = "\"shape\":\(shape),\"data_offsets\":[\(offset),\(end)]"
            header += "\(JSONValue.quoted(name)):{\"dtype\":\"\(content.format.rawValue)\",\(place)}"
            offset = end
        }
        header += "}"
        header += String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
        var start = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { [UInt8]($0) }
        start.append(contentsOf: header.utf8)
        let result = withBytes(of: ordered.map(\.content)[...], after: start) { parts in
            Result { () throws(ModelError) in try writeFile(path, parts) }
        }
        try result.get()
    }

    /// Calls `body` with the bytes of all tensors at once, without copying them together.
    private func withBytes<Value>(
        of contents: ArraySlice<Content>, after start: [UInt8], _ body: ([UnsafeRawBufferPointer]) -> Value
    ) -> Value {
        func collect(_ rest: ArraySlice<Content>, _ parts: [UnsafeRawBufferPointer]) -> Value {
            switch rest.first {
            case .floats(let values): values.withUnsafeBytes { collect(rest.dropFirst(), parts + [$0]) }
            case .integers(let values): values.withUnsafeBytes { collect(rest.dropFirst(), parts + [$0]) }
            case nil: body(parts)
            }
        }
        return start.withUnsafeBytes { collect(contents, [$0]) }
    }
}
