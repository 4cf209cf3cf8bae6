/// One tensor as listed by a checkpoint.
public struct TensorInfo: Sendable, Equatable {
  /// Its full name, such as `model.layers.0.self_attn.q_proj.weight`.
  public let name: String
  /// Its element type.
  public let type: TensorType
  /// Its dimensions, outermost first; empty for a scalar.
  public let shape: [Int]
  /// Byte range, counted from the end of the file's header.
  public let byteRange: Range<Int>

  /// Number of elements.
  public var count: Int { byteRange.count * 8 / type.bits }
  /// Type and shape for messages, such as `BF16 [512, 2048]`.
  public var summary: String { "\(type.rawValue) \(shape.shapeText)" }
}

extension [Int] {
  /// A shape for messages, truncated after 16 dimensions.
  package var shapeText: String {
    "[\(prefix(16).map(String.init).joined(separator: ", "))\(count > 16 ? ", …" : "")]"
  }
}
