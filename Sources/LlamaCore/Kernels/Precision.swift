/// What the matmuls with weights compute in. The residual stream, attention and every sum are float32 in both.
public enum Precision: String, Sendable, CaseIterable {
  /// Weights widened to float32.
  case float32
  /// Weights in bfloat16 as stored, inputs rounded to bfloat16, products summed in float32. About twice as fast,
  /// where the processor has the instructions; needs oneDNN.
  case bfloat16

  /// Why this build or processor cannot compute in it; nil where it can.
  public var unavailableReason: String? { self == .float32 ? nil : OneDNNMatmul.unavailableReason(.bfloat16) }
}

extension Precision {
  /// Bytes of a factor's element.
  var byteCount: Int { self == .float32 ? 4 : 2 }
}
