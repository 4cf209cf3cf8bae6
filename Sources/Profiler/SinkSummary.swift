public import LlamaCore

/// The sinks of a run's texts, counted: what is said of massive activations before any mean.
public struct SinkSummary: Equatable, Sendable {
  /// A token that is a sink somewhere.
  public struct Token: Hashable, Sendable {
    public let id: TokenID
    /// What it stands for; nil where no tokenizer has said so.
    public let text: String?
  }

  /// Texts that were looked at.
  public private(set) var texts = 0
  /// Texts with at least one sink.
  public private(set) var textsWithSinks = 0
  /// Texts whose tokens all are sinks, which have no rows in ``Scope/withoutSinks``.
  public private(set) var textsOfSinksOnly = 0
  /// Tokens that are sinks.
  public private(set) var sinks = 0
  /// Sinks at a text's first token.
  public var firstTokens: Int { positions[0] ?? 0 }
  /// The first block at which any text has a sink; nil where none has one.
  public private(set) var firstLayer: Int?
  /// The largest coordinate of all, the first of equals; nil where there is no sink.
  public private(set) var largest: MassiveActivation?
  /// The number of sinks by position.
  public private(set) var positions: [Int: Int] = [:]
  /// The number of sinks by token, as far as tokens are known.
  public private(set) var tokens: [Token: Int] = [:]
  /// The number of sinks by the dimension of their largest coordinate.
  public private(set) var dimensions: [Int: Int] = [:]

  /// A summary of no text.
  public init() {}

  /// Adds a text.
  public mutating func add(_ text: TextProfile) {
    texts += 1
    guard !text.sinks.isEmpty else { return }
    textsWithSinks += 1
    if text.sinks.count == text.tokens { textsOfSinksOnly += 1 }
    for sink in text.sinks {
      sinks += 1
      positions[sink.position, default: 0] += 1
      dimensions[sink.largest.dimension, default: 0] += 1
      if let id = sink.token { tokens[Token(id: id, text: sink.text), default: 0] += 1 }
      firstLayer = min(firstLayer ?? .max, sink.firstLayer)
      if abs(sink.largest.value) > abs(largest?.value ?? 0) { largest = sink.largest }
    }
  }

  /// Keys by their number, the most frequent first, the smaller of equally frequent ones first.
  public static func ranked<Key>(_ counts: [Key: Int], by order: (Key, Key) -> Bool) -> [(key: Key, count: Int)] {
    counts.map { (key: $0.key, count: $0.value) }
      .sorted { $0.count != $1.count ? $0.count > $1.count : order($0.key, $1.key) }
  }
}
