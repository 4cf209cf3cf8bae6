import Foundation

/// How much memory the machine, or the tightest of the control groups around this process, can give.
package struct SystemMemory {
  /// Bytes that can be had without driving anything out.
  package let available: Int
  /// Bytes that this process can have at most.
  package let total: Int

  /// - Parameter root: the folder that stands for `/`.
  package init(root: URL = URL(filePath: "/")) {
    let groups = ControlGroups(root: root).groups
    let physical = Int(clamping: ProcessInfo.processInfo.physicalMemory)
    let free = Self.field("MemAvailable:", in: root.appending(path: "/proc/meminfo")) ?? physical / 2
    available = groups.reduce(free) { min($0, max(0, $1.limit - $1.used)) }
    total = groups.reduce(physical) { min($0, $1.limit) }
  }

  /// Bytes that can be had now without driving anything out.
  package static var available: Int { SystemMemory().available }

  /// Bytes that this process can have at most.
  package static var total: Int { SystemMemory().total }

  /// What a run may take where nobody says: half of what is there, so that the other half keeps weights cached.
  package static var defaultLimit: Int { available / 2 }

  /// Largest resident memory of this process so far, in bytes.
  package static var peakResident: Int {
    #if os(Linux)
      return field("VmHWM:", in: URL(filePath: "/proc/self/status")) ?? 0
    #else
      var usage = rusage()
      getrusage(RUSAGE_SELF, &usage)
      return usage.ru_maxrss
    #endif
  }

  /// A line such as `MemAvailable:   123 kB`.
  private static func field(_ name: String, in file: URL) -> Int? {
    guard let text = try? String(contentsOf: file, encoding: .utf8) else { return nil }
    let line = text.split(separator: "\n").first { $0.hasPrefix(name) }
    return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
  }
}
