import Foundations

extension Weight {
  /// Returns rows in the precision of a product: in place if they are stored so, converted in `scratch` otherwise; nil
  /// if it is too small. In place they have the lifetime of the weight.
  func factor(_ precision: Precision, rows: Range<Int>, scratch: FloatBuffer) -> UnsafeRawPointer? {
    withBytes(rows: rows) { bytes in
      guard let address = bytes.baseAddress else { return nil }
      // Data begin wherever the file's header ends.
      let isAligned = Int(bitPattern: address) % format.byteCount == 0
      if isAligned, precision == .float32 ? format == .f32 : format == .bf16 { return address }
      let count = bytes.count / format.byteCount
      guard count <= scratch.count else { return nil }
      Widening.widen(bytes, of: format, into: scratch.pointer)
      if precision == .bfloat16 {
        // In place: a rounded number is never written beyond the one it was read from.
        let halves = UnsafeMutableRawPointer(scratch.pointer).assumingMemoryBound(to: UInt16.self)
        Rounding.round(scratch.pointer, into: halves, count: count)
      }
      return UnsafeRawPointer(scratch.pointer)
    }
  }

  /// Writes rows to `packed` in the precision of a product and the order of ``Packing``, with the parts of their
  /// columns consecutive; `scratch` is for elements that must be converted first.
  func packedFactor(
    _ precision: Precision, rows: Range<Int>, parts: [Range<Int>], scratch: FloatBuffer, packed: FloatBuffer
  ) -> UnsafeRawPointer? {
    guard rows.count * columns <= packed.count else { return nil }
    let target = UnsafeMutableRawPointer(packed.pointer)
    if precision == .float32, format == .bf16 {
      withBytes(rows: rows) { bytes in
        guard let source = bytes.baseAddress else { return }
        for part in parts {
          Packing.widen(
            source + 2 * part.lowerBound, n: rows.count, pairs: part.count / 2, rowBytes: 2 * columns,
            into: target + 4 * rows.count * part.lowerBound)
        }
      }
    } else {
      guard let source = factor(precision, rows: rows, scratch: scratch) else { return nil }
      let size = precision.byteCount
      for part in parts {
        Packing.pack(
          source + size * part.lowerBound, n: rows.count, units: part.count * size / 4, rowBytes: size * columns,
          into: target + size * rows.count * part.lowerBound)
      }
    }
    return UnsafeRawPointer(target)
  }

  /// Returns rows in the precision of a product, with the parts of their columns consecutive and contiguous: in place
  /// if there is one part that is stored so, in `parted` otherwise; `scratch` is for elements that must be converted
  /// first.
  func partedFactor(
    _ precision: Precision, rows: Range<Int>, parts: [Range<Int>], scratch: FloatBuffer, parted: FloatBuffer
  ) -> UnsafeRawPointer? {
    // Not in `scratch`, into which the next weight is converted while this one is still in use.
    if parts.count == 1 { return factor(precision, rows: rows, scratch: parted) }
    guard let source = factor(precision, rows: rows, scratch: scratch) else { return nil }
    let size = precision.byteCount
    guard size * rows.count * columns <= 4 * parted.count else { return nil }
    var target = UnsafeMutableRawPointer(parted.pointer)
    for part in parts {
      for row in 0..<rows.count {
        target.copyMemory(
          from: source + size * (row * columns + part.lowerBound), byteCount: size * part.count)
        target += size * part.count
      }
    }
    return UnsafeRawPointer(parted.pointer)
  }

  /// Returns the tensor, or some of its rows, as float32.
  ///
  /// - Throws: ``FileError`` if the file has become shorter, or cannot be read.
  func floats(_ rows: Range<Int>? = nil) throws(FileError) -> [Float] {
    try pageIn(rows: rows ?? 0..<self.rows)
    return withBytes(rows: rows) { bytes in
      [Float](unsafeUninitializedCapacity: bytes.count / format.byteCount) { buffer, count in
        guard let base = buffer.baseAddress else { return }
        Widening.widen(bytes, of: format, into: base)
        count = buffer.count
      }
    }
  }
}
