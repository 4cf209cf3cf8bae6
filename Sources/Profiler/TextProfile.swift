public import LlamaCore

/// Metrics of one text at every measured block: one row per block and scope.
public struct TextProfile: Sendable {
  public let text: TextIdentity
  /// Number of tokens, after truncation.
  public let tokens: Int
  /// 0-based indices of the measured blocks, all of them or all but the first.
  public let layers: Range<Int>
  /// Non-finite values by block, ascending; empty for a healthy text.
  public let nonFinite: [NonFinite]
  /// See ``Metric/nll``: of the whole text. Nil if it was not measured, or the text has one token; `nan` or infinite if
  /// the model's values are not finite.
  public internal(set) var nll: Double?
  /// Costs of the removals of the run's ``Ablation``, in the order of its units; empty without one.
  public package(set) var removals: [RemovalCost] = []
  /// The tokens with massive activations, which ``Scope/withoutSinks`` excludes, by position.
  public private(set) var sinks: [SinkToken]
  /// The massive activations by block, position and dimension: the first ``MassiveActivation/limit`` of them. Empty in
  /// a stored text.
  public let massive: [MassiveActivation]
  /// Number of massive activations beyond the limit, which are not kept.
  public let omittedMassive: Int
  /// Sums over the positions of each bucket; nil in a text whose values are not finite, and in a run that does not keep them.
  package var positions: PositionSums?
  private var all, withoutFirstToken, withoutSinks: [BlockMetrics]

  /// - Parameter metrics: metrics of the run.
  init(text: TextIdentity, layers: Range<Int>, gathered: PartialTextProfile, metrics: [Metric]) {
    self.init(
      text: text, tokens: gathered.tokens, layers: layers, nonFinite: gathered.nonFinite, all: gathered.all,
      withoutFirstToken: gathered.withoutFirstToken, withoutSinks: gathered.withoutSinks,
      sinks: gathered.sinks.values.sorted { $0.position < $1.position }, massive: gathered.massive,
      omittedMassive: gathered.massiveCount - gathered.massive.count)
    positions = gathered.positions(metrics)
  }

  /// Creates a profile from stored rows, in the order of `layers`.
  package init(
    text: TextIdentity, tokens: Int, layers: Range<Int>, nonFinite: [NonFinite], nll: Double? = nil,
    all: [BlockMetrics], withoutFirstToken: [BlockMetrics], withoutSinks: [BlockMetrics], sinks: [SinkToken] = [],
    massive: [MassiveActivation] = [], omittedMassive: Int = 0
  ) {
    self.text = text
    self.tokens = tokens
    self.layers = layers
    self.nonFinite = nonFinite
    self.nll = nll
    self.all = all
    self.withoutFirstToken = withoutFirstToken
    self.withoutSinks = withoutSinks
    self.sinks = sinks
    self.massive = massive
    self.omittedMassive = omittedMassive
  }

  /// The value of a metric of the text (``Metric/isOfText``); nil if there is none.
  public subscript(metric: Metric) -> Double? { metric == .nll ? nll : nil }

  /// Sets the token ids of the sinks.
  mutating func nameSinks(_ tokens: [TokenID]) {
    for index in sinks.indices where tokens.indices.contains(sinks[index].position) {
      sinks[index].token = tokens[sinks[index].position]
    }
  }

  /// Sets the texts of the sinks' tokens.
  package mutating func describeSinks(_ text: (TokenID) -> String?) {
    for index in sinks.indices { sinks[index].text = sinks[index].token.flatMap(text) }
  }

  /// Returns the rows of a scope in the order of ``layers``; empty for ``Scope/withoutFirstToken`` of a text of one
  /// token, and for ``Scope/withoutSinks`` of a text whose tokens all are sinks.
  public func rows(_ scope: Scope) -> [BlockMetrics] {
    switch scope {
    case .all: all
    case .withoutFirstToken: withoutFirstToken
    case .withoutSinks: withoutSinks
    }
  }
}
