import Foundation

/// Conversion of double precision to the formats of stored weights, to nearest, ties to even, in a single rounding.
package enum Narrowing {
  /// Writes an element, little-endian and at any alignment.
  ///
  /// - Returns: false for a number that is not finite, or too large for the format; then nothing is written.
  package static func store(_ value: Double, as format: WeightFormat, at address: UnsafeMutableRawPointer) -> Bool {
    let (digits, lowest, largest) = format.range
    guard value.isFinite else { return false }
    // The last place of the format at this magnitude; below the lowest exponent numbers are subnormal.
    let exponent = value == 0 ? lowest : max(lowest, Int(value.exponent))
    let unit = scalbn(1.0, exponent - digits + 1)
    let rounded = (value / unit).rounded(.toNearestOrEven) * unit
    guard rounded.magnitude <= largest else { return false }
    switch format {
    case .f32: address.storeBytes(of: Float(rounded).bitPattern.littleEndian, as: UInt32.self)
    case .bf16:
      let half = UInt16(truncatingIfNeeded: Float(rounded).bitPattern >> 16)
      address.storeBytes(of: half.littleEndian, as: UInt16.self)
    case .f16:
      // 2⁻¹¹² maps the single's exponent range to the half's; exact, because the number is one of the half's.
      let scaled = (Float(rounded.magnitude) * Float(bitPattern: 0x0780_0000)).bitPattern
      let half = UInt16(truncatingIfNeeded: scaled >> 13) | (rounded.sign == .minus ? 0x8000 : 0)
      address.storeBytes(of: half.littleEndian, as: UInt16.self)
    }
    return true
  }
}

extension WeightFormat {
  /// Significant binary digits, the lowest exponent of a normal number, and the largest number.
  fileprivate var range: (digits: Int, lowest: Int, largest: Double) {
    switch self {
    case .f32: (24, -126, Double(Float.greatestFiniteMagnitude))
    case .bf16: (8, -126, 0x1.FEp127)
    case .f16: (11, -14, 65_504)
    }
  }
}
