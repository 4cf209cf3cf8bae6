/// Precision of the matrix products with weights. The residual stream, attention and all sums are float32 in both.
public enum Precision: String, Sendable, CaseIterable {
  /// Weights widened to float32.
  case float32
  /// Weights in bfloat16 as stored, inputs rounded to bfloat16, products summed in float32. About twice as fast if the
  /// processor has the instructions; needs oneDNN.
  case bfloat16

  /// The reason why this build or processor does not support the precision; nil if it does.
  public var unavailableReason: String? { self == .float32 ? nil : OneDNNMatmul.unavailableReason(.bfloat16) }
}

extension Precision {
  /// Bytes per element of a factor.
  package var byteCount: Int { self == .float32 ? 4 : 2 }
}
