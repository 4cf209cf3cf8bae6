public import LlamaCore

/// A massive activation, a coordinate of the residual stream: `|Y[t, d]|` is above 100 and above 1,000 times the median
/// of `|Y|` over the text's `T·D` values at the block (Sun et al. 2024), with the lower of the two middle values as the
/// median of an even number.
public struct MassiveActivation: Equatable, Sendable {
  /// 0-based index of the block.
  public let layer: Int
  /// The token's position in the text.
  public let position: Int
  /// 0-based index in the row of the residual stream.
  public let dimension: Int
  /// `Y[t, d]`, with its sign.
  public let value: Double

  package init(layer: Int, position: Int, dimension: Int, value: Double) {
    self.layer = layer
    self.position = position
    self.dimension = dimension
    self.value = value
  }

  /// Exclusive lower bound of `|Y|`.
  static let leastMagnitude: Float = 100
  /// Exclusive lower bound of `|Y|`, in medians of `|Y|`.
  static let leastMedians = 1000.0
  /// Maximum number of coordinates kept per text, the first ones by block, position and dimension.
  public static let limit = 1000
}

/// A sink: a token at whose position the residual stream has a massive activation, at one block or more.
public struct SinkToken: Equatable, Sendable {
  /// The token's position in the text.
  public let position: Int
  /// The token; nil if the observer does not know it.
  public internal(set) var token: TokenID?
  /// Text of the token; nil if no tokenizer has provided it.
  public internal(set) var text: String?
  /// The first block at which the position has a massive activation.
  public let firstLayer: Int
  /// The coordinate of its largest `|Y|`, the first among equals.
  public private(set) var largest: MassiveActivation

  package init(firstLayer: Int, largest: MassiveActivation, token: TokenID? = nil, text: String? = nil) {
    position = largest.position
    self.firstLayer = firstLayer
    self.largest = largest
    self.token = token
    self.text = text
  }

  /// Adds the position's largest coordinate at a later block.
  mutating func add(_ other: MassiveActivation) {
    if abs(other.value) > abs(largest.value) { largest = other }
  }
}
