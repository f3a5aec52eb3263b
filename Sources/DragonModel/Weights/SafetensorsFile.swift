import DragonTensor

/// A safetensors file, mapped to memory and checked throughout.
///
/// Format: <https://github.com/huggingface/safetensors>.
public struct SafetensorsFile: Sendable {
    /// Where it was opened.
    public let path: String
    /// What it holds, in the order of the bytes.
    public let entries: [TensorEntry]
    /// Free text about the file.
    public let metadata: [String: String]
    private let indices: [String: Int]
    private let file: MappedFile

    /// Opens and checks a file; tensors are read from disk as they are touched.
    ///
    /// - Throws: ``ModelError/unreadable(file:reason:)``, ``ModelError/malformedSafetensors(file:reason:)``.
    public init(_ path: String) throws(ModelError) {
        self.path = path
        file = try MappedFile(path)
        do {
            let header = try SafetensorsHeader(file.bytes)
            entries = header.entries
            metadata = header.metadata
            indices = header.indices
        } catch {
            if let impostor = Impostor(file.bytes) { throw impostor.error(file: path) }
            throw .malformedSafetensors(file: path, reason: error.reason)
        }
    }

    private init(_ file: SafetensorsFile, entries: [TensorEntry]) {
        (path, metadata, self.file) = (file.path, file.metadata, file.file)
        (self.entries, indices) = (entries, SafetensorsHeader.indices(entries))
    }

    /// The same tensors under other names. Where two would have the same one, all keep their own.
    func renamed(_ name: (String) -> String) -> SafetensorsFile {
        let renamed = entries.map { TensorEntry(name: name($0.name), format: $0.format, shape: $0.shape, range: $0.range) }
        return Set(renamed.map(\.name)).count == renamed.count ? SafetensorsFile(self, entries: renamed) : self
    }

    /// The same without the name of the dictionary that a training program left before its weights' keys: `state_dict.`
    var unwrapped: SafetensorsFile {
        let wrapper = "state_dict."
        guard entries.contains(where: { $0.name.hasPrefix(wrapper) }) else { return self }
        return renamed { $0.without(start: wrapper) ?? $0 }
    }

    /// Counts the numbers from 0 whose key is there, as far as a limit.
    func count(upTo limit: Int, _ key: (Int) -> String) -> Int { (0..<limit).first { entry(key($0)) == nil } ?? limit }

    /// The entry of that name.
    public func entry(_ name: String) -> TensorEntry? { indices[name].map { entries[$0] } }

    /// The weight that an entry of this file describes.
    ///
    /// - Throws: ``ModelError/elementTypeMismatch(key:expected:found:file:)`` for integers and formats without arithmetic.
    public func weight(_ entry: TensorEntry) throws(ModelError) -> Weight {
        if let halves = EightBitFloats.halves(entry.format) {
            let codes = UnsafeRawBufferPointer(start: start(of: entry), count: entry.range.count)
            do {
                return try Weight(shape: entry.shape, codes: codes, halves: halves)
            } catch {
                throw .outOfMemory(bytes: 2 * entry.range.count, purpose: "widening weights of 8 bits")
            }
        }
        return Weight(shape: entry.shape, elementType: try elementType(entry), pointer: start(of: entry), owner: file)
    }

    private func elementType(_ entry: TensorEntry) throws(ModelError) -> ElementType {
        guard let elementType = entry.format.elementType else {
            throw .elementTypeMismatch(
                key: entry.name, expected: "F32, F16, BF16, F8_E4M3 or F8_E5M2", found: entry.format.rawValue, file: path)
        }
        return elementType
    }

    /// Zeros in the place of a weight, whose bytes stay unread.
    func blankWeight(_ entry: TensorEntry, _ pages: BlankPages) throws(ModelError) -> Weight {
        pages.weight(shape: entry.shape, try elementType(entry))
    }

    /// The weight of that name, in any shape.
    ///
    /// - Throws: ``ModelError/missing(key:file:)``, ``ModelError/elementTypeMismatch(key:expected:found:file:)``.
    public func weight(_ name: String) throws(ModelError) -> Weight { try weight(required(name)) }

    /// The whole numbers of that name, I64, I32 or U8, row by row.
    ///
    /// - Throws: ``ModelError/missing(key:file:)``, ``ModelError/elementTypeMismatch(key:expected:found:file:)``.
    public func integers(_ name: String) throws(ModelError) -> [Int] {
        let entry = try required(name)
        let bytes = UnsafeRawBufferPointer(start: start(of: entry), count: entry.range.count)
        switch entry.format {
        case .int64: return (0..<entry.count).map { Int(bytes.loadUnaligned(fromByteOffset: $0 * 8, as: Int64.self)) }
        case .int32: return (0..<entry.count).map { Int(bytes.loadUnaligned(fromByteOffset: $0 * 4, as: Int32.self)) }
        case .uint8: return bytes.map { Int($0) }
        default: throw .elementTypeMismatch(key: name, expected: "I64, I32 or U8", found: entry.format.rawValue, file: path)
        }
    }

    private func required(_ name: String) throws(ModelError) -> TensorEntry {
        guard let entry = entry(name) else { throw .missing(key: name, file: path) }
        return entry
    }

    /// The first byte of an entry; the end of the header for an empty tensor at the end of the file.
    private func start(of entry: TensorEntry) -> UnsafeRawPointer {
        // A file that passed the checks has at least its 8 bytes of length, so that the mapping has a start.
        guard let base = file.bytes.baseAddress else { preconditionFailure("a checked file is not empty") }
        return base + entry.range.lowerBound
    }
}
