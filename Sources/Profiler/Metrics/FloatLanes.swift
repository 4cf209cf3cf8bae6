/// Access to rows of float32 as bytes, four elements at a time.
enum FloatLanes {
  /// Bytes of a float32.
  static let width = MemoryLayout<Float>.size

  // The loads below are bounds-checked; "unsafe" in their name refers to reading bytes as a type, and any four bytes
  // are a valid float32.

  @inline(__always)
  static func element(_ row: RawSpan, _ index: Int) -> Float {
    row.unsafeLoadUnaligned(fromByteOffset: index * width, as: Float.self)
  }

  @inline(__always)
  static func quad(_ row: RawSpan, _ index: Int) -> SIMD4<Float> {
    row.unsafeLoadUnaligned(fromByteOffset: index * width, as: SIMD4<Float>.self)
  }

  /// Returns the elements from `index` on, fewer than four, padded with zeros.
  static func rest(_ row: RawSpan, _ index: Int, _ count: Int) -> SIMD4<Float> {
    var elements = SIMD4<Float>()
    for lane in 0..<count - index { elements[lane] = element(row, index + lane) }
    return elements
  }

  /// Returns the absolute values, by clearing the sign bits.
  @inline(__always)
  static func magnitude(_ vector: SIMD4<Float>) -> SIMD4<Float> {
    unsafeBitCast(
      unsafeBitCast(vector, to: SIMD4<UInt32>.self) & SIMD4(repeating: 0x7FFF_FFFF), to: SIMD4<Float>.self)
  }

  @inline(__always)
  static func magnitude(_ vector: SIMD4<Double>) -> SIMD4<Double> {
    unsafeBitCast(
      unsafeBitCast(vector, to: SIMD4<UInt64>.self) & SIMD4<UInt64>(repeating: 0x7FFF_FFFF_FFFF_FFFF),
      to: SIMD4<Double>.self)
  }
}
