import DragonTensor
import Foundation
import Testing

/// A tree of `/proc` and `/sys` of our own.
private struct Tree {
    let root = FileManager.default.temporaryDirectory.appendingPathComponent("machine-\(UUID().uuidString)").path

    func write(_ path: String, _ text: String) throws {
        let file = URL(fileURLWithPath: root + path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: file, atomically: true, encoding: .utf8)
    }

    func remove() { try? FileManager.default.removeItem(atPath: root) }
}

@Suite("Threads and memory follow what a process may really take")
struct MachineTests {
    private let machine = { (tree: Tree) in Machine(root: tree.root) }

    @Test("without limits it is what the system has free")
    func system() throws {
        let tree = Tree()
        defer { tree.remove() }
        try tree.write("/proc/meminfo", "MemTotal:       8000000 kB\nMemAvailable:   5000000 kB\n")
        #expect(machine(tree).freeMemory == 5_000_000 * 1024)
    }

    @Test("the tightest group of version 2 counts, less what it holds and cannot give back")
    func versionTwo() throws {
        let tree = Tree()
        defer { tree.remove() }
        try tree.write("/proc/meminfo", "MemAvailable:   5000000 kB\n")
        try tree.write("/proc/self/cgroup", "0::/user/app\n")
        try tree.write("/sys/fs/cgroup/user/app/memory.max", "max\n")
        try tree.write("/sys/fs/cgroup/user/app/memory.current", "900000000\n")
        try tree.write("/sys/fs/cgroup/user/app/cpu.max", "max 100000\n")
        try tree.write("/sys/fs/cgroup/user/memory.max", "1000000000\n")
        try tree.write("/sys/fs/cgroup/user/memory.current", "900000000\n")
        try tree.write("/sys/fs/cgroup/user/memory.stat", "anon 5\ninactive_file 300000000\n")
        try tree.write("/sys/fs/cgroup/user/cpu.max", "50000 100000\n")
        #expect(machine(tree).freeMemory == 400_000_000)
        #expect(machine(tree).processors == 1)
    }

    @Test("groups of version 1 count, also where a container sees its own as the root")
    func versionOne() throws {
        let tree = Tree()
        defer { tree.remove() }
        try tree.write("/proc/self/cgroup", "5:cpu,cpuacct:/docker/a\n4:memory:/docker/a\n")
        try tree.write("/sys/fs/cgroup/memory/memory.limit_in_bytes", "200000000\n")
        try tree.write("/sys/fs/cgroup/memory/memory.usage_in_bytes", "150000000\n")
        try tree.write("/sys/fs/cgroup/memory/memory.stat", "total_inactive_file 50000000\n")
        try tree.write("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "100000\n")
        try tree.write("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n")
        #expect(machine(tree).freeMemory == 100_000_000)
        #expect(machine(tree).processors == 1)
    }

    @Test("a group that is full leaves nothing, and not less")
    func full() throws {
        let tree = Tree()
        defer { tree.remove() }
        try tree.write("/proc/self/cgroup", "0::/\n")
        try tree.write("/sys/fs/cgroup/memory.max", "1000\n")
        try tree.write("/sys/fs/cgroup/memory.current", "5000\n")
        #expect(machine(tree).freeMemory == 0)
    }

    @Test("this machine has both")
    func own() {
        #expect(Machine().processors >= 1)
        #expect(Machine().freeMemory > 0)
    }
}
