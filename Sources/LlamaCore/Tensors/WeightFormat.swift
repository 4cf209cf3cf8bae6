/// The element formats that a weight can be computed from. Every switch over them names each, so that a new one is a compiler's
/// error where it is missing, never a product of zeros.
package enum WeightFormat: Sendable, CaseIterable {
  case f32, f16, bf16

  /// Nil for a type that no weight may have.
  package init?(_ type: TensorType) {
    switch type {
    case .f32: self = .f32
    case .f16: self = .f16
    case .bf16: self = .bf16
    case .bool, .f4, .f6E2M3, .f6E3M2, .u8, .i8, .f8E5M2, .f8E4M3, .f8E8M0, .i16, .u16, .i32, .u32, .c64, .f64, .i64,
      .u64:
      return nil
    }
  }

  /// Bytes of an element.
  package var byteCount: Int {
    switch self {
    case .f32: 4
    case .f16, .bf16: 2
    }
  }
}
