import Foundation

/// Description of the machine that a bench ran on.
package enum Machine {
  /// Name of the processor, if the system reports it.
  package static let processor: String? = {
    guard let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8) else { return nil }
    let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
    return line?.split(separator: ":", maxSplits: 1).last.map { $0.trimmingCharacters(in: .whitespaces) }
  }()

  /// Number of processors available to this process.
  package static var processors: Int { ProcessInfo.processInfo.activeProcessorCount }

  /// Bytes of memory.
  package static var memory: Int { Int(clamping: ProcessInfo.processInfo.physicalMemory) }
}
