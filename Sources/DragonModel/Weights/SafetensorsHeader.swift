/// The head of a safetensors file: 8 bytes of length, JSON of that length, then the tensors' bytes without gaps.
///
/// Every check of the reference implementation is made, and no other: the header's size, names that stand twice, shapes that overflow,
/// ranges that overlap, leave gaps, or miss the end of the file.
struct SafetensorsHeader {
    /// Bytes that a header may have, as the format says.
    static let limit = 100_000_000
    /// Values in a header: some seven a tensor, and no model has fifty thousand of those.
    private static let jsonLimits: JSONLimits = {
        var limits = JSONLimits()
        limits.values = 400_000
        return limits
    }()

    /// Entries in the order of their bytes.
    let entries: [TensorEntry]
    /// Free text about the file.
    let metadata: [String: String]
    /// Where each name stands among the entries.
    let indices: [String: Int]

    /// - Throws: the reason why `bytes` are not safetensors.
    init(_ bytes: UnsafeRawBufferPointer) throws(SafetensorsFlaw) {
        guard bytes.count >= 8 else { throw SafetensorsFlaw("it has \(bytes.count) bytes, fewer than the 8 of its header's length") }
        let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
        guard length <= UInt64(Self.limit) else {
            throw SafetensorsFlaw("its header claims \(length) bytes, more than the \(Self.limit) allowed")
        }
        let start = 8 + Int(length)
        guard start <= bytes.count else { throw SafetensorsFlaw("its header claims \(length) bytes, beyond the end of the file") }
        let header = UnsafeRawBufferPointer(rebasing: bytes[8..<start])
        if let contents = Self.quick(header, start: start, end: bytes.count) {
            (entries, metadata) = contents
        } else {
            (entries, metadata) = try Self.careful(header, start: start, end: bytes.count)
        }
        indices = Self.indices(entries)
        try Self.checkContiguous(entries, start: start, end: bytes.count)
    }

    private typealias Contents = (entries: [TensorEntry], metadata: [String: String])

    /// What a header of the usual kind says; nil for any other, and for one with a flaw, which the careful reader names.
    private static func quick(_ header: UnsafeRawBufferPointer, start: Int, end: Int) -> Contents? {
        guard let table = HeaderTable(header), let metadata = try? table.metadata.map({ try Self.metadata($0) }) ?? [:] else { return nil }
        var entries: [TensorEntry] = []
        entries.reserveCapacity(table.rows.count)
        for row in table.rows {
            guard let entry = try? TensorEntry(row, start: start, end: end) else { return nil }
            entries.append(entry)
        }
        // A name that stands twice is the careful reader's too.
        let sorted = inOrder(entries)
        return indices(sorted).count == sorted.count ? (sorted, metadata) : nil
    }

    private static func careful(_ header: UnsafeRawBufferPointer, start: Int, end: Int) throws(SafetensorsFlaw) -> Contents {
        let members = try Self.members(header)
        var entries: [TensorEntry] = []
        var metadata: [String: String] = [:]
        for name in members.names {
            if name == "__metadata__" {
                metadata = try Self.metadata(members[name])
            } else {
                entries.append(try TensorEntry(name: name, members[name]?.object, start: start, end: end))
            }
        }
        return (inOrder(entries), metadata)
    }

    static func indices(_ entries: [TensorEntry]) -> [String: Int] {
        var indices = [String: Int](minimumCapacity: entries.count)
        for (index, entry) in entries.enumerated() { indices[entry.name] = index }
        return indices
    }

    private static func inOrder(_ entries: [TensorEntry]) -> [TensorEntry] {
        let isBefore = { (a: TensorEntry, b: TensorEntry) in
            (a.range.lowerBound, a.range.upperBound) < (b.range.lowerBound, b.range.upperBound)
        }
        // Nearly every file has its header in the order of the bytes.
        let isSorted = zip(entries, entries.dropFirst()).allSatisfy { !isBefore($1, $0) }
        return isSorted ? entries : entries.sorted(by: isBefore)
    }

    private static func members(_ header: UnsafeRawBufferPointer) throws(SafetensorsFlaw) -> JSONObject {
        guard header.first == UInt8(ascii: "{") else { throw SafetensorsFlaw("its header does not start with \"{\"") }
        let value: JSONValue
        do {
            value = try JSONValue(parsing: header, limits: jsonLimits)
        } catch {
            throw SafetensorsFlaw("its header is not valid JSON at byte \(error.offset): \(error.reason)")
        }
        guard let members = value.object else { throw SafetensorsFlaw("its header is not a JSON object") }
        return members
    }

    private static func metadata(_ value: JSONValue?) throws(SafetensorsFlaw) -> [String: String] {
        guard let members = value?.object else { throw SafetensorsFlaw("__metadata__ is not an object") }
        var result: [String: String] = [:]
        for name in members.names {
            guard let text = members[name]?.string else { throw SafetensorsFlaw("__metadata__ holds something other than text") }
            result[name] = text
        }
        return result
    }

    private static func checkContiguous(_ entries: [TensorEntry], start: Int, end: Int) throws(SafetensorsFlaw) {
        var reached = start
        for entry in entries {
            guard entry.range.lowerBound >= reached else { throw SafetensorsFlaw("tensor \(entry.name) overlaps the one before it") }
            guard entry.range.lowerBound == reached else { throw SafetensorsFlaw("a gap stands before tensor \(entry.name)") }
            reached = entry.range.upperBound
        }
        guard reached == end else { throw SafetensorsFlaw("\(end - reached) bytes at its end belong to no tensor") }
    }
}

/// Why bytes are not safetensors.
struct SafetensorsFlaw: Error, Equatable {
    let reason: String

    init(_ reason: String) { self.reason = reason }
}

extension TensorEntry {
    /// - Parameters:
    ///   - start: where the tensors' bytes start in the file.
    ///   - end: where the file ends.
    fileprivate init(name: String, _ members: JSONObject?, start: Int, end: Int) throws(SafetensorsFlaw) {
        // Made where it is shown: headers have thousands of names.
        var named: String { "tensor \(shown(name, limit: 80))" }
        guard let members else { throw SafetensorsFlaw("\(named) is not described by an object") }
        guard let code = members["dtype"]?.string else { throw SafetensorsFlaw("\(named) has no dtype") }
        guard let format = TensorFormat(rawValue: code) else {
            throw SafetensorsFlaw("\(named) has the dtype \(shown(code, limit: 40)), which is not known here")
        }
        let shape = try Self.sizes(members["shape"], "\(named): shape")
        let offsets = try Self.sizes(members["data_offsets"], "\(named): data_offsets")
        guard offsets.count == 2 else { throw SafetensorsFlaw("\(named): data_offsets should be two numbers") }
        try self.init(
            HeaderTable.Row(name: name, format: format, shape: shape, offsets: (offsets[0], offsets[1])), start: start, end: end)
    }

    fileprivate init(_ row: HeaderTable.Row, start: Int, end: Int) throws(SafetensorsFlaw) {
        var named: String { "tensor \(shown(row.name, limit: 80))" }
        let offsets = row.offsets
        var shownOffsets: String { "data_offsets [\(offsets.start), \(offsets.end)]" }
        guard offsets.start <= offsets.end, offsets.end <= end - start else {
            throw SafetensorsFlaw("\(named): \(shownOffsets) lie outside the file")
        }
        guard Self.byteCount(row.shape, row.format) == offsets.end - offsets.start else {
            throw SafetensorsFlaw("\(named): shape \(row.shape) of \(row.format.rawValue) does not fill \(shownOffsets)")
        }
        self.init(name: row.name, format: row.format, shape: row.shape, range: start + offsets.start..<start + offsets.end)
    }

    private static func sizes(_ value: JSONValue?, _ what: @autoclosure () -> String) throws(SafetensorsFlaw) -> [Int] {
        guard let items = value?.array, items.count <= 32 else { throw SafetensorsFlaw("\(what()) is not a list of sizes") }
        var result: [Int] = []
        for item in items {
            guard case .integer(let size) = item, size >= 0 else { throw SafetensorsFlaw("\(what()) is not a list of sizes") }
            result.append(size)
        }
        return result
    }

    /// Bytes of a tensor; nil where the number overflows.
    private static func byteCount(_ shape: [Int], _ format: TensorFormat) -> Int? {
        var count = format.size
        for side in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: side)
            if overflow { return nil }
            count = product
        }
        return count
    }
}
