public import LlamaCore

/// A coordinate of the residual stream that is massive: `|Y[t, d]|` is above 100 and above 1,000 times the median of `|Y|` over
/// the text's `T·D` values at the block (Sun et al. 2024), the lower of the two middle values where there are two.
public struct MassiveActivation: Equatable, Sendable {
  /// 0-based index of the block.
  public let layer: Int
  /// The token's position in the text.
  public let position: Int
  /// 0-based index in the row of the stream.
  public let dimension: Int
  /// `Y[t, d]`, with its sign.
  public let value: Double

  package init(layer: Int, position: Int, dimension: Int, value: Double) {
    self.layer = layer
    self.position = position
    self.dimension = dimension
    self.value = value
  }

  /// What `|Y|` must exceed.
  static let leastMagnitude: Float = 100
  /// What `|Y|` must exceed, in medians of `|Y|`.
  static let leastMedians = 1000.0
  /// Number of coordinates that are kept of a text at most, the first ones by block, position and dimension.
  public static let limit = 1000
}

/// A token that is a sink: the stream has a massive activation at its position, at one block or more.
public struct SinkToken: Equatable, Sendable {
  /// The token's position in the text.
  public let position: Int
  /// The token; nil where the observer was not told which it is.
  public internal(set) var token: TokenID?
  /// What the token stands for; nil where no tokenizer has said so.
  public internal(set) var text: String?
  /// The first block at which the position is massive.
  public let firstLayer: Int
  /// The coordinate of its largest `|Y|`, the first of equals.
  public private(set) var largest: MassiveActivation

  package init(firstLayer: Int, largest: MassiveActivation, token: TokenID? = nil, text: String? = nil) {
    position = largest.position
    self.firstLayer = firstLayer
    self.largest = largest
    self.token = token
    self.text = text
  }

  /// Takes in the position's largest coordinate at a later block.
  mutating func add(_ other: MassiveActivation) {
    if abs(other.value) > abs(largest.value) { largest = other }
  }
}
