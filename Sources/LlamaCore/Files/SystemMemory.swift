import Foundation

/// How much memory the machine, or the container around this process, can give.
package enum SystemMemory {
  /// Bytes that can be had without driving anything out.
  package static var available: Int {
    let machine = meminfo("MemAvailable:") ?? Int(clamping: ProcessInfo.processInfo.physicalMemory / 2)
    guard let limit = number("/sys/fs/cgroup/memory.max"), let used = number("/sys/fs/cgroup/memory.current") else {
      return machine
    }
    return min(machine, max(0, limit - used))
  }

  /// What a run may take where nobody says: half of what is there, so that the other half keeps weights cached.
  package static var defaultLimit: Int { available / 2 }

  /// Largest resident memory of this process so far, in bytes.
  package static var peakResident: Int {
    #if os(Linux)
      return field("VmHWM:", in: "/proc/self/status") ?? 0
    #else
      var usage = rusage()
      getrusage(RUSAGE_SELF, &usage)
      return usage.ru_maxrss
    #endif
  }

  private static func meminfo(_ name: String) -> Int? { field(name, in: "/proc/meminfo") }

  /// A line such as `MemAvailable:   123 kB`.
  private static func field(_ name: String, in path: String) -> Int? {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
    let line = text.split(separator: "\n").first { $0.hasPrefix(name) }
    return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
  }

  private static func number(_ path: String) -> Int? {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
    return Int(text.trimmingCharacters(in: .whitespacesAndNewlines))
  }
}
