import Foundation

/// What a bench ran on, for the record.
package enum Machine {
  /// The processor's name where the system tells it.
  package static let processor: String? = {
    guard let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8) else { return nil }
    let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
    return line?.split(separator: ":", maxSplits: 1).last.map { $0.trimmingCharacters(in: .whitespaces) }
  }()

  /// Processors that this process may use.
  package static var processors: Int { ProcessInfo.processInfo.activeProcessorCount }

  /// Bytes of memory.
  package static var memory: Int { Int(clamping: ProcessInfo.processInfo.physicalMemory) }
}
