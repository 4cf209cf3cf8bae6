public import LlamaCore

/// Counts of sinks over a run's texts, which are reported before any mean.
public struct SinkSummary: Equatable, Sendable {
  /// A token that is a sink in some text.
  public struct Token: Hashable, Sendable {
    public let id: TokenID
    /// Text of the token; nil if no tokenizer has provided it.
    public let text: String?

    package init(id: TokenID, text: String?) {
      self.id = id
      self.text = text
    }
  }

  /// Number of texts examined.
  public private(set) var texts = 0
  /// Number of texts with at least one sink.
  public private(set) var textsWithSinks = 0
  /// Number of texts whose tokens all are sinks, which have no rows in ``Scope/withoutSinks``.
  public private(set) var textsOfSinksOnly = 0
  /// Number of texts with a sink beyond their first token.
  public private(set) var textsWithLaterSinks = 0
  /// Number of texts of which not all massive activations were kept.
  public private(set) var cutTexts = 0
  /// Number of tokens that are sinks.
  public private(set) var sinks = 0
  /// Number of sinks that are a text's first token.
  public var firstSinks: Int { positions[0] ?? 0 }
  /// Number of sinks that are not a text's first token.
  public var laterSinks: Int { sinks - firstSinks }
  /// The first block at which any text has a sink; nil if none has one.
  public var firstLayer: Int? { firstLayers.keys.min() }
  /// Number of sinks by the first block at which they have a massive activation.
  public private(set) var firstLayers: [Int: Int] = [:]
  /// The largest of all coordinates, the first among equals; nil without sinks.
  public private(set) var largest: MassiveActivation?
  /// Number of sinks by position.
  public private(set) var positions: [Int: Int] = [:]
  /// Number of sinks by token, for first tokens and for later tokens of a text, as far as tokens are known.
  public private(set) var firstTokens: [Token: Int] = [:], laterTokens: [Token: Int] = [:]
  /// Number of sinks by the dimension of their largest coordinate.
  public private(set) var dimensions: [Int: Int] = [:]

  /// Creates a summary of no texts.
  public init() {}

  /// Adds a text.
  public mutating func add(_ text: TextProfile) {
    texts += 1
    guard !text.sinks.isEmpty else { return }
    textsWithSinks += 1
    if text.omittedMassive > 0 { cutTexts += 1 }
    if text.sinks.contains(where: { $0.position > 0 }) { textsWithLaterSinks += 1 }
    if text.sinks.count == text.tokens { textsOfSinksOnly += 1 }
    for sink in text.sinks {
      sinks += 1
      positions[sink.position, default: 0] += 1
      dimensions[sink.largest.dimension, default: 0] += 1
      if let id = sink.token {
        let token = Token(id: id, text: sink.text)
        if sink.position == 0 { firstTokens[token, default: 0] += 1 } else { laterTokens[token, default: 0] += 1 }
      }
      firstLayers[sink.firstLayer, default: 0] += 1
      if abs(sink.largest.value) > abs(largest?.value ?? 0) { largest = sink.largest }
    }
  }

  /// Adds the texts of another summary.
  mutating func add(_ other: SinkSummary) {
    texts += other.texts
    textsWithSinks += other.textsWithSinks
    textsOfSinksOnly += other.textsOfSinksOnly
    textsWithLaterSinks += other.textsWithLaterSinks
    cutTexts += other.cutTexts
    sinks += other.sinks
    firstLayers.merge(other.firstLayers, uniquingKeysWith: +)
    if abs(other.largest?.value ?? 0) > abs(largest?.value ?? 0) { largest = other.largest }
    positions.merge(other.positions, uniquingKeysWith: +)
    firstTokens.merge(other.firstTokens, uniquingKeysWith: +)
    laterTokens.merge(other.laterTokens, uniquingKeysWith: +)
    dimensions.merge(other.dimensions, uniquingKeysWith: +)
  }

  /// Returns the key of the greatest number, the smallest key among equals; nil if there is none.
  public static func mostFrequent(_ counts: [Int: Int]) -> (key: Int, count: Int)? {
    counts.min { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// Returns the most frequent token, the smallest id among equals; nil if there is none.
  public static func mostFrequent(_ counts: [Token: Int]) -> (key: Token, count: Int)? {
    counts.min { $0.value != $1.value ? $0.value > $1.value : $0.key.id < $1.key.id }.map { ($0.key, $0.value) }
  }
}
