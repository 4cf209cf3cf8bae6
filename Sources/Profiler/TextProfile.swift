/// What every measured block did to one text: one row per block and scope.
public struct TextProfile: Sendable {
  public let text: TextIdentity
  /// Number of tokens, after truncation.
  public let tokens: Int
  /// 0-based indices of the measured blocks, all of them or all but the first.
  public let layers: Range<Int>
  /// Blocks at which something is not finite, ascending; empty for a healthy text.
  public let nonFinite: [NonFinite]
  /// See ``Metric/nll``: of the whole text. Nil where it was not measured, or the text has one token; `nan` or infinite
  /// where the model's values are not finite.
  public internal(set) var nll: Double?
  private var all, withoutFirstToken: [BlockMetrics]

  init(text: TextIdentity, layers: Range<Int>, gathered: GatheredText) {
    self.init(
      text: text, tokens: gathered.tokens, layers: layers, nonFinite: gathered.nonFinite, all: gathered.all,
      withoutFirstToken: gathered.withoutFirstToken)
  }

  /// A text that was measured before, read back. Rows are in the order of `layers`.
  package init(
    text: TextIdentity, tokens: Int, layers: Range<Int>, nonFinite: [NonFinite], nll: Double? = nil,
    all: [BlockMetrics], withoutFirstToken: [BlockMetrics]
  ) {
    self.text = text
    self.tokens = tokens
    self.layers = layers
    self.nonFinite = nonFinite
    self.nll = nll
    self.all = all
    self.withoutFirstToken = withoutFirstToken
  }

  /// The value of a metric of the text (``Metric/isOfText``); nil where there is none.
  public subscript(metric: Metric) -> Double? { metric == .nll ? nll : nil }

  /// The rows of a scope in the order of ``layers``; empty for ``Scope/withoutFirstToken`` of a text of one token.
  public func rows(_ scope: Scope) -> [BlockMetrics] {
    switch scope {
    case .all: all
    case .withoutFirstToken: withoutFirstToken
    }
  }
}

/// The rows of a text that is still on its way through the blocks.
struct GatheredText {
  var tokens = 0
  var all: [BlockMetrics] = []
  var withoutFirstToken: [BlockMetrics] = []
  var nonFinite: [NonFinite] = []

  /// Takes in the next block.
  mutating func add(_ measurement: BlockMeasurement) {
    all.append(measurement.all)
    if let tail = measurement.withoutFirstToken { withoutFirstToken.append(tail) }
    if let finding = measurement.nonFinite { nonFinite.append(finding) }
  }

  /// Whether the model's values broke down at an earlier block, which no later block undoes.
  var isBroken: Bool { nonFinite.last?.cause == .values }

  /// Takes in a block after the model's values broke down.
  mutating func addUndefined() {
    all.append(.undefined)
    if tokens > 1 { withoutFirstToken.append(.undefined) }
  }

  /// Makes room for another text in the same storage.
  mutating func reset(tokens: Int) {
    self.tokens = tokens
    all.removeAll(keepingCapacity: true)
    withoutFirstToken.removeAll(keepingCapacity: true)
    nonFinite.removeAll()
  }
}
