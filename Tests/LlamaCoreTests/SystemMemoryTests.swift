import Foundation
import Foundations
import TestSupport
import Testing

/// Limits of control groups, in folders that stand for `/`.
@Suite struct SystemMemoryTests {
  /// A machine with a free gigabyte, and what the kernel shows of the groups around a process.
  private struct Situation: CustomTestStringConvertible {
    let testDescription: String
    let cgroup: String
    let mounts: String
    let files: [String: String]
    /// Bytes that can be had.
    let available: Int
    /// The tightest limit.
    let limit: Int
  }

  private static let second = "31 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"
  private static let first = "39 32 0:35 / /sys/fs/cgroup/memory rw,nosuid shared:9 - cgroup cgroup rw,memory\n"

  private static let situations = [
    Situation(
      testDescription: "a container of version 2 that sees its own group as the top", cgroup: "0::/\n", mounts: second,
      files: ["sys/fs/cgroup/memory.max": "300000000\n", "sys/fs/cgroup/memory.current": "100000000\n"],
      available: 200_000_000, limit: 300_000_000),
    Situation(
      testDescription: "the tightest of nested groups is an outer one", cgroup: "0::/batch.slice/job/step\n",
      mounts: second,
      files: [
        "sys/fs/cgroup/batch.slice/memory.max": "500000000\n",
        "sys/fs/cgroup/batch.slice/memory.current": "450000000\n",
        "sys/fs/cgroup/batch.slice/job/memory.max": "400000000\n",
        "sys/fs/cgroup/batch.slice/job/memory.current": "10000000\n",
        "sys/fs/cgroup/batch.slice/job/step/memory.max": "max\n",
        "sys/fs/cgroup/batch.slice/job/step/memory.current": "10000000\n",
      ], available: 50_000_000, limit: 400_000_000),
    Situation(
      testDescription: "a group that is throttled before its limit", cgroup: "0::/a\n", mounts: second,
      files: [
        "sys/fs/cgroup/a/memory.max": "max\n", "sys/fs/cgroup/a/memory.high": "250000000\n",
        "sys/fs/cgroup/a/memory.current": "50000000\n",
      ], available: 200_000_000, limit: 250_000_000),
    Situation(
      testDescription: "cached files do not count as used", cgroup: "0::/a\n", mounts: second,
      files: [
        "sys/fs/cgroup/a/memory.max": "300000000\n", "sys/fs/cgroup/a/memory.current": "290000000\n",
        "sys/fs/cgroup/a/memory.stat": "anon 90000000\ninactive_file 200000000\nactive_file 0\n",
      ], available: 210_000_000, limit: 300_000_000),
    Situation(
      testDescription: "version 1", cgroup: "11:cpu,cpuacct:/x\n9:memory:/slurm/job_7\n0::/\n", mounts: first,
      files: [
        "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
        "sys/fs/cgroup/memory/memory.usage_in_bytes": "900000000\n",
        "sys/fs/cgroup/memory/slurm/memory.limit_in_bytes": "700000000\n",
        "sys/fs/cgroup/memory/slurm/memory.usage_in_bytes": "600000000\n",
        "sys/fs/cgroup/memory/slurm/memory.stat": "inactive_file 1\ntotal_inactive_file 50000000\n",
        "sys/fs/cgroup/memory/slurm/job_7/memory.limit_in_bytes": "400000000\n",
        "sys/fs/cgroup/memory/slurm/job_7/memory.usage_in_bytes": "1000000\n",
      ], available: 150_000_000, limit: 400_000_000),
    Situation(
      testDescription: "a container of version 1 whose mount begins at its own group",
      cgroup: "9:memory:/docker/4f2a\n",
      mounts: "39 32 0:35 /docker/4f2a /sys/fs/cgroup/memory ro master:9 - cgroup cgroup rw,memory\n",
      files: [
        "sys/fs/cgroup/memory/memory.limit_in_bytes": "300000000\n",
        "sys/fs/cgroup/memory/memory.usage_in_bytes": "100000000\n",
      ], available: 200_000_000, limit: 300_000_000),
    Situation(
      testDescription: "a group outside of what the mount shows", cgroup: "0::/../other\n", mounts: second,
      files: ["sys/fs/cgroup/memory.max": "300000000\n", "sys/fs/cgroup/memory.current": "100000000\n"],
      available: 200_000_000, limit: 300_000_000),
    Situation(
      testDescription: "another mount point, with a space", cgroup: "0::/a\n",
      mounts: "31 23 0:26 / /run/my\\040groups rw - cgroup2 none rw\n",
      files: ["run/my groups/a/memory.max": "300000000\n", "run/my groups/a/memory.current": "0\n"],
      available: 300_000_000, limit: 300_000_000),
    Situation(
      testDescription: "no list of mounts", cgroup: "0::/a\n", mounts: "",
      files: ["sys/fs/cgroup/a/memory.max": "300000000\n", "sys/fs/cgroup/a/memory.current": "400000000\n"],
      available: 0, limit: 300_000_000),
    Situation(
      testDescription: "no group at all", cgroup: "", mounts: "", files: [:], available: 1_000_000 * 1024, limit: .max),
    Situation(
      testDescription: "files that hold something else", cgroup: "0:\n:::\n0::/a\n", mounts: "1 2\n- - -\n\(second)",
      files: ["sys/fs/cgroup/a/memory.max": "-\n", "sys/fs/cgroup/a/memory.current": ""],
      available: 1_000_000 * 1024, limit: .max),
  ]

  @Test(arguments: situations)
  private func `memory is what the tightest group leaves`(situation: Situation) throws {
    let folder = try TemporaryFolder()
    var files = situation.files
    files["proc/self/cgroup"] = situation.cgroup
    files["proc/self/mountinfo"] = situation.mounts
    files["proc/meminfo"] = "MemTotal:        4000000 kB\nMemAvailable:    1000000 kB\n"
    for (path, text) in files {
      let url = folder.url.appending(path: path)
      try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: url)
    }
    let memory = SystemMemory(root: folder.url)
    #expect(memory.available == situation.available)
    #expect(memory.total == min(situation.limit, Int(clamping: ProcessInfo.processInfo.physicalMemory)))
  }

  @Test func `this process can have some memory, and no more than the machine has`() {
    #expect(SystemMemory.available > 0)
    #expect(SystemMemory.available <= SystemMemory.total)
    #expect(SystemMemory.total <= Int(clamping: ProcessInfo.processInfo.physicalMemory))
  }
}
