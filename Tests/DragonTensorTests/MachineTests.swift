import DragonTensor
import Foundation
import Testing

@Suite("Threads and memory follow what a process may really take")
struct MachineTests {
    /// A machine whose `/proc` and `/sys` are files of our own.
    private func on(_ files: [String: String], _ body: (Machine) -> Void) throws {
        let root = FileManager.default.temporaryDirectory.appendingPathComponent("machine-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        for (path, text) in files {
            let file = URL(fileURLWithPath: root.path + path)
            try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        body(Machine(root: root.path))
    }

    @Test("without limits it is what the system has free")
    func system() throws {
        try on(["/proc/meminfo": "MemTotal:       8000000 kB\nMemAvailable:   5000000 kB\n"]) {
            #expect($0.freeMemory == 5_000_000 * 1024)
        }
    }

    @Test("the tightest group of version 2 counts, less what it holds and cannot give back")
    func versionTwo() throws {
        try on([
            "/proc/meminfo": "MemAvailable:   5000000 kB\n", "/proc/self/cgroup": "0::/user/app\n",
            "/sys/fs/cgroup/user/app/memory.max": "max\n", "/sys/fs/cgroup/user/app/memory.current": "900000000\n",
            "/sys/fs/cgroup/user/app/cpu.max": "max 100000\n", "/sys/fs/cgroup/user/memory.max": "1000000000\n",
            "/sys/fs/cgroup/user/memory.current": "900000000\n",
            "/sys/fs/cgroup/user/memory.stat": "anon 5\ninactive_file 300000000\n", "/sys/fs/cgroup/user/cpu.max": "50000 100000\n",
        ]) {
            #expect($0.freeMemory == 400_000_000)
            #expect($0.processors == 1)
        }
    }

    @Test("groups of version 1 count, also where a container sees its own as the root")
    func versionOne() throws {
        try on([
            "/proc/self/cgroup": "5:cpu,cpuacct:/docker/a\n4:memory:/docker/a\n",
            "/sys/fs/cgroup/memory/memory.limit_in_bytes": "200000000\n",
            "/sys/fs/cgroup/memory/memory.usage_in_bytes": "150000000\n",
            "/sys/fs/cgroup/memory/memory.stat": "total_inactive_file 50000000\n",
            "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "100000\n", "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
        ]) {
            #expect($0.freeMemory == 100_000_000)
            #expect($0.processors == 1)
        }
    }

    @Test("a group that is full leaves nothing, and not less")
    func full() throws {
        try on([
            "/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/memory.max": "1000\n", "/sys/fs/cgroup/memory.current": "5000\n",
        ]) { #expect($0.freeMemory == 0) }
    }

    @Test("this machine has both")
    func own() {
        #expect(Machine().processors >= 1)
        #expect(Machine().freeMemory > 0)
    }
}
