import Foundation
import ProfileReport

/// Formats a number of bytes in decimal units: `2.47 GB`.
func size(_ bytes: Int) -> String {
  var value = Double(bytes)
  for unit in ["B", "kB", "MB", "GB"] {
    if value < 1000 { return unit == "B" ? "\(bytes) B" : "\(decimals(value, value < 10 ? 2 : 1)) \(unit)" }
    value /= 1000
  }
  return "\(decimals(value, 2)) TB"
}

/// Formats a number with the given digits after the point, independent of the locale.
func decimals(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }

/// Formats tokens per second: `12.3 tokens/s`, `96,860 tokens/s`.
func speed(_ tokens: Double, _ seconds: Double) -> String {
  let rate = min(tokens / max(seconds, 1e-9), 1e15)
  return (rate < 100 ? decimals(rate, 1) : TextTable.count(Int(rate.rounded()))) + " tokens/s"
}

/// Formats a duration for reading: `0.03 s`, `4.2 s`, `42 s`, `3 min 05 s`, `2 h 14 min`.
///
/// - Parameter isEstimate: true for whole seconds even in a short duration.
func duration(_ seconds: Double, isEstimate: Bool = false) -> String {
  let total = Int(max(0, min(seconds, 1e9)).rounded())
  func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
  if total < 10, !isEstimate { return "\(decimals(max(0, seconds), total < 1 ? 2 : 1)) s" }
  if total < 60 { return "\(total) s" }
  if total < 3600 { return "\(total / 60) min \(two(total % 60)) s" }
  return "\(total / 3600) h \(two(total % 3600 / 60)) min"
}
