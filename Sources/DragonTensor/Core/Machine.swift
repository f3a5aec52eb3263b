import CKernels

#if canImport(Glibc)
    import Glibc
#endif

/// What this process may really take of the machine: what is free, within the limits of its control groups (versions 1 and 2),
/// of its own resource limits, and of its processors.
public struct Machine: Sendable {
    private let root: String

    /// - Parameter root: the folder that `/proc` and `/sys` lie in.
    public init(root: String = "") { self.root = root }

    /// Bytes that the process could still take; without any limit that is known, as many as an integer holds.
    public var freeMemory: Int {
        let limits = [systemMemory, groupMemory, addressSpace, dataSegment].compactMap { $0 }
        return max(0, limits.min() ?? .max)
    }

    /// Processors that the process may use: those it may run on, no more than its quota pays for; at least 1.
    public var processors: Int { max(1, min(Int(dragon_available_processors()), quota.map { Int($0.rounded(.up)) } ?? .max)) }

    // MARK: - Memory

    /// What the system could give to a new program.
    private var systemMemory: Int? {
        number(named: "MemAvailable:", in: "/proc/meminfo").map { $0.multipliedReportingOverflow(by: 1024).partialValue }
    }

    /// What is left of the tightest group: its limit less what it holds and could not give back.
    private var groupMemory: Int? {
        groups("memory").compactMap { folder in
            for names in [
                (limit: "memory.max", used: "memory.current", idle: "inactive_file"),
                (limit: "memory.limit_in_bytes", used: "memory.usage_in_bytes", idle: "total_inactive_file"),
            ] {
                guard let limit = numbers("\(folder)/\(names.limit)").first, let used = numbers("\(folder)/\(names.used)").first
                else { continue }
                let idle = number(named: names.idle, in: "\(folder)/memory.stat") ?? 0
                return limit - max(0, used - idle)
            }
            return nil
        }.min()
    }

    private var addressSpace: Int? { left(of: __rlimit_resource_t(RLIMIT_AS.rawValue), usedPages: 0) }
    private var dataSegment: Int? { left(of: __rlimit_resource_t(RLIMIT_DATA.rawValue), usedPages: 5) }

    /// What is left of one of the process's own limits; `statm` counts what is used, in pages.
    private func left(of resource: __rlimit_resource_t, usedPages field: Int) -> Int? {
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0, limit.rlim_cur < UInt64(Int.max) else { return nil }
        let used = numbers("/proc/self/statm")
        guard used.indices.contains(field) else { return nil }
        return Int(limit.rlim_cur) - used[field] * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    // MARK: - Processors

    /// Processors' worth of time that the tightest group pays for.
    private var quota: Double? {
        groups("cpu").compactMap { folder in
            let both = numbers("\(folder)/cpu.max")
            if both.count == 2, both[1] > 0 { return Double(both[0]) / Double(both[1]) }
            guard let time = numbers("\(folder)/cpu.cfs_quota_us").first, time > 0,
                let period = numbers("\(folder)/cpu.cfs_period_us").first, period > 0
            else { return nil }
            return Double(time) / Double(period)
        }.min()
    }

    // MARK: - Files

    /// The folders of the process's control group and of all above it, for one controller.
    private func groups(_ controller: String) -> [String] {
        lines("/proc/self/cgroup").flatMap { line -> [String] in
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 3, parts[1].isEmpty || parts[1].split(separator: ",").contains(Substring(controller)) else { return [] }
            let mounts =
                parts[1].isEmpty
                ? ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"] : ["/sys/fs/cgroup/\(parts[1])", "/sys/fs/cgroup/\(controller)"]
            let names = parts[2].split(separator: "/")
            return mounts.flatMap { mount in
                (0...names.count).map { mount + names.prefix($0).map { "/" + $0 }.joined() }
            }
        }
    }

    /// The whole numbers that a file begins with; "max" ends them.
    private func numbers(_ path: String) -> [Int] {
        guard let line = lines(path).first else { return [] }
        let words = line.split(separator: " ").map { Int($0) }
        return words.prefix { $0 != nil }.compactMap { $0 }
    }

    /// The number behind a name at the start of a line.
    private func number(named name: String, in path: String) -> Int? {
        for line in lines(path) {
            let words = line.split(separator: " ")
            if words.count > 1, words[0] == name { return Int(words[1]) }
        }
        return nil
    }

    /// A small file's lines; none where it cannot be read.
    private func lines(_ path: String) -> [String] {
        guard let file = fopen(root + path, "r") else { return [] }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes.prefix(count), as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
