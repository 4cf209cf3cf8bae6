import Foundation

/// A number of bytes in human-readable form: `800MB`, `1.5GB`, `2GiB`.
package struct ByteCount: Sendable {
  package let bytes: Int
  /// Unit of the argument; messages use the same.
  package let unit: ByteUnit

  /// Parses an argument; nil unless it is a decimal number of at least one byte and below 10¹⁸, with a known unit or
  /// none.
  package init?(_ argument: String) {
    let text = argument.lowercased()
    let digits = text.prefix { $0.isNumber || $0 == "." }
    let suffix = String(text.dropFirst(digits.count).trimmingPrefix(" "))
    let known = ByteUnit.allCases.first { unit in
      let symbol = unit.rawValue.lowercased()
      return suffix == symbol || symbol.count == 2 && suffix == symbol.prefix(1) || unit == .byte && suffix.isEmpty
    }
    guard let unit = known, let number = Double(digits) else { return nil }
    let value = number * Double(unit.bytes)
    guard value.isFinite, value >= 1, value < 1e18 else { return nil }
    bytes = Int(value)
    self.unit = unit
  }
}

/// Units of sizes. The raw value is the symbol.
package enum ByteUnit: String, CaseIterable, Sendable {
  case byte = "B"
  case kilobyte = "kB"
  case megabyte = "MB"
  case gigabyte = "GB"
  case terabyte = "TB"
  case kibibyte = "KiB"
  case mebibyte = "MiB"
  case gibibyte = "GiB"
  case tebibyte = "TiB"

  package var bytes: Int {
    switch self {
    case .byte: 1
    case .kilobyte: 1_000
    case .megabyte: 1_000_000
    case .gigabyte: 1_000_000_000
    case .terabyte: 1_000_000_000_000
    case .kibibyte: 1 << 10
    case .mebibyte: 1 << 20
    case .gibibyte: 1 << 30
    case .tebibyte: 1 << 40
    }
  }

  /// Chooses a unit for `count` without a user's choice: decimal, and large enough for at most three digits before the
  /// point.
  package init(fitting count: Int) {
    let decimal: [ByteUnit] = [.terabyte, .gigabyte, .megabyte, .kilobyte]
    self = decimal.first { count >= $0.bytes } ?? .byte
  }

  /// Formats a size in this unit: `1.5 GB`. At most three digits after the point, rounded up, so that a required size
  /// is sufficient when it is typed back.
  package func text(_ count: Int) -> String {
    var whole = count / bytes
    // The remainder is below 2⁴⁰, so the product cannot overflow.
    var thousandths = (count % bytes * 1000 + bytes - 1) / bytes
    if thousandths == 1000 { (whole, thousandths) = (whole + 1, 0) }
    var fraction = String(thousandths + 1000).dropFirst()
    while fraction.last == "0" { fraction.removeLast() }
    return "\(whole)\(fraction.isEmpty ? "" : ".\(fraction)") \(rawValue)"
  }
}

/// An error about memory that can report its sizes in the unit of the limit a user typed.
package protocol SizedError: Error {
  func description(in unit: ByteUnit) -> String
}
