extension Weight {
  /// Calls `body` with the rows as float32: in place where they are stored so, widened into `scratch` otherwise.
  func withFloats(rows: Range<Int>, scratch: FloatBuffer, _ body: (UnsafePointer<Float>) -> Void) {
    withBytes(rows: rows) { bytes in
      if type == .f32, let address = bytes.baseAddress, Int(bitPattern: address) % MemoryLayout<Float>.alignment == 0 {
        body(address.assumingMemoryBound(to: Float.self))
      } else if bytes.count * 8 / type.bits <= scratch.count {
        Widening.widen(bytes, of: type, into: scratch.pointer)
        body(scratch.pointer)
      }
    }
  }

  /// Calls `body` with the rows as bfloat16: in place where they are stored so, rounded in `scratch` otherwise.
  func withBFloat16(rows: Range<Int>, scratch: FloatBuffer, _ body: (UnsafeRawPointer) -> Void) {
    withBytes(rows: rows) { bytes in
      if type == .bf16, let address = bytes.baseAddress {
        body(address)
      } else if bytes.count * 8 / type.bits <= scratch.count {
        Widening.widen(bytes, of: type, into: scratch.pointer)
        // In place: a rounded number is never written past the one it was read from.
        let halves = UnsafeMutableRawPointer(scratch.pointer).assumingMemoryBound(to: UInt16.self)
        Rounding.round(scratch.pointer, into: halves, count: bytes.count * 8 / type.bits)
        body(halves)
      }
    }
  }

  /// The whole tensor as float32.
  func floats() -> [Float] {
    withBytes { bytes in
      [Float](unsafeUninitializedCapacity: bytes.count * 8 / type.bits) { buffer, count in
        guard let base = buffer.baseAddress else { return }
        Widening.widen(bytes, of: type, into: base)
        count = buffer.count
      }
    }
  }
}
