import Foundation

/// Memory available to this process from the machine, or from the tightest of its control groups.
package struct SystemMemory {
  /// Bytes available without swapping (Linux `MemAvailable`, capped by the control groups' limits).
  package let available: Int
  /// Maximum memory of this process in bytes.
  package let total: Int

  /// - Parameter root: the folder to use as `/`.
  package init(root: URL = URL(filePath: "/")) {
    let groups = ControlGroups(root: root).groups
    let physical = Int(clamping: ProcessInfo.processInfo.physicalMemory)
    let free = Self.field("MemAvailable:", in: root.appending(path: "/proc/meminfo")) ?? physical / 2
    available = groups.reduce(free) { min($0, max(0, $1.limit - $1.used)) }
    total = groups.reduce(physical) { min($0, $1.limit) }
  }

  /// Bytes available now without swapping.
  package static var available: Int { SystemMemory().available }

  /// Maximum memory of this process in bytes.
  package static var total: Int { SystemMemory().total }

  /// Default memory limit of a run: half of what is available, leaving the rest to the page cache for weights.
  package static var defaultLimit: Int { available / 2 }

  /// Peak resident memory of this process so far, in bytes.
  package static var peakResident: Int {
    #if os(Linux)
      return field("VmHWM:", in: URL(filePath: "/proc/self/status")) ?? 0
    #else
      var usage = rusage()
      getrusage(RUSAGE_SELF, &usage)
      return usage.ru_maxrss
    #endif
  }

  /// Parses a line such as `MemAvailable:   123 kB`.
  private static func field(_ name: String, in file: URL) -> Int? {
    guard let text = try? String(contentsOf: file, encoding: .utf8) else { return nil }
    let line = text.split(separator: "\n").first { $0.hasPrefix(name) }
    return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
  }
}
