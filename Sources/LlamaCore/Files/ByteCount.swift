import Foundation

/// A number of bytes as people write it: `800MB`, `1.5GB`, `2GiB`.
package struct ByteCount: Sendable {
  package let bytes: Int

  /// Nil for anything but a decimal number of at least one byte and below 10¹⁸, with one of the known units or none.
  package init?(_ argument: String) {
    let text = argument.lowercased()
    let digits = text.prefix { $0.isNumber || $0 == "." }
    let unit = text.dropFirst(digits.count).trimmingPrefix(" ")
    let factors = [
      "": 1.0, "b": 1, "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12, "k": 1e3, "m": 1e6, "g": 1e9, "t": 1e12,
      "kib": 1024, "mib": 1_048_576, "gib": 1_073_741_824, "tib": 1_099_511_627_776,
    ]
    guard let number = Double(digits), let factor = factors[String(unit)] else { return nil }
    let value = number * factor
    guard value.isFinite, value >= 1, value < 1e18 else { return nil }
    bytes = Int(value)
  }
}
