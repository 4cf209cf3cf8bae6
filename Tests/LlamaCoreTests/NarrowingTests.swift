import LlamaCore
import Testing

/// Double precision as the numbers of stored weights.
@Suite struct NarrowingTests {
  /// The bits of a number in a format; nil if it has none.
  private func bits(_ value: Double, _ format: WeightFormat) -> UInt32? {
    var bits: UInt32 = 0xFFFF_FFFF
    let isStored = withUnsafeMutableBytes(of: &bits) { buffer in
      buffer.baseAddress.map { Narrowing.store(value, as: format, at: $0) } ?? false
    }
    guard isStored else { return nil }
    return format.byteCount == 4 ? UInt32(littleEndian: bits) : UInt32(littleEndian: bits) & 0xFFFF
  }

  /// The number of the bits.
  private func number(_ bits: UInt32, _ format: WeightFormat) -> Float {
    var (bits, value) = (bits.littleEndian, Float.nan)
    withUnsafeBytes(of: &bits) { buffer in
      Widening.widen(UnsafeRawBufferPointer(rebasing: buffer.prefix(format.byteCount)), of: format, into: &value)
    }
    return value
  }

  @Test(arguments: [WeightFormat.f16, .bf16])
  func `every finite number of a format keeps its bits`(format: WeightFormat) {
    let others = (UInt32(0)...0xFFFF).filter { pattern in
      let value = number(pattern, format)
      return bits(Double(value), format) != (value.isFinite ? pattern : nil)
    }
    #expect(others.isEmpty)
  }

  @Test(arguments: [WeightFormat.f16, .bf16])
  func `between two numbers the nearer is taken, and of two as near the even one`(format: WeightFormat) {
    // Subnormal and normal numbers, and the border between them.
    for pattern in [UInt32(0), 1, 2, 127, 128, 0x3FF, 0x400, 0x3C00, 0x3C01, 0x3F80, 0x3F81, 0x7B00] {
      let (low, high) = (Double(number(pattern, format)), Double(number(pattern + 1, format)))
      let even = pattern % 2 == 0 ? pattern : pattern + 1
      for (value, expected) in [
        (low + 0.4 * (high - low), pattern), (low + 0.6 * (high - low), pattern + 1), (low + 0.5 * (high - low), even),
      ] {
        #expect(bits(value, format) == expected, "\(pattern), \(value)")
        #expect(bits(-value, format) == expected | 0x8000, "\(pattern), \(-value)")
      }
    }
  }

  @Test func `a number is rounded once`() {
    // A little above the middle of 1 and its successor: as a single it would be the middle itself, and then 1.
    #expect(bits(1 + 0x1p-8 + 0x1p-40, .bf16) == 0x3F81)
    #expect(bits(1 + 0x1p-11 + 0x1p-40, .f16) == 0x3C01)
    #expect(bits(1 + 0x1p-8, .bf16) == 0x3F80)
  }

  @Test func `singles are those of the language`() {
    for value in [0.1, -1e-40, 1e-46, 3.4028235e38, 0x1p-150, -0.0, 1 + 0x1p-24, 1 + 0x3p-24, 12_345.678_9] {
      #expect(bits(value, .f32) == Float(value).bitPattern, "\(value)")
    }
  }

  @Test(arguments: [(WeightFormat.f16, 65_519.9, 65_520.0), (.bf16, 3.39e38, 3.4e38), (.f32, 3.4028235e38, 3.5e38)])
  func `a number beyond a format's largest is refused, also an infinity and a NaN`(
    format: WeightFormat, largest: Double, beyond: Double
  ) {
    #expect(bits(largest, format) != nil && bits(-largest, format) != nil)
    for value in [beyond, -beyond, .infinity, -.infinity, .nan, 1e300] {
      #expect(bits(value, format) == nil, "\(value)")
    }
  }
}
