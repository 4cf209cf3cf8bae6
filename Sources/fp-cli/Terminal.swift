import Foundation

/// Standard error: where progress and messages go.
enum Terminal {
  /// True where standard error is a terminal that can redraw a line.
  static let isInteractive = isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"

  static func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}

/// A count with thin groups of three: `1 235 814 400`.
func grouped(_ value: Int) -> String {
  var digits = String(value.magnitude)
  var index = digits.count - 3
  while index > 0 {
    digits.insert(" ", at: digits.index(digits.startIndex, offsetBy: index))
    index -= 3
  }
  return (value < 0 ? "-" : "") + digits
}

/// Bytes in decimal units: `2.47 GB`.
func size(_ bytes: Int) -> String {
  var value = Double(bytes)
  for unit in ["B", "kB", "MB", "GB"] {
    if value < 1000 { return unit == "B" ? "\(bytes) B" : "\(decimals(value, value < 10 ? 2 : 1)) \(unit)" }
    value /= 1000
  }
  return "\(decimals(value, 2)) TB"
}

/// A number with that many digits after the point, whatever the locale.
func decimals(_ value: Double, _ digits: Int) -> String {
  value.formatted(.number.precision(.fractionLength(digits)).locale(Locale(identifier: "en_US_POSIX")).grouping(.never))
}

/// A time to read: `42 s`, `3 min 05 s`, `2 h 14 min`.
func duration(_ seconds: Double) -> String {
  let total = Int(max(0, min(seconds, 1e9)).rounded())
  func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
  if total < 60 { return "\(total) s" }
  if total < 3600 { return "\(total / 60) min \(two(total % 60)) s" }
  return "\(total / 3600) h \(two(total % 3600 / 60)) min"
}
