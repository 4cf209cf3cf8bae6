/// Conversion of stored weights to float32, exact for every type.
package enum Widening {
  /// Fills `output` with the elements of `bytes`, which may have any alignment.
  package static func widen(
    _ bytes: UnsafeRawBufferPointer, of format: WeightFormat, into output: UnsafeMutablePointer<Float>
  ) {
    guard let source = bytes.baseAddress else { return }
    switch format {
    case .f32: UnsafeMutableRawPointer(output).copyMemory(from: source, byteCount: bytes.count)
    case .bf16: widenBF16(source, count: bytes.count / 2, into: output)
    case .f16: widenF16(source, count: bytes.count / 2, into: output)
    }
  }

  /// Widens bfloat16, the upper half of a float32.
  private static func widenBF16(_ source: UnsafeRawPointer, count: Int, into output: UnsafeMutablePointer<Float>) {
    let words = UnsafeMutableRawPointer(output).assumingMemoryBound(to: UInt32.self)
    for index in 0..<count {
      let half = source.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)
      words[index] = UInt32(UInt16(littleEndian: half)) << 16
    }
  }

  /// Widens IEEE 754 half precision by bit operations: no libm call; infinities, NaN and subnormals included.
  private static func widenF16(_ source: UnsafeRawPointer, count: Int, into output: UnsafeMutablePointer<Float>) {
    // 2¹¹² maps the half's exponent range to the single's; the product is exact, also for subnormals.
    let rescale = Float(bitPattern: 0x7780_0000)
    let words = UnsafeMutableRawPointer(output).assumingMemoryBound(to: UInt32.self)
    for index in 0..<count {
      let half = UInt32(UInt16(littleEndian: source.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)))
      let magnitude = (half & 0x7FFF) << 13
      let scaled = (Float(bitPattern: magnitude) * rescale).bitPattern
      // Exponent 31 encodes infinity and NaN in a half, but an ordinary number after the scaling.
      let special: UInt32 = magnitude >= 0x0F80_0000 ? 0x7F80_0000 : 0
      words[index] = scaled | special | (half & 0x8000) << 16
    }
  }
}
