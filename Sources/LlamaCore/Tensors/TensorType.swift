/// The element types of the safetensors format. All can be listed; ``computes`` is true for those of usable weights.
public enum TensorType: String, Sendable, CaseIterable {
  /// One byte per truth value.
  case bool = "BOOL"
  /// 4-bit floating point, packed.
  case f4 = "F4"
  /// 6-bit floating point with 2 bits of exponent and 3 of mantissa, packed.
  case f6E2M3 = "F6_E2M3"
  /// 6-bit floating point with 3 bits of exponent and 2 of mantissa, packed.
  case f6E3M2 = "F6_E3M2"
  /// 8-bit unsigned integer.
  case u8 = "U8"
  /// 8-bit integer.
  case i8 = "I8"
  /// 8-bit floating point with 5 bits of exponent and 2 of mantissa.
  case f8E5M2 = "F8_E5M2"
  /// 8-bit floating point with 4 bits of exponent and 3 of mantissa.
  case f8E4M3 = "F8_E4M3"
  /// 8-bit power of two, used as a scale of other numbers.
  case f8E8M0 = "F8_E8M0"
  /// 16-bit integer.
  case i16 = "I16"
  /// 16-bit unsigned integer.
  case u16 = "U16"
  /// IEEE 754 half precision.
  case f16 = "F16"
  /// bfloat16, the upper half of a single.
  case bf16 = "BF16"
  /// 32-bit integer.
  case i32 = "I32"
  /// 32-bit unsigned integer.
  case u32 = "U32"
  /// IEEE 754 single precision.
  case f32 = "F32"
  /// A complex number of two singles.
  case c64 = "C64"
  /// IEEE 754 double precision.
  case f64 = "F64"
  /// 64-bit integer.
  case i64 = "I64"
  /// 64-bit unsigned integer.
  case u64 = "U64"

  /// Size of one element in bits; the 4- and 6-bit types are packed.
  public var bits: Int {
    switch self {
    case .f4: 4
    case .f6E2M3, .f6E3M2: 6
    case .bool, .u8, .i8, .f8E5M2, .f8E4M3, .f8E8M0: 8
    case .i16, .u16, .f16, .bf16: 16
    case .i32, .u32, .f32: 32
    case .c64, .f64, .i64, .u64: 64
    }
  }

  /// True for the types a weight can be computed from.
  public var computes: Bool { WeightFormat(self) != nil }
}
